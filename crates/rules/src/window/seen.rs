//! The values that one actor had, and how often.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Most values that are kept for an actor.
const MAX_VALUES: usize = 4_096;

/// Values of one actor, by hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// The earliest event of the actor; `None` before the first.
    since_ns: Option<u64>,
    events: u64,
    values: HashMap<u64, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Value {
    times: u64,
    last_ns: u64,
}

/// What was known about a value before this event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before {
    /// Events of the actor.
    pub(super) events: u64,
    /// Of these, with the value.
    pub(super) times: u64,
    /// How long the actor was known.
    pub(super) known_ns: u64,
    /// Its earliest event.
    pub(super) since_ns: u64,
}

impl Seen {
    /// Adds an event; gives what was known before, and whether another value was forgotten for it.
    pub(super) fn add(&mut self, time_ns: u64, value: u64) -> (Before, bool) {
        let since_ns = self.since_ns.unwrap_or(time_ns);
        let known_ns = time_ns.saturating_sub(since_ns);
        let times = self.values.get(&value).map_or(0, |value| value.times);
        let before = Before { events: self.events, times, known_ns, since_ns };
        self.since_ns = Some(since_ns.min(time_ns));
        self.events = self.events.saturating_add(1);
        let crowded = times == 0 && self.values.len() >= MAX_VALUES;
        if crowded {
            let oldest = self.values.iter().min_by_key(|(hash, value)| (value.last_ns, **hash));
            if let Some(oldest) = oldest.map(|(hash, _)| *hash) {
                self.values.remove(&oldest);
            }
        }
        let value = self.values.entry(value).or_insert(Value { times: 0, last_ns: time_ns });
        value.times = value.times.saturating_add(1);
        value.last_ns = value.last_ns.max(time_ns);
        (before, crowded)
    }
}
