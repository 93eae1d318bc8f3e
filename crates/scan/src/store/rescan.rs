//! Holds everything in a store against the advisories of today.
//!
//! ```text
//! packages.bin -> distinct packages, by distribution -> answers -> each image -> changes
//!                 load (parallel)                       matcher    compare (parallel)
//! ```
//!
//! Each distinct package is matched once, whatever the number of images that have it. A verdict is
//! written again when it changed, unless the advisories cannot answer for the image any more: what
//! they do not know must not look as if it had gone away.

mod compare;
mod load;
mod parallel;

use std::sync::Arc;

use farguard_model::{DatabaseInfo, Finding, Owner, Problem, Severity};
use jiff::Timestamp;

use super::{LastRescan, Store, StoreError, verdict::StoredFinding};
use crate::{
    advisories::AdvisorySource,
    matcher::{MatchError, MatchOptions, ignore::IgnoreRules, shared},
};

/// What decides what is reported.
#[derive(Debug)]
pub struct RescanOptions<'a> {
    /// The time, and which findings count.
    pub matching: &'a MatchOptions,
    /// Findings to leave out.
    pub ignore: &'a IgnoreRules,
    /// Report also what earlier rescans reported since then.
    pub since: Option<Timestamp>,
    /// Leave the store as it is.
    pub dry_run: bool,
}

/// What a store looks like today.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rescanned {
    /// How much there was.
    pub counts: Counts,
    /// Images of which something changed or cannot be assessed any more, most urgent first.
    pub images: Vec<ImageChanges>,
    /// Entries that could not be read, each with its file.
    pub problems: Vec<Problem>,
    /// What is wrong with advisories.
    pub remarks: Vec<Problem>,
    /// When all of the store was last held against advisories before this.
    pub before: Option<LastRescan>,
}

/// How much there was in a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries that could be read.
    pub images: usize,
    /// Packages of all images.
    pub packages: usize,
    /// Packages that differ.
    pub distinct_packages: usize,
    /// Findings of all images, suppressed ones included.
    pub findings: usize,
}

/// What changed for one image.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageChanges {
    /// The name of its directory in the store.
    pub key: String,
    /// The names under which it was scanned, the latest first; never empty.
    pub names: Vec<String>,
    /// Digest of its manifest, else of its configuration.
    pub digest: Option<String>,
    /// Who answers for it.
    pub owner: Option<Owner>,
    /// When it was scanned last.
    pub scanned: Timestamp,
    /// What is new or worse, most urgent first. What is suppressed is not here.
    pub changes: Vec<Change>,
    /// Changes that are suppressed.
    pub suppressed: usize,
    /// What is no longer found.
    pub gone: Vec<StoredFinding>,
    /// What the advisories at hand cannot answer and those of the last time could.
    pub gaps: Vec<Problem>,
}

/// A finding that is not what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// In which way.
    pub what: What,
    /// The finding as it is now, without place; its own fingerprint is that of no place.
    pub finding: Arc<Finding>,
    /// The fingerprint in this image.
    pub fingerprint: String,
    /// The file that proves the package.
    pub path: Arc<str>,
    /// Version of the package.
    pub version: String,
    /// When it was first seen in this image.
    pub first_seen: Timestamp,
}

/// How a finding is not what it was, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It was not known.
    New,
    /// It is now known to be exploited.
    Exploited,
    /// It is rated worse than it was.
    Worse(Severity),
    /// There is a fix now.
    Fixable,
}

impl What {
    /// The name in lower case, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Exploited => "exploited",
            Self::Worse(_) => "worse",
            Self::Fixable => "fixable",
        }
    }

    /// Whether the image is in a worse state than it was.
    #[must_use]
    pub const fn is_worse(self) -> bool {
        !matches!(self, Self::Fixable)
    }
}

impl Rescanned {
    /// The worst severity of what is new or worse.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.images.iter().filter_map(ImageChanges::worst).max()
    }
}

impl ImageChanges {
    /// The worst severity of what is new or worse.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        let worse = self.changes.iter().filter(|change| change.what.is_worse());
        worse.map(|change| change.finding.severity).max()
    }
}

/// A rescan could not be done.
#[derive(Debug, thiserror::Error)]
pub enum RescanError {
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The advisories cannot be read.
    #[error(transparent)]
    Match(#[from] MatchError),
}

/// Matches all that is stored, says what changed, and remembers it unless it is a dry run.
///
/// # Errors
/// When the store as a whole or the advisories cannot be read, or a verdict cannot be written.
/// Entries that cannot be read become problems.
pub fn rescan(
    store: &Store,
    source: &dyn AdvisorySource,
    database: &DatabaseInfo,
    options: &RescanOptions<'_>,
) -> Result<Rescanned, RescanError> {
    let _lock = if options.dry_run { None } else { Some(store.lock()?) };
    let before = store.last_rescan();
    let loaded = load::all(store)?;
    let now = options.matching.now;
    let mut answers = Vec::new();
    for group in &loaded.groups {
        let os = group.os.as_ref();
        answers.push(shared::match_distinct(os, &group.packages, source, now)?);
    }
    let gaps = shared::Gaps::new(source, now)?;
    let scene =
        compare::Scene { store, loaded: &loaded, answers: &answers, gaps, database, options };
    let (images, findings, unreadable) = scene.compare()?;

    let mut problems: Vec<Problem> = loaded.problems;
    problems.extend(unreadable);
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    let mut remarks: Vec<_> = answers.into_iter().flat_map(|answers| answers.remarks).collect();
    remarks.sort();
    remarks.dedup();
    let counts = Counts {
        images: loaded.images.len(),
        packages: loaded.images.iter().map(|image| image.slots.len()).sum(),
        distinct_packages: loaded.groups.iter().map(|group| group.packages.len()).sum(),
        findings,
    };
    if !options.dry_run {
        let database_built = database.built;
        store.set_last_rescan(&LastRescan {
            assessed: now,
            database_built,
            images: counts.images,
        })?;
    }
    Ok(Rescanned { counts, images, problems, remarks, before })
}

#[cfg(test)]
mod tests;
