//! All windows of all rules: what was observed, and whether it is enough for an alert.

use std::{borrow::Cow, collections::HashMap};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    seen::Seen,
    spec::{Spec, Test},
    times::Times,
};

/// Most actors that are kept over all rules; beyond that, those not heard of for longest go.
const MAX_ACTORS: usize = 100_000;
/// Longest name of an actor that is kept; of longer ones the hash is.
const MAX_ACTOR_BYTES: usize = 512;
/// How many moments are kept beside those that are asked for, for what arrives out of order.
const SPARE_TIMES: usize = 64;
/// How many moments of one value are kept where only different values count.
const TIMES_OF_A_VALUE: usize = 4;

/// An event that matched a rule with a window, or a step of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Index of the rule among those with windows.
    pub rule: usize,
    /// The step of a sequence; the condition of the rule itself is the last step.
    pub step: usize,
    /// When it happened.
    pub time_ns: u64,
    /// Who did it: the values of the fields in `by`.
    pub actor: String,
    /// The value of the field that is looked at; `None` when the event has none.
    pub value: Option<String>,
}

/// What an alert over a window can tell. Times are nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Events, different values, or steps.
    pub count: u64,
    /// The earliest event.
    pub first_ns: u64,
    /// The latest event.
    pub last_ns: u64,
}

/// Windows and what they hold.
#[derive(Debug, Default)]
pub struct Tracker {
    rules: Vec<Ruled>,
    /// Actors over all rules.
    actors: usize,
    /// Counts observations, for finding who was not heard of for longest.
    clock: u64,
    lost: u64,
}

/// A rule, its window, and what is known of its actors.
#[derive(Debug)]
struct Ruled {
    name: String,
    test: Test,
    actors: HashMap<String, Actor>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Actor {
    heard: u64,
    memory: Memory,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Memory {
    Times(Times),
    Seen(Seen),
    Steps(Vec<Times>),
}

/// What a tracker knows, for a file: restored by the next run.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Name of the rule, a word that changes with its window, the actor, and what is known.
    actors: Vec<(String, String, String, Actor)>,
}

impl Tracker {
    /// A tracker that knows nothing yet. The index of a rule in `rules` is what observations name.
    #[must_use]
    pub fn new(rules: &[(String, Spec)]) -> Self {
        let rule = |(name, spec): &(String, Spec)| Ruled {
            name: name.clone(),
            test: spec.test.clone(),
            actors: HashMap::new(),
        };
        Self { rules: rules.iter().map(rule).collect(), ..Self::default() }
    }

    /// Takes in an event; gives what there is to tell if the window is full with it.
    pub fn observe(&mut self, observation: &Observation) -> Option<Outcome> {
        let Observation { rule, step, time_ns, actor, value } = observation;
        let Ruled { test, actors, .. } = self.rules.get_mut(*rule)?;
        let value = value.as_deref().map(|value| xxh3_64(value.as_bytes()));
        if test.field().is_some() && value.is_none() {
            return None;
        }
        self.clock = self.clock.saturating_add(1);
        let name = short(actor);
        let (outcome, lost) = match actors.get_mut(name.as_ref()) {
            Some(known) => {
                known.heard = self.clock;
                known.memory.observe(test, *step, *time_ns, value.unwrap_or_default())
            }
            None => {
                let mut new = Actor { heard: self.clock, memory: Memory::empty(test) };
                let told = new.memory.observe(test, *step, *time_ns, value.unwrap_or_default());
                actors.insert(name.into_owned(), new);
                self.actors = self.actors.saturating_add(1);
                told
            }
        };
        self.lost = self.lost.saturating_add(u64::from(lost));
        if self.actors > MAX_ACTORS {
            self.forget();
        }
        outcome
    }

    /// The name of a rule.
    #[must_use]
    pub fn rule(&self, index: usize) -> &str {
        self.rules.get(index).map_or("", |rule| &rule.name)
    }

    /// Observations and actors that had to be forgotten to stay within memory.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.lost
    }

    /// A tenth of the actors goes at once, so that finding them is rare.
    fn forget(&mut self) {
        let known = self.rules.iter().flat_map(|rule| rule.actors.values());
        let mut heard: Vec<u64> = known.map(|actor| actor.heard).collect();
        let tenth = heard.len() / 10;
        let (_, &mut limit, _) = heard.select_nth_unstable(tenth);
        let before = heard.len();
        self.rules.iter_mut().for_each(|it| it.actors.retain(|_, actor| actor.heard > limit));
        self.actors = self.rules.iter().map(|rule| rule.actors.len()).sum();
        let gone = before.saturating_sub(self.actors);
        self.lost = self.lost.saturating_add(u64::try_from(gone).unwrap_or(u64::MAX));
    }

    /// Everything that is known, in a stable order.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let of = |rule: &Ruled| {
            let (name, shape) = (rule.name.clone(), shape(&rule.test));
            let entry = move |(actor, known): (&String, &Actor)| {
                (name.clone(), shape.clone(), actor.clone(), known.clone())
            };
            rule.actors.iter().map(entry).collect::<Vec<_>>()
        };
        let mut actors: Vec<_> = self.rules.iter().flat_map(of).collect();
        actors.sort_by_key(|(.., actor)| actor.heard);
        Snapshot { actors }
    }

    /// Takes up what an earlier run knew. Rules that are gone or have another window now start
    /// anew.
    pub fn restore(&mut self, snapshot: Snapshot) {
        let rules = self.rules.iter().enumerate();
        let index: HashMap<(String, String), usize> =
            rules.map(|(at, rule)| ((rule.name.clone(), shape(&rule.test)), at)).collect();
        for (rule, shape, name, actor) in snapshot.actors {
            let at = index.get(&(rule, shape));
            if let Some(rule) = at.and_then(|at| self.rules.get_mut(*at)) {
                self.clock = self.clock.max(actor.heard);
                rule.actors.insert(name, actor);
            }
        }
        self.actors = self.rules.iter().map(|rule| rule.actors.len()).sum();
        if self.actors > MAX_ACTORS {
            self.forget();
        }
    }
}

