//! An earlier report of ours, read back to tell what is new.
//!
//! A finding is known when the same target had one of the same fingerprint, and it counted then. The
//! same target is the same repository, whatever the tag, and the same container of a task definition.

mod read;

use std::collections::HashMap;

use farguard_model::{BaselineInfo, Detail, Finding, ScanReport, Scanner, Suppression, TargetKind};
use jiff::Timestamp;

pub use read::BaselineError;

use crate::describe::{looked_for, repository};

/// The findings of an earlier run, by target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    source: String,
    targets: Vec<OldTarget>,
}

/// What an earlier report says of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OldTarget {
    name: String,
    is_image: bool,
    container: Option<String>,
    created: Timestamp,
    findings: HashMap<u128, OldFinding>,
}

/// Findings of one fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OldFinding {
    kind: Kind,
    number: usize,
}

/// Kinds of findings that a baseline knows of. What a policy demands is judged anew each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Vulnerability,
    Secret,
    Misconfiguration,
}

/// The most bytes that are read of a baseline.
pub const MAX_BASELINE_BYTES: usize = 256 << 20;

impl Baseline {
    /// Reads a report of `farguard scan --format json`, of any schema version 1.
    ///
    /// # Errors
    /// [`BaselineError`] for everything else, with what it looks like and where it goes wrong.
    pub fn parse(source: &str, bytes: &[u8]) -> Result<Self, BaselineError> {
        read::read(source, bytes)
    }

    /// Suppresses the findings of `report` that the baseline has too, and notes how many of its
    /// findings are gone. `sole` says that the run has no other target, so that a baseline of one
    /// target is about it whatever its name. Returns `false`, and changes nothing, when the baseline
    /// says nothing of the target.
    pub fn compare(&self, report: &mut ScanReport, sole: bool) -> bool {
        let Some(old) = self.find(report, sole) else { return false };
        let mut left: HashMap<u128, usize> =
            old.findings.iter().map(|(print, finding)| (*print, finding.number)).collect();
        let day = old.created.strftime("%Y-%m-%d").to_string();
        let mut known = Vec::new();
        for finding in &mut report.findings {
            let Some(number) = print_of(finding).and_then(|print| left.get_mut(&print)) else {
                continue;
            };
            // Two of a kind where one was known: one is new.
            if *number == 0 {
                continue;
            }
            *number -= 1;
            known.push(finding.fingerprint.clone());
            if finding.suppression.is_none() {
                finding.suppression = Some(Suppression {
                    reason: format!("in the baseline of {day}"),
                    source: self.source.clone(),
                });
            }
        }
        known.sort_unstable();
        known.dedup();
        let gone = |(print, number): (&u128, &usize)| {
            let kind = old.findings.get(print).map(|finding| finding.kind)?;
            looked_for(report, kind.scanner()).then_some(*number)
        };
        let gone = left.iter().filter_map(gone).sum();
        report.baseline =
            Some(BaselineInfo { source: self.source.clone(), created: old.created, known, gone });
        true
    }

    /// The earlier report of the same target; the last one when there are several.
    fn find(&self, report: &ScanReport, sole: bool) -> Option<&OldTarget> {
        let container = report.container.as_ref().map(|usage| usage.name.as_str());
        let is_image = report.target.kind == TargetKind::Registry;
        let same_name = |old: &&OldTarget| {
            let same = |a, b| if is_image { repository(a) == repository(b) } else { a == b };
            is_image == old.is_image && same(report.target.name.as_str(), old.name.as_str())
        };
        let named = || self.targets.iter().rev().filter(same_name);
        named().find(|old| old.container.as_deref() == container).or_else(|| named().next()).or(
            match self.targets.as_slice() {
                [only] if sole => Some(only),
                _ => None,
            },
        )
    }
}

impl Kind {
    const fn scanner(self) -> Scanner {
        match self {
            Self::Vulnerability => Scanner::Vulnerabilities,
            Self::Secret => Scanner::Secrets,
            Self::Misconfiguration => Scanner::Checks,
        }
    }
}

fn print_of(finding: &Finding) -> Option<u128> {
    match finding.detail {
        Detail::Violation(_) => None,
        Detail::Vulnerability(_) | Detail::Secret(_) | Detail::Misconfiguration(_) => {
            read::fingerprint(&finding.fingerprint)
        }
    }
}

#[cfg(test)]
mod tests;
