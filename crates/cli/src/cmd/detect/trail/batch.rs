//! Matches on their way from a worker to where everything comes together: as few pieces of memory as
//! possible, since what one thread makes another gives back.

use std::ops::Range;

use anyhow::Result;
use farguard_rules::Hit;
use farguard_trail::{Key, Record, checkpoint};

/// Matches that are handed on at once.
const MATCHES: usize = 128;
/// Bytes of records that are handed on at once.
const BYTES: usize = 128 << 10;

/// Rules that matched, in the order of records.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    matches: Vec<Match>,
    /// Records that windows may have to say something of.
    records: Vec<u8>,
}

/// A rule that matched a record.
#[derive(Debug)]
pub(crate) struct Match {
    /// What the rule has to say.
    pub(crate) hit: Hit,
    /// What makes the record the same as another, when it comes twice, if anything does.
    pub(crate) identity: Option<u64>,
    /// Its number in its file.
    pub(crate) number: u64,
    /// Where it stands in the batch, if a window decides.
    place: Range<usize>,
}

impl Batch {
    /// Takes in a match of the record with this number.
    pub(crate) fn push(&mut self, hit: Hit, record: &Record<'_>, number: u64) {
        let last = self.matches.last().filter(|last| last.number == number);
        let identity = last.map_or_else(|| identity(record), |last| last.identity);
        let known = last.map(|last| last.place.clone()).filter(|place| !place.is_empty());
        let place = match (&hit, known) {
            (Hit::Alert(_), _) => 0..0,
            (Hit::Watch(_), Some(place)) => place,
            (Hit::Watch(_), None) => {
                let start = self.records.len();
                self.records.extend_from_slice(record.bytes());
                start..self.records.len()
            }
        };
        self.matches.push(Match { hit, identity, number, place });
    }

    /// Whether it is time to hand it on.
    pub(crate) const fn is_full(&self) -> bool {
        self.matches.len() >= MATCHES || self.records.len() >= BYTES
    }

    /// Whether nothing matched.
    pub(crate) const fn is_empty(&self) -> bool {
        self.matches.is_empty()
    }

    /// Every match with its record: empty where a rule has said all that there is to say.
    pub(crate) fn take(self, each: &mut dyn FnMut(Match, &[u8]) -> Result<()>) -> Result<()> {
        let Self { matches, records } = self;
        for matched in matches {
            let record = records.get(matched.place.clone()).unwrap_or_default();
            each(matched, record)?;
        }
        Ok(())
    }
}

/// What tells a record from others: its id, time and name. Ids alone are the same for records whose
/// ids somebody has made unreadable.
fn identity(record: &Record<'_>) -> Option<u64> {
    let raw = |key| record.get(key).and_then(|value| value.raw());
    let id = raw(Key::EventId)?;
    let [time, name] = [Key::EventTime, Key::EventName].map(|key| raw(key).unwrap_or_default());
    Some(checkpoint::identity(&[id, time, name]))
}