impl Memory {
    fn empty(test: &Test) -> Self {
        match test {
            Test::Count { .. } | Test::Distinct { .. } => Self::Times(Times::default()),
            Test::FirstSeen { .. } | Test::Rare { .. } => Self::Seen(Seen::default()),
            Test::Sequence { steps, .. } => {
                Self::Steps(vec![Times::default(); steps.len().saturating_add(1)])
            }
        }
    }

    /// Gives what there is to tell, and whether something was forgotten.
    fn observe(
        &mut self,
        test: &Test,
        step: usize,
        time_ns: u64,
        value: u64,
    ) -> (Option<Outcome>, bool) {
        match (self, test) {
            (Self::Times(times), &Test::Count { count, within_ns }) => {
                count_events(times, time_ns, count, within_ns)
            }
            (Self::Times(times), &Test::Distinct { count, within_ns, .. }) => {
                count_values(times, time_ns, value, count, within_ns)
            }
            (Self::Seen(seen), Test::FirstSeen { learn_ns, .. }) => {
                let (before, lost) = seen.add(time_ns, value);
                let new = before.times == 0 && before.events > 0 && before.known_ns >= *learn_ns;
                let outcome = Outcome { count: 1, first_ns: before.since_ns, last_ns: time_ns };
                (new.then_some(outcome), lost)
            }
            (Self::Seen(seen), Test::Rare { below_permille, after, .. }) => {
                let (before, lost) = seen.add(time_ns, value);
                let events = before.events.saturating_add(1);
                let times = before.times.saturating_add(1);
                let share = times.saturating_mul(1_000);
                let rare = before.events >= u64::from(*after)
                    && share < u64::from(*below_permille).saturating_mul(events);
                let outcome = Outcome { count: times, first_ns: before.since_ns, last_ns: time_ns };
                (rare.then_some(outcome), lost)
            }
            (Self::Steps(steps), Test::Sequence { within_ns, .. }) => {
                follow(steps, step, time_ns, *within_ns)
            }
            // What is kept is made for the test: another kind can only come from a damaged file.
            (memory, test) => {
                *memory = Self::empty(test);
                (None, true)
            }
        }
    }
}

fn count_events(
    times: &mut Times,
    time_ns: u64,
    count: u32,
    within_ns: u64,
) -> (Option<Outcome>, bool) {
    if times.is_told(time_ns) {
        return (None, false);
    }
    let lost = times.insert(time_ns, 0, room(count));
    let full = times.around(time_ns, within_ns).filter(|cluster| cluster.count >= count);
    (full.map(|cluster| tell(times, cluster, within_ns)), lost)
}

fn count_values(
    times: &mut Times,
    time_ns: u64,
    value: u64,
    count: u32,
    within_ns: u64,
) -> (Option<Outcome>, bool) {
    if times.is_told(time_ns) {
        return (None, false);
    }
    let lost = times.insert(time_ns, value, room(count).saturating_mul(TIMES_OF_A_VALUE));
    times.thin(value, TIMES_OF_A_VALUE);
    let full = times.distinct_around(time_ns, within_ns).filter(|cluster| cluster.count >= count);
    (full.map(|cluster| tell(times, cluster, within_ns)), lost)
}

fn tell(times: &mut Times, cluster: super::times::Cluster, within_ns: u64) -> Outcome {
    let super::times::Cluster { count, first_ns, last_ns } = cluster;
    times.tell(first_ns, last_ns, within_ns);
    Outcome { count: u64::from(count), first_ns, last_ns }
}

/// Whether the steps happened one after the other, with this one among them: of the steps before,
/// the latest possible, of the steps behind, the earliest.
fn follow(
    steps: &mut [Times],
    step: usize,
    time_ns: u64,
    within_ns: u64,
) -> (Option<Outcome>, bool) {
    let Some(times) = steps.get_mut(step) else { return (None, false) };
    let lost = times.insert(time_ns, 0, SPARE_TIMES);
    let Some((last, before)) = steps.split_last() else { return (None, lost) };
    if last.is_told(time_ns) {
        return (None, lost);
    }
    let first_ns = before.iter().take(step).rev().try_fold(time_ns, |time, it| it.before(time));
    let behind = steps.iter().skip(step.saturating_add(1));
    let last_ns = behind.into_iter().try_fold(time_ns, |time, it| it.after(time));
    let (Some(first_ns), Some(last_ns)) = (first_ns, last_ns) else { return (None, lost) };
    if last_ns.saturating_sub(first_ns) > within_ns {
        return (None, lost);
    }
    let count = u64::try_from(steps.len()).unwrap_or(u64::MAX);
    if let Some(last) = steps.last_mut() {
        last.tell(first_ns, last_ns, within_ns);
    }
    (Some(Outcome { count, first_ns, last_ns }), lost)
}

/// Moments that are kept where `count` of them make an alert.
fn room(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(2).saturating_add(SPARE_TIMES)
}

fn short(actor: &str) -> Cow<'_, str> {
    match actor.len() <= MAX_ACTOR_BYTES {
        true => Cow::Borrowed(actor),
        false => Cow::Owned(format!("#{:016x}", xxh3_64(actor.as_bytes()))),
    }
}

/// A word that changes with the window, so that what is kept for another one is not used.
fn shape(test: &Test) -> String {
    format!("{:016x}", xxh3_64(format!("{test:?}").as_bytes()))
}

#[cfg(test)]
mod tests;
