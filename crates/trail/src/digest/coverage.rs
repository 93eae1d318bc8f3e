//! Which files are vouched for, to see those that are not.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::{Fault, Finding, Outcome};
use crate::{checkpoint::Recent, layout::FileName};

/// A file that was delivered at the end of an hour may be in the digest of the next.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// The log files that digests name, by account and region. Eight bytes a file.
#[derive(Debug, Default)]
pub struct Coverage {
    regions: BTreeMap<(String, String), Region>,
}

#[derive(Debug)]
struct Region {
    first: Timestamp,
    last: Timestamp,
    files: HashSet<u64>,
}

impl Coverage {
    /// A digest was found, whatever is thought of it, for the hour that its name says.
    pub fn digest(&mut self, name: &FileName<'_>) {
        let start = name.time.checked_sub(SLACK).unwrap_or(Timestamp::MIN);
        let region = self.regions.entry((name.account.to_owned(), name.region.to_owned()));
        let region = region.or_insert_with(|| Region {
            first: start,
            last: name.time,
            files: HashSet::new(),
        });
        region.first = region.first.min(start);
        region.last = region.last.max(name.time);
    }

    /// A digest names a log file.
    pub fn log_file(&mut self, digest: &FileName<'_>, object: &str) {
        let region = (digest.account.to_owned(), digest.region.to_owned());
        if let Some(region) = self.regions.get_mut(&region) {
            region.files.insert(hash(object));
        }
    }

    /// What is to be said of a log file that was found.
    #[must_use]
    pub fn judge(&self, place: &str) -> Option<Outcome> {
        let name = FileName::parse(place)?;
        let not_assessed = |why: &str, at_edge| Outcome::NotAssessed {
            file: place.to_owned(),
            why: why.to_owned(),
            at_edge,
        };
        let region = self.regions.get(&(name.account.to_owned(), name.region.to_owned()));
        let Some(region) = region else {
            return Some(not_assessed("there are no digests of this account and region", false));
        };
        if region.files.contains(&hash(place)) {
            return None;
        }
        let end = region.last.checked_sub(SLACK).unwrap_or(Timestamp::MIN);
        if name.time >= end {
            return Some(not_assessed("it is newer than the last digest", true));
        }
        if name.time < region.first {
            return Some(not_assessed("it is older than the first digest", true));
        }
        Some(Outcome::Finding(Finding {
            fault: Fault::LogFileUnsigned,
            file: place.to_owned(),
            why: "no digest names it".to_owned(),
            time: name.time,
        }))
    }
}

/// By name only: it is unique, and a copy on disk has lost the bucket.
fn hash(place: &str) -> u64 {
    Recent::hash(&[place.rsplit('/').next().unwrap_or(place).as_bytes()])
}
