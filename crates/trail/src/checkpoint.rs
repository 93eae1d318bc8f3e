//! How far a job has come: what a later one need not read again.
//!
//! Files are delivered about in the order of their names, but not quite: two that carry the same
//! minute come in any order, and some come late. So what was read is remembered for a while by
//! key, and only what is older than that is taken as read.

mod recent;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::recent::Recent;
use crate::layout::{FileName, Folder, LATE};

/// What the file says first: others are not read.
const VERSION: u32 = 1;
/// Alerts that are remembered so that a record that comes twice alerts once.
const MAX_ALERTS: usize = 16_384;
/// Files without a name of CloudTrail that are remembered.
const MAX_LOOSE: usize = 65_536;
/// Files that could not be read and are tried again by later jobs.
const MAX_RETRIES: usize = 10_000;
/// How many jobs try to read a file.
pub const MAX_ATTEMPTS: u32 = 5;

/// How far a job has come. Bounded in size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    version: u32,
    /// What is read, as the user names it: another source must not use the same file.
    source: String,
    series: BTreeMap<String, Progress>,
    loose: Recent,
    /// Alerts that are out, by rule and record.
    alerts: Recent,
    /// Files to try again, with the number of attempts.
    retries: BTreeMap<String, u32>,
}

/// How far one account and region is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// Seconds since 1970 of the newest file that was read.
    newest: i64,
    /// The files of the last hours that were read, with their times.
    done: BTreeMap<u64, i64>,
}

/// A checkpoint that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// A later program wrote it.
    #[error("it has version {0}, this program knows {VERSION}")]
    Version(u32),
    /// It belongs to another job.
    #[error("it is of `{0}`: each source needs a checkpoint of its own")]
    Source(String),
}

impl Checkpoint {
    /// Of a job that has not begun.
    #[must_use]
    pub fn new(source: &str) -> Self {
        Self {
            version: VERSION,
            source: source.to_owned(),
            series: BTreeMap::new(),
            loose: Recent::default(),
            alerts: Recent::default(),
            retries: BTreeMap::new(),
        }
    }

    /// One that was read from a file, for this source.
    ///
    /// # Errors
    /// [`CheckpointError`], when it is of another one, or of another version.
    pub fn of(mut self, source: &str) -> Result<Self, CheckpointError> {
        if self.version != VERSION {
            return Err(CheckpointError::Version(self.version));
        }
        if self.source != source {
            return Err(CheckpointError::Source(self.source));
        }
        self.loose.bound(MAX_LOOSE);
        self.alerts.bound(MAX_ALERTS);
        while self.retries.len() > MAX_RETRIES {
            self.retries.pop_last();
        }
        Ok(self)
    }

    /// Since when files of a series have to be looked at; everything before is done.
    #[must_use]
    pub fn resume(&self, series: &str) -> Option<Timestamp> {
        let newest = Timestamp::from_second(self.series.get(series)?.newest).ok()?;
        newest.checked_sub(LATE).ok()
    }

    /// Whether a file was read. Files that CloudTrail did not name count as others when their size
    /// changes.
    #[must_use]
    pub fn is_done(&self, path: &str, size: u64) -> bool {
        let Some((series, name)) = named(path) else {
            return self.loose.contains(loose(path, size));
        };
        let Some(progress) = self.series.get(series) else { return false };
        let time = name.time.as_second();
        time < horizon(progress.newest)
            || progress.done.contains_key(&Recent::hash(&[path.as_bytes()]))
    }

    /// A file was read, and all its alerts are out.
    pub fn done(&mut self, path: &str, size: u64) {
        self.retries.remove(path);
        let Some((series, name)) = named(path) else {
            self.loose.insert(loose(path, size), MAX_LOOSE);
            return;
        };
        let time = name.time.as_second();
        let progress = self.series.entry(series.to_owned()).or_default();
        progress.done.insert(Recent::hash(&[path.as_bytes()]), time);
        if time > progress.newest {
            progress.newest = time;
            let horizon = horizon(time);
            progress.done.retain(|_, done| *done >= horizon);
        }
    }

    /// A file could not be read: it does not hold up the others, and a later job tries again.
    /// Whether one will.
    pub fn failed(&mut self, path: &str, size: u64) -> bool {
        let attempts = self.retries.get(path).copied().unwrap_or(0).saturating_add(1);
        self.done(path, size);
        let again = attempts < MAX_ATTEMPTS && self.retries.len() < MAX_RETRIES;
        if again {
            self.retries.insert(path.to_owned(), attempts);
        }
        again
    }

    /// The files that earlier jobs could not read.
    pub fn retries(&self) -> impl Iterator<Item = &str> {
        self.retries.keys().map(String::as_str)
    }

    /// Notes an alert, or a step of a sequence; `false` when the same rule had the same record for
    /// that step before.
    pub fn is_new_alert(&mut self, rule: &str, step: usize, record: u64) -> bool {
        let step = u64::try_from(step).unwrap_or(u64::MAX);
        let hash = Recent::hash(&[rule.as_bytes(), &step.to_le_bytes(), &record.to_le_bytes()]);
        self.alerts.insert(hash, MAX_ALERTS)
    }
}

/// What stands for a record in a checkpoint: a hash of what tells it from others.
#[must_use]
pub fn identity(parts: &[&[u8]]) -> u64 {
    Recent::hash(parts)
}

/// The series and the name of a file in the layout. Without folders the name alone says it all.
fn named(path: &str) -> Option<(&str, FileName<'_>)> {
    let name = FileName::parse(path)?;
    let series = Folder::parse(path).series.or_else(|| {
        let file = path.rsplit('/').next()?;
        // `ACCOUNT_CloudTrail_REGION_`: what comes before the time.
        let length = name.account.len() + name.folder.len() + name.region.len() + 3;
        file.get(..length)
    });
    Some((series?, name))
}

fn loose(path: &str, size: u64) -> u64 {
    Recent::hash(&[path.as_bytes(), size.to_string().as_bytes()])
}

fn horizon(newest: i64) -> i64 {
    newest.saturating_sub(LATE.as_secs())
}
