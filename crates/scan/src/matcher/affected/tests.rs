use proptest::prelude::*;

use super::*;
use crate::advisories::Event::{Fixed, Introduced, LastAffected, Limit};

fn range(events: Vec<Event>) -> Affected {
    Affected { ranges: vec![Range { semver: false, events }], ..Affected::default() }
}

fn introduced(at: &str) -> Event {
    Introduced(at.into())
}

fn fixed(at: &str) -> Event {
    Fixed(at.into())
}

fn last(at: &str) -> Event {
    LastAffected(at.into())
}

/// `expect` is the nearest fix of an affected version (`""` for none), or `None` for unaffected.
#[track_caller]
fn check(affected: &[Affected], version: &str, expect: Option<&str>) {
    let verdict = evaluate(affected, version, VersionOrder::Pep440);
    let fix = verdict.fixes.first().map_or("", String::as_str);
    assert_eq!(verdict.is_affected().then_some(fix), expect, "{version}: {verdict:?}");
}

#[test]
fn introduced_zero_means_always() {
    let affected = [range(vec![introduced("0"), fixed("1.2")])];
    check(&affected, "0.dev1", Some("1.2"));
    check(&affected, "1.1.9", Some("1.2"));
    check(&affected, "1.2", None);
    check(&[range(vec![introduced("0")])], "99", Some(""));
}

#[test]
fn events_count_in_version_order_not_in_record_order() {
    let affected = [range(vec![fixed("2.5"), introduced("2.0"), fixed("1.2"), introduced("1.0")])];
    check(&affected, "0.9", None);
    check(&affected, "1.1", Some("1.2"));
    check(&affected, "1.5", None);
    check(&affected, "2.1", Some("2.5"));
    check(&affected, "2.5", None);
}

#[test]
fn last_affected_is_inside() {
    let affected = [range(vec![introduced("1.0"), last("1.4")])];
    check(&affected, "1.4", Some(""));
    check(&affected, "1.4.1", None);
    check(&[range(vec![last("1.0"), introduced("1.0")])], "1.0", Some(""));
    check(&[range(vec![last("1.0"), introduced("1.0")])], "1.1", None);
}

#[test]
fn limits_cut_a_range_off() {
    let affected = [range(vec![introduced("0"), Limit("2.0".into())])];
    check(&affected, "1.9", Some(""));
    check(&affected, "2.0", None);
    let affected = [range(vec![introduced("0"), Limit("2.0".into()), Limit("*".into())])];
    check(&affected, "3.0", Some(""));
}

#[test]
fn entries_and_ranges_are_a_union() {
    let mut both = range(vec![introduced("1.0"), fixed("1.1")]);
    both.ranges.push(Range { semver: false, events: vec![introduced("2.0"), fixed("2.1")] });
    let affected = [both, range(vec![introduced("3.0"), fixed("3.1")])];
    check(&affected, "1.0.5", Some("1.1"));
    check(&affected, "2.0.5", Some("2.1"));
    check(&affected, "3.0.5", Some("3.1"));
    check(&affected, "2.5", None);
}

#[test]
fn enumerated_versions_count_in_addition() {
    let mut entry = range(vec![introduced("1.0"), fixed("1.1")]);
    entry.versions = vec!["0.5".into(), "not-a-version".into()];
    check(&[entry.clone()], "0.5.0", Some(""));
    check(&[entry.clone()], "not-a-version", Some(""));
    check(&[entry], "0.6", None);
}

#[test]
fn a_version_that_is_none_is_never_silently_unaffected() {
    let affected = [range(vec![introduced("0"), fixed("1.1")])];
    let verdict = evaluate(&affected, "2004d", VersionOrder::Pep440);
    assert!(verdict.unparsable_version && !verdict.is_affected());
    let listed = Affected { versions: vec!["1.0".into()], ..Affected::default() };
    assert!(!evaluate(&[listed], "2004d", VersionOrder::Pep440).unparsable_version);
}

#[test]
fn nonsense_in_a_range_leaves_only_that_range_out() {
    let affected =
        [range(vec![introduced("0"), fixed(">=0.5")]), range(vec![introduced("0"), fixed("3")])];
    let verdict = evaluate(&affected, "2.0", VersionOrder::Pep440);
    assert_eq!(verdict.entries, [1]);
    assert_eq!(verdict.bad_versions, [">=0.5"]);
}

#[test]
fn the_nearest_fix_comes_first() {
    let affected = [
        range(vec![introduced("0"), fixed("3.0")]),
        range(vec![introduced("0"), fixed("1.5")]),
        range(vec![introduced("0"), fixed("1.5.0")]),
    ];
    assert_eq!(evaluate(&affected, "1.0", VersionOrder::Pep440).fixes, ["1.5", "3.0"]);
}

/// The walk of the specification, written down as it stands there.
fn reference(events: &[(u8, u32)], version: u32) -> bool {
    let mut sorted = events.to_vec();
    sorted.sort_by_key(|(_, at)| *at);
    sorted.into_iter().fold(false, |vulnerable, (kind, at)| match kind {
        0 if version >= at => true,
        1 if version >= at => false,
        2 if version > at => false,
        _ => vulnerable,
    })
}

proptest! {
    #[test]
    fn agrees_with_the_walk_of_the_specification(
        kinds in proptest::collection::vec(0u8..3, 1..8),
        start in 1u32..5,
        step in 1u32..4,
        rotate in 0usize..8,
        version in 0u32..40,
    ) {
        let mut events: Vec<(u8, u32)> =
            kinds.iter().zip(0u32..).map(|(kind, i)| (*kind, start + step * i)).collect();
        let places = events.len();
        events.rotate_left(rotate % places);
        let affected = [range(events.iter().map(|(kind, at)| match kind {
            0 => introduced(&at.to_string()),
            1 => fixed(&at.to_string()),
            _ => last(&at.to_string()),
        }).collect())];
        let verdict = evaluate(&affected, &version.to_string(), VersionOrder::Semver);
        prop_assert_eq!(verdict.is_affected(), reference(&events, version));
    }

    #[test]
    fn between_introduced_and_fixed_is_affected(low in 1u32..50, width in 1u32..50, at in 0u32..100) {
        let affected = [range(vec![introduced(&low.to_string()), fixed(&(low + width).to_string())])];
        for order in [VersionOrder::Semver, VersionOrder::Maven, VersionOrder::Gem, VersionOrder::Go] {
            let inside = (low..low + width).contains(&at);
            prop_assert_eq!(evaluate(&affected, &at.to_string(), order).is_affected(), inside);
        }
    }
}
