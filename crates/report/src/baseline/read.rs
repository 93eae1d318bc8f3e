//! From the bytes of a report to a baseline. Only what a baseline needs is kept.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, de::IgnoredAny};

use super::{Baseline, Kind, MAX_BASELINE_BYTES, OldFinding, OldTarget};

/// A file cannot serve as a baseline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// More than [`MAX_BASELINE_BYTES`].
    #[error("baseline `{0}` has more than {mib} MiB", mib = MAX_BASELINE_BYTES >> 20)]
    TooLarge(String),
    /// There is nothing in it.
    #[error("baseline `{0}` is empty: the scan that wrote it may have failed")]
    Empty(String),
    /// It is no JSON, or its fields have other types than ours.
    #[error("baseline `{file}` is no report of ours: {message}")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong, with line and column.
        message: String,
    },
    /// It is a report of another format or tool.
    #[error(
        "baseline `{file}` is {what}: give a report of `farguard scan --format json` (or `--output \
         json=FILE`)"
    )]
    OtherFormat {
        /// The file.
        file: String,
        /// What it is.
        what: &'static str,
    },
    /// It is a report of a version that is not known.
    #[error("baseline `{file}` has schema version `{version}`, and this farguard reads version 1")]
    Version {
        /// The file.
        file: String,
        /// As written, cut short.
        version: String,
    },
}

/// Any JSON object that people may take for a report of ours.
#[derive(Deserialize)]
struct Document {
    schema_version: Option<String>,
    reports: Option<Vec<Report>>,
    runs: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<IgnoredAny>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Option<IgnoredAny>,
    #[serde(rename = "SchemaVersion")]
    trivy_schema_version: Option<IgnoredAny>,
    matches: Option<IgnoredAny>,
    vulnerabilities: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Report {
    created: Timestamp,
    target: Target,
    container: Option<Named>,
    baseline: Option<OlderBaseline>,
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct OlderBaseline {
    source: String,
}

#[derive(Deserialize)]
struct Finding {
    fingerprint: String,
    // Not in version 1.0, which knew of vulnerabilities only.
    kind: Option<String>,
    suppression: Option<Suppression>,
}

#[derive(Deserialize)]
struct Suppression {
    source: String,
}

pub(super) fn read(source: &str, bytes: &[u8]) -> Result<Baseline, BaselineError> {
    let file = || source.to_owned();
    if bytes.len() > MAX_BASELINE_BYTES {
        return Err(BaselineError::TooLarge(file()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let malformed = |message: String| BaselineError::Malformed { file: file(), message };
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(BaselineError::Empty(file())),
        Some(b'[') => {
            let what = "a list, as code quality reports are";
            return Err(BaselineError::OtherFormat { file: file(), what });
        }
        Some(b'<') => {
            let what = "XML or HTML";
            return Err(BaselineError::OtherFormat { file: file(), what });
        }
        Some(_) => {}
    }
    let document: Document =
        serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
    if let Some(what) = other_format(&document) {
        return Err(BaselineError::OtherFormat { file: file(), what });
    }
    let version = document.schema_version.unwrap_or_default();
    if version.split('.').next() != Some("1") {
        let version = version.chars().take(40).collect();
        return Err(BaselineError::Version { file: file(), version });
    }
    let Some(reports) = document.reports else {
        return Err(malformed("it has no `reports`".to_owned()));
    };
    let targets = reports.into_iter().enumerate().map(|(i, report)| target(i, report));
    let targets: Result<_, _> = targets.collect();
    Ok(Baseline { source: file(), targets: targets.map_err(malformed)? })
}

/// What a document is that is not ours.
fn other_format(document: &Document) -> Option<&'static str> {
    if document.schema_version.is_some() && document.reports.is_some() {
        return None;
    }
    let marks = [
        (document.runs.is_some(), "a SARIF log"),
        (document.bom_format.is_some(), "a CycloneDX document"),
        (document.spdx_version.is_some(), "an SPDX document"),
        (document.trivy_schema_version.is_some(), "a report of Trivy"),
        (document.matches.is_some(), "a report of Grype"),
        (document.vulnerabilities.is_some(), "a report of GitLab or another tool"),
        (document.schema_version.is_none(), "JSON of another tool, without `schema_version`"),
    ];
    marks.into_iter().find(|(is_there, _)| *is_there).map(|(_, what)| what)
}

fn target(index: usize, report: Report) -> Result<OldTarget, String> {
    let mut findings: HashMap<u128, OldFinding> = HashMap::new();
    for (number, finding) in report.findings.iter().enumerate() {
        let Some(kind) = kind(finding.kind.as_deref()) else { continue };
        let Some(print) = fingerprint(&finding.fingerprint) else {
            return Err(format!(
                "`reports[{index}].findings[{number}].fingerprint` is not 32 hexadecimal digits"
            ));
        };
        if counts(finding, report.baseline.as_ref()) {
            let old = findings.entry(print).or_insert(OldFinding { kind, number: 0 });
            old.number = old.number.saturating_add(1);
        }
    }
    Ok(OldTarget {
        is_image: report.target.kind == "registry",
        name: report.target.name,
        container: report.container.map(|container| container.name),
        created: report.created,
        findings,
    })
}

/// Whether a finding counted then: what somebody had dismissed comes back as new when the
/// dismissal ends. What an older baseline knew of is known still.
fn counts(finding: &Finding, baseline: Option<&OlderBaseline>) -> bool {
    match (&finding.suppression, baseline) {
        (None, _) => true,
        (Some(suppression), Some(baseline)) => suppression.source == baseline.source,
        (Some(_), None) => false,
    }
}

/// `None` for kinds that a baseline does not speak of: violations, and kinds of later versions.
fn kind(name: Option<&str>) -> Option<Kind> {
    match name {
        None | Some("vulnerability") => Some(Kind::Vulnerability),
        Some("secret") => Some(Kind::Secret),
        Some("misconfiguration") => Some(Kind::Misconfiguration),
        Some(_) => None,
    }
}

/// The 128 bits of a fingerprint.
pub(super) fn fingerprint(text: &str) -> Option<u128> {
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u128::from_str_radix(text, 16).ok())?
}
