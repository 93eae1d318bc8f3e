//! What a database file says of itself.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::table::TablePlace;

/// What is inside a database: the answer of `farguard db status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// When it was built.
    pub built: Timestamp,
    /// True for a database made from a sample: not fit for decisions.
    pub sample: bool,
    /// Number of advisories.
    pub records: u64,
    /// Number of packages with advisories, each release of a distribution counted apart.
    pub packages: u64,
    /// Entries of CISA's catalogue.
    pub kev: u64,
    /// CVEs with an EPSS score.
    pub epss: u64,
    /// What was read but does not count.
    pub skipped: Skipped,
    /// Ecosystems inside, sorted by key.
    pub ecosystems: Vec<EcosystemContents>,
    /// Where it came from, in the order given.
    pub sources: Vec<SourceInfo>,
}

impl Contents {
    /// How long ago it was built; zero when the clock says that it is from the future.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.built).max(SignedDuration::ZERO)
    }

    /// Whether it is older than `max_age`: a stale database misses what was published since.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp, max_age: SignedDuration) -> bool {
        self.age(now) > max_age
    }
}

/// Age from which on a database is called stale unless the user says otherwise.
pub const DEFAULT_MAX_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Records that were read but do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Taken back by their publisher.
    pub withdrawn: u64,
    /// About ecosystems that Farguard does not match.
    pub other_ecosystem: u64,
    /// Updates of a distribution without any known vulnerability.
    pub not_security: u64,
    /// Older versions of records that were given twice.
    pub superseded: u64,
    /// Not readable: each was reported as a problem.
    pub unreadable: u64,
}

/// What is known of one ecosystem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcosystemContents {
    /// Its key: `Debian:12`, `PyPI`.
    pub name: String,
    /// Number of advisories.
    pub records: u64,
    /// Number of packages with advisories.
    pub packages: u64,
    /// When the newest of them changed; `None` when none says.
    pub newest: Option<Timestamp>,
}

/// Where records came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// For people: `OSV PyPI`, `CISA KEV`, or the file name.
    pub name: String,
    /// URL or path.
    pub location: String,
    /// When it was fetched; for local files, when they last changed.
    pub fetched: Option<Timestamp>,
}

/// The whole metadata section.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Metadata {
    #[serde(flatten)]
    pub(crate) contents: Contents,
    pub(crate) layout: Layout,
}

/// Where the sections lie.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Layout {
    pub(crate) package_dictionary: Section,
    pub(crate) detail_dictionary: Section,
    pub(crate) packages: TablePlace,
    pub(crate) kev: TablePlace,
    pub(crate) epss: TablePlace,
}

/// A run of bytes with its checksum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Section {
    pub(crate) offset: u64,
    pub(crate) len: u64,
    pub(crate) checksum: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(built: Timestamp) -> Contents {
        Contents {
            built,
            sample: false,
            records: 0,
            packages: 0,
            kev: 0,
            epss: 0,
            skipped: Skipped::default(),
            ecosystems: Vec::new(),
            sources: Vec::new(),
        }
    }

    #[test]
    fn stale_begins_after_the_last_moment_allowed() {
        let built: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let check = |now: &str, stale| {
            let now = now.parse().unwrap();
            assert_eq!(contents(built).is_stale(now, DEFAULT_MAX_AGE), stale, "{now}");
        };
        check("2026-01-08T00:00:00Z", false);
        check("2026-01-08T00:00:01Z", true);
        check("2025-01-01T00:00:00Z", false);
    }
}
