//! What is kept of the findings of a scan: `verdict.json`.

use std::collections::{HashMap, HashSet};

use farguard_model::{
    DatabaseInfo, Detail, Finding, Outcome, Owner, Problem, ScanReport, Scanner, Severity,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `MAJOR.MINOR`: a reader of one major version reads every later minor version.
const SCHEMA_VERSION: &str = "1.0";
/// Names that are kept of one image, the latest.
const MAX_NAMES: usize = 100;

/// What is known of a stored target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredVerdict {
    /// `1.0`.
    pub schema_version: String,
    /// The names under which it was scanned, the latest first.
    pub names: Vec<SeenName>,
    /// Digest of the manifest.
    pub digest: Option<String>,
    /// Digest of the configuration.
    pub image_id: Option<String>,
    /// Who answers for it.
    pub owner: Option<Owner>,
    /// When it was scanned last.
    pub scanned: Timestamp,
    /// When its findings were last held against advisories; `None` when that was never done. A
    /// rescan that changes nothing leaves this alone and says so once for the whole store.
    pub assessed: Option<Timestamp>,
    /// The advisories that were used then.
    pub database: Option<DatabaseInfo>,
    /// What has been looked for.
    pub scanners: Vec<Scanner>,
    /// What the policy said at the last scan.
    pub outcome: Option<Outcome>,
    /// The name of that policy.
    pub policy: Option<String>,
    /// What was found, suppressed findings included.
    pub findings: Vec<StoredFinding>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A name under which a target was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenName {
    /// As the user wrote it.
    pub name: String,
    /// When it last meant this target.
    pub last_seen: Timestamp,
}

/// What is kept of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// As [`Finding::id`].
    pub id: String,
    /// What kind of finding.
    pub kind: Kind,
    /// As [`Finding::fingerprint`].
    pub fingerprint: String,
    /// How bad it was.
    pub severity: Severity,
    /// Name of the package or of what else it is about.
    pub subject: String,
    /// The file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Known to be exploited.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exploited: bool,
    /// The version to upgrade to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_in: Option<String>,
    /// Somebody has said that it does not count.
    #[serde(default, skip_serializing_if = "is_false")]
    pub suppressed: bool,
    /// What the policy said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// When it was first seen in this target.
    pub first_seen: Timestamp,
}

/// The kind of a finding: [`Detail`] without the details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is the variant of `Detail` of that name")]
pub enum Kind {
    Vulnerability,
    Secret,
    Misconfiguration,
    Violation,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Kind {
    const fn of(detail: &Detail) -> Self {
        match detail {
            Detail::Vulnerability(_) => Self::Vulnerability,
            Detail::Secret(_) => Self::Secret,
            Detail::Misconfiguration(_) => Self::Misconfiguration,
            Detail::Violation(_) => Self::Violation,
        }
    }

    /// Who looks for it; violations come from policies.
    const fn scanner(self) -> Option<Scanner> {
        match self {
            Self::Vulnerability => Some(Scanner::Vulnerabilities),
            Self::Secret => Some(Scanner::Secrets),
            Self::Misconfiguration => Some(Scanner::Checks),
            Self::Violation => None,
        }
    }
}

impl StoredFinding {
    /// What is kept of a finding that was first seen then.
    #[must_use]
    pub fn of(finding: &Finding, first_seen: Timestamp) -> Self {
        let known = finding.vulnerability();
        Self {
            id: finding.id.clone(),
            kind: Kind::of(&finding.detail),
            fingerprint: finding.fingerprint.clone(),
            severity: finding.severity,
            subject: finding.subject.name.clone(),
            path: finding.location.as_ref().map(|location| location.path.clone()),
            exploited: known.is_some_and(|known| known.kev.is_some()),
            fixed_in: known.and_then(|known| known.fix.version()).map(str::to_owned),
            suppressed: finding.suppression.is_some(),
            outcome: finding.decision.as_ref().map(|decision| decision.outcome),
            first_seen,
        }
    }
}

impl StoredVerdict {
    /// What is kept of a report, with what an earlier scan of the same target knows of it.
    pub(super) fn of(report: &ScanReport, earlier: Option<&Self>) -> Self {
        let looked = |scanner| report.scanners.contains(&scanner);
        let earlier_findings = earlier.map_or(&[][..], |earlier| &earlier.findings);
        let first_seen: HashMap<&str, Timestamp> =
            earlier_findings.iter().map(|f| (f.fingerprint.as_str(), f.first_seen)).collect();
        let found = report.findings.iter().map(|finding| {
            let first = first_seen.get(finding.fingerprint.as_str());
            StoredFinding::of(finding, first.copied().unwrap_or(report.created))
        });
        let not_looked_for = earlier_findings
            .iter()
            .filter(|finding| finding.kind.scanner().is_some_and(|scanner| !looked(scanner)));
        let mut findings: Vec<_> = found.chain(not_looked_for.cloned()).collect();
        // Two versions of a package in one lock file share their fingerprints: the worse counts.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let mut seen = HashSet::new();
        findings.retain(|finding| seen.insert(finding.fingerprint.clone()));
        let mut scanners = report.scanners.clone();
        scanners.extend(earlier.iter().flat_map(|earlier| &earlier.scanners));
        scanners.sort();
        scanners.dedup();
        let assessed_now = report.database.is_some();
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            names: names(report, earlier),
            digest: report.target.digest.clone(),
            image_id: report.target.image_id.clone(),
            owner: report.owner.clone().or_else(|| earlier?.owner.clone()),
            scanned: report.created,
            assessed: if assessed_now {
                Some(report.created)
            } else {
                earlier.and_then(|e| e.assessed)
            },
            database: report.database.clone().or_else(|| earlier?.database.clone()),
            scanners,
            outcome: report.verdict.as_ref().map(|verdict| verdict.outcome),
            policy: report.verdict.as_ref().map(|verdict| verdict.policy.clone()),
            findings,
            problems: report.problems.clone(),
        }
    }

    /// Reads `verdict.json`.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: String,
        }
        let damaged = |error: serde_json::Error| format!("it is damaged: {error}");
        match serde_json::from_slice::<Self>(bytes) {
            Ok(verdict) if verdict.schema_version.starts_with("1.") => Ok(verdict),
            other => {
                let Version { schema_version } = serde_json::from_slice(bytes).map_err(damaged)?;
                if schema_version.starts_with("1.") {
                    return other.map_err(damaged);
                }
                Err(format!("its schema has version `{schema_version}`, and this Farguard reads 1"))
            }
        }
    }
}

/// The name of this scan before those of earlier ones.
fn names(report: &ScanReport, earlier: Option<&StoredVerdict>) -> Vec<SeenName> {
    let name = &report.target.name;
    let latest = SeenName { name: name.clone(), last_seen: report.created };
    let others = earlier.into_iter().flat_map(|earlier| &earlier.names);
    let others = others.filter(|seen| seen.name != *name).cloned();
    std::iter::once(latest).chain(others).take(MAX_NAMES).collect()
}
