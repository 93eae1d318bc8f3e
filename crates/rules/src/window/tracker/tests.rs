use proptest::prelude::*;

use super::*;

const S: u64 = 1_000_000_000;

fn tracker(test: Test) -> Tracker {
    Tracker::new(&[("r".to_owned(), Spec { by: vec![], test })])
}

fn at(time_s: u64, actor: &str, value: Option<&str>, step: usize) -> Observation {
    let (actor, value) = (actor.to_owned(), value.map(str::to_owned));
    Observation { rule: 0, step, time_ns: time_s * S, actor, value }
}

/// Seconds at which alerts come, as events arrive: (second, actor, value, step).
fn check(test: &Test, events: &[(u64, &str, Option<&str>, usize)], expect: &[(usize, u64)]) {
    let mut tracker = tracker(test.clone());
    let mut alerts = Vec::new();
    for (index, &(time, actor, value, step)) in events.iter().enumerate() {
        // A new run in between must not make a difference.
        let saved = serde_json::to_vec(&tracker.snapshot()).unwrap();
        let mut next = self::tracker(test.clone());
        next.restore(serde_json::from_slice(&saved).unwrap());
        tracker = next;
        if let Some(outcome) = tracker.observe(&at(time, actor, value, step)) {
            alerts.push((index, outcome.count));
        }
    }
    assert_eq!(alerts, expect, "{test:?}");
}

#[test]
fn so_many_within_a_time() {
    let test = || Test::Count { count: 3, within_ns: 10 * S };
    let at = |times: &[u64]| times.iter().map(|&t| (t, "a", None, 0)).collect::<Vec<_>>();
    check(&test(), &at(&[1, 2, 3]), &[(2, 3)]);
    check(&test(), &at(&[1, 2, 12]), &[]);
    check(&test(), &at(&[3, 1, 2]), &[(2, 3)]);
    check(&test(), &at(&[1, 11, 6]), &[(2, 3)]);
    // One alert for a window, the next one when that is over.
    check(&test(), &at(&[1, 2, 3, 4, 5, 6, 20, 21, 22]), &[(2, 3), (8, 3)]);
    // What arrives late belongs to the window that was told, before its first event too.
    check(&test(), &at(&[5, 6, 7, 4, 3, 2, 1]), &[(2, 3)]);
    // A record from the far future forgets nothing.
    check(&test(), &at(&[1, 2, 4_000_000_000, 3]), &[(3, 3)]);
    let two = [(1, "a", None, 0), (2, "b", None, 0), (3, "a", None, 0), (4, "b", None, 0)];
    check(&test(), &two, &[]);
}

#[test]
fn so_many_different_values() {
    let test = || Test::Distinct { field: "f".into(), count: 3, within_ns: 10 * S };
    let of = |events: &[(u64, &'static str)]| {
        events.iter().map(|&(t, v)| (t, "a", Some(v), 0)).collect::<Vec<_>>()
    };
    check(&test(), &of(&[(1, "x"), (2, "x"), (3, "x"), (4, "y")]), &[]);
    check(&test(), &of(&[(1, "x"), (2, "x"), (3, "z"), (4, "y")]), &[(3, 3)]);
    check(&test(), &of(&[(1, "x"), (20, "z"), (21, "y"), (22, "x")]), &[(3, 3)]);
    check(&test(), &[(1, "a", None, 0), (2, "a", Some("x"), 0), (3, "a", Some("y"), 0)], &[]);
}

#[test]
fn a_value_never_seen_before() {
    let test = || Test::FirstSeen { field: "f".into(), learn_ns: 100 * S };
    let of = |events: &[(u64, &'static str)]| {
        events.iter().map(|&(t, v)| (t, "a", Some(v), 0)).collect::<Vec<_>>()
    };
    check(&test(), &of(&[(1, "x"), (2, "y"), (200, "z"), (201, "z")]), &[(2, 1)]);
    check(&test(), &of(&[(200, "x"), (50, "x"), (201, "z")]), &[(2, 1)]);
    check(&test(), &of(&[(500, "x")]), &[]);
}

#[test]
fn a_value_that_is_rare() {
    let test = Test::Rare { field: "f".into(), below_permille: 100, after: 20 };
    let mut events: Vec<(u64, &str, Option<&str>, usize)> =
        (0..30).map(|t| (t, "a", Some("x"), 0)).collect();
    events.extend([(31, "a", Some("y"), 0), (32, "a", Some("x"), 0)]);
    check(&test, &events, &[(30, 1)]);
}

#[test]
fn one_after_the_other() {
    let test = || Test::Sequence { steps: vec!["A".into(), "B".into()], within_ns: 10 * S };
    let of = |events: &[(u64, usize)]| {
        events.iter().map(|&(t, step)| (t, "a", None, step)).collect::<Vec<_>>()
    };
    check(&test(), &of(&[(1, 0), (2, 1), (3, 2)]), &[(2, 3)]);
    check(&test(), &of(&[(1, 1), (2, 0), (3, 2)]), &[]);
    check(&test(), &of(&[(1, 0), (2, 1), (12, 2)]), &[]);
    // Whatever arrives last completes it.
    check(&test(), &of(&[(3, 2), (2, 1), (1, 0)]), &[(2, 3)]);
    check(&test(), &of(&[(1, 0), (2, 1), (3, 2), (4, 2), (5, 2)]), &[(2, 3)]);
    let two = [(1, "a", None, 0), (2, "b", None, 1), (3, "a", None, 2)];
    check(&test(), &two, &[]);
}

#[test]
fn memory_is_bounded_and_what_is_forgotten_is_counted() {
    let mut tracker = tracker(Test::Count { count: 2, within_ns: S });
    for actor in 0..MAX_ACTORS + 1 {
        tracker.observe(&at(1, &actor.to_string(), None, 0));
    }
    assert!(tracker.actors <= MAX_ACTORS && tracker.actors == tracker.rules[0].actors.len());
    assert!(tracker.lost() > 0);
    assert!(tracker.observe(&at(1, &MAX_ACTORS.to_string(), None, 0)).is_some(), "the latest stay");
    let long = "x".repeat(1 << 20);
    tracker.observe(&at(1, &long, None, 0));
    assert!(tracker.rules[0].actors.keys().all(|name| name.len() <= MAX_ACTOR_BYTES));
}

#[test]
fn a_changed_window_starts_anew() {
    let mut old = tracker(Test::Count { count: 2, within_ns: S });
    old.observe(&at(1, "a", None, 0));
    let mut new = tracker(Test::Count { count: 2, within_ns: 2 * S });
    new.restore(old.snapshot());
    assert_eq!(new.observe(&at(1, "a", None, 0)), None);
}

proptest! {
    /// Whether there is an alert does not depend on the order in which events arrive.
    #[test]
    fn order_of_arrival_does_not_matter(
        mut times in prop::collection::vec(0u64..60, 1..12),
        seed in any::<u64>(),
    ) {
        let fires = |times: &[u64]| {
            let mut tracker = tracker(Test::Count { count: 4, within_ns: 10 * S });
            times.iter().filter_map(|&t| tracker.observe(&at(t, "a", None, 0))).next().is_some()
        };
        let in_order = { times.sort_unstable(); fires(&times) };
        let rotation = usize::try_from(seed % times.len() as u64).unwrap();
        times.rotate_left(rotation);
        prop_assert_eq!(in_order, fires(&times));
        times.reverse();
        prop_assert_eq!(in_order, fires(&times));
    }
}
