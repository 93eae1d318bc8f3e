//! What is known to be wrong with packages.

use farguard_model::{Epss, Kev};
use serde::{Deserialize, Serialize};

use self::record::Detail;

pub mod amazon;
pub mod build;
pub mod contents;
pub mod database;
pub mod ecosystem;
pub mod epss;
pub mod http;
pub mod osv;
pub mod record;
pub mod update;

mod block;
mod kev;
mod layout;
mod replace;
mod sorter;
mod table;
mod writer;

/// One advisory as far as it concerns one package: an OSV record cut down to what matching and
/// reports need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// Id of the record: `GHSA-...`, `DSA-5514-1`, `CVE-2024-3094`.
    pub id: String,
    /// Other ids of the same vulnerability.
    pub aliases: Vec<String>,
    /// Vulnerabilities that a distribution's record covers: one DSA may fix many CVEs.
    pub upstream: Vec<String>,
    /// One line.
    pub summary: String,
    /// RFC 3339; empty when unknown.
    pub published: String,
    /// RFC 3339; empty when unknown.
    pub modified: String,
    /// OSV `severity`: pairs of type (`CVSS_V3`) and score (a vector).
    pub severity: Vec<(String, String)>,
    /// What the database or distribution calls its severity (`HIGH`, `unimportant`), or empty.
    pub rating: String,
    /// Web pages, best first.
    pub references: Vec<String>,
    /// The versions of this package that it concerns: the entries of OSV `affected` that name it.
    pub affected: Vec<Affected>,
}

/// One entry of OSV `affected`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Ranges of type `ECOSYSTEM` and `SEMVER`; `GIT` ranges are dropped when the database is
    /// built.
    pub ranges: Vec<Range>,
    /// Enumerated versions: affected in addition to the ranges.
    pub versions: Vec<String>,
    /// What the distribution says of the fix (`wont-fix`, `end-of-life`), or empty.
    pub fix_state: String,
    /// Severity given for this package only, as [`Advisory::severity`].
    pub severity: Vec<(String, String)>,
    /// Rating given for this package only, as [`Advisory::rating`].
    pub rating: String,
}

/// A range of versions, as OSV events in the order the record gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// True for `SEMVER`, false for `ECOSYSTEM`.
    pub semver: bool,
    /// The events.
    pub events: Vec<Event>,
}

/// An OSV event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the OSV specification names them")]
pub enum Event {
    Introduced(String),
    Fixed(String),
    LastAffected(String),
    Limit(String),
}

/// The versions of a package that one advisory concerns. Few of them hold for the version at hand,
/// and only of those the rest is worth reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Where the source has the rest: for [`AdvisorySource::detail`] of the same source only.
    pub detail: u64,
    /// As [`Advisory::affected`].
    pub affected: Vec<Affected>,
}

/// Where the matcher looks advisories up: the database, or a table in tests.
pub trait AdvisorySource: Sync {
    /// The advisories that name a package. `ecosystem` and `name` are normalised as
    /// [`ecosystem`] describes. Empty when nothing is known.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn candidates(&self, ecosystem: &str, name: &str) -> Result<Vec<Candidate>, LookupError>;

    /// The rest of an advisory, by [`Candidate::detail`].
    ///
    /// # Errors
    /// When the database cannot be read, or has nothing there.
    fn detail(&self, place: u64) -> Result<Detail, LookupError>;

    /// All advisories for a package, complete.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn advisories(&self, ecosystem: &str, name: &str) -> Result<Vec<Advisory>, LookupError> {
        let candidates = self.candidates(ecosystem, name)?.into_iter();
        candidates.map(|found| Ok(self.detail(found.detail)?.with(found.affected))).collect()
    }

    /// Whether there are advisories for that ecosystem (normalised, as for
    /// [`advisories`](Self::advisories)) at all. Where there are none, an empty answer means that
    /// nobody has looked, not that nothing is wrong.
    fn knows(&self, ecosystem: &str) -> bool;

    /// The entry of CISA's catalogue for a CVE.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn kev(&self, cve: &str) -> Result<Option<Kev>, LookupError>;

    /// The EPSS score of a CVE.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn epss(&self, cve: &str) -> Result<Option<Epss>, LookupError>;
}

/// The advisory database cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read advisory database `{path}`: {message}")]
pub struct LookupError {
    /// The file.
    pub path: String,
    /// Why, and at which offset.
    pub message: String,
}
