//! Security reports: container scanning and secret detection share everything but the place.

use farguard_model::{Detail, Finding, ScanReport, Severity};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    TOOL_NAME, TOOL_VERSION,
    describe::{excerpt, family, fix, place, removed, repository_file},
    links,
    text::fit,
};

/// Read by every GitLab from 15.4 on.
const SCHEMA_VERSION: &str = "15.0.7";
const SCHEMAS: &str =
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.0.7/dist";
/// Limits of the schema, in characters; GitLab ignores what has more identifiers.
const MAX_NAME: usize = 255;
const MAX_SOLUTION: usize = 7_000;
const MAX_IDENTIFIERS: usize = 20;
const MAX_MESSAGES: usize = 100;
/// What the analyzer of GitLab writes where there is no commit.
const NO_COMMIT: &str = "0000000";

#[derive(Debug, Serialize)]
pub(super) struct SecurityReport {
    version: &'static str,
    schema: String,
    scan: Value,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Debug, Serialize)]
struct Vulnerability {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
    identifiers: Vec<Identifier>,
    links: Vec<Link>,
    location: Value,
    #[serde(skip_serializing_if = "Map::is_empty")]
    details: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Link {
    url: String,
}

/// Everything that is wrong, as findings of an image.
pub(super) fn container_scanning(reports: &[ScanReport]) -> SecurityReport {
    document("container_scanning", reports, in_image, |_| true)
}

/// Secrets, as findings of files.
pub(super) fn secret_detection(reports: &[ScanReport]) -> SecurityReport {
    let is_secret = |finding: &Finding| matches!(finding.detail, Detail::Secret(_));
    document("secret_detection", reports, in_file, is_secret)
}

fn document(
    kind: &'static str,
    reports: &[ScanReport],
    location: fn(&ScanReport, &Finding) -> Value,
    wanted: fn(&Finding) -> bool,
) -> SecurityReport {
    let of = |report| move |finding| vulnerability(report, finding, location(report, finding));
    let vulnerabilities = reports.iter().flat_map(|report| {
        report.active_findings().filter(|finding| wanted(finding)).map(of(report))
    });
    SecurityReport {
        version: SCHEMA_VERSION,
        schema: format!("{SCHEMAS}/{}-report-format.json", kind.replace('_', "-")),
        scan: scan(kind, reports),
        vulnerabilities: vulnerabilities.collect(),
    }
}

fn scan(kind: &str, reports: &[ScanReport]) -> Value {
    let times = || reports.iter().map(|report| report.created);
    let time = |time: Option<jiff::Timestamp>| {
        time.unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S").to_string()
    };
    let tool = json!({
        "id": TOOL_NAME,
        "name": "Farguard",
        "version": TOOL_VERSION,
        "url": links::HOME,
        "vendor": {"name": "Farguard"},
    });
    json!({
        "type": kind,
        "status": "success",
        "start_time": time(times().min()),
        "end_time": time(times().max()),
        "analyzer": tool,
        "scanner": tool,
        "messages": messages(reports),
    })
}

/// What could not be read: the scan went on, and says so.
fn messages(reports: &[ScanReport]) -> Vec<Value> {
    let of = |report: &ScanReport| {
        let name = report.target.name.clone();
        let say = move |problem: &farguard_model::Problem| {
            format!("{name}: not assessed: {}", problem.message)
        };
        report.problems.iter().map(say).collect::<Vec<_>>()
    };
    let mut messages: Vec<_> = reports.iter().flat_map(of).collect();
    let folded = messages.len().saturating_sub(MAX_MESSAGES);
    messages.truncate(MAX_MESSAGES);
    if folded > 0 {
        messages.push(format!("{folded} more parts were not assessed"));
    }
    messages.iter().map(|text| json!({"level": "warn", "value": fit(text, 1_000)})).collect()
}

fn vulnerability(report: &ScanReport, finding: &Finding, location: Value) -> Vulnerability {
    let name = if finding.title.is_empty() { &finding.id } else { &finding.title };
    let references = finding.vulnerability().map_or(&[][..], |detail| &detail.references);
    let pages = finding.docs.iter().chain(references).filter_map(|url| links::web(url));
    let mut urls: Vec<&str> = Vec::new();
    pages.for_each(|url| {
        if !urls.contains(&url) {
            urls.push(url)
        }
    });
    Vulnerability {
        // The same image has the same findings, whatever its tag.
        id: links::uuid(&format!("{}\n{}", family(report), finding.fingerprint)),
        name: fit(name, MAX_NAME).into_owned(),
        description: description(finding),
        severity: match finding.severity {
            Severity::Critical => "Critical",
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
            Severity::Negligible => "Info",
            Severity::Unknown => "Unknown",
        },
        solution: fix(finding).map(|fix| fit(&fix, MAX_SOLUTION).into_owned()),
        identifiers: identifiers(finding),
        links: urls.into_iter().map(|url| Link { url: url.to_owned() }).collect(),
        location,
        details: details(finding),
    }
}

fn description(finding: &Finding) -> String {
    let parts = [Some(finding.evidence.as_str()), excerpt(finding)];
    let mut parts: Vec<String> = parts.into_iter().flatten().map(str::to_owned).collect();
    parts.extend(removed(finding));
    parts.retain(|part| !part.is_empty());
    // GitLab reads it as Markdown.
    crate::markdown::escape(&fit(&parts.join("; "), MAX_SOLUTION))
}

fn identifiers(finding: &Finding) -> Vec<Identifier> {
    let ids = [&finding.id].into_iter().chain(finding.aliases()).filter(|id| !id.is_empty());
    let mut identifiers: Vec<_> =
        ids.take(MAX_IDENTIFIERS).map(|id| identifier(id, finding)).collect();
    if identifiers.is_empty() {
        identifiers.push(identifier("unnamed", finding));
    }
    identifiers
}

fn identifier(id: &str, finding: &Finding) -> Identifier {
    let kind = match id.split('-').next() {
        Some("CVE") => "cve",
        Some("GHSA") => "ghsa",
        _ if finding.vulnerability().is_some() => "osv",
        _ => "farguard_rule",
    };
    let url = match finding.vulnerability() {
        Some(_) => Some(links::source(id).1),
        None => finding.docs.clone(),
    };
    Identifier {
        kind,
        name: id.to_owned(),
        value: id.to_owned(),
        url: url.filter(|url| links::web(url).is_some()),
    }
}

fn in_image(report: &ScanReport, finding: &Finding) -> Value {
    let package = finding.vulnerability().and_then(|detail| report.packages.get(detail.package));
    let name = match package {
        Some(package) => package.name.clone(),
        None => place(finding).unwrap_or_else(|| finding.subject.name.clone()),
    };
    let system = report.os.as_ref().map(|os| format!("{} {}", os.id, os.version_id));
    let system = system.map(|system| system.trim().to_owned()).filter(|system| !system.is_empty());
    json!({
        "dependency": {
            "package": {"name": name},
            "version": package.map_or("", |package| &package.version),
        },
        "operating_system": system.unwrap_or_else(|| "unknown".to_owned()),
        "image": if report.target.name.is_empty() { "unknown" } else { &report.target.name },
    })
}

fn in_file(report: &ScanReport, finding: &Finding) -> Value {
    let file = repository_file(report, finding).or_else(|| place(finding)).unwrap_or_default();
    let line = finding.location.as_ref().and_then(|location| location.line).unwrap_or(1).max(1);
    json!({"file": file, "start_line": line, "end_line": line, "commit": {"sha": NO_COMMIT}})
}

/// What GitLab has no field for.
fn details(finding: &Finding) -> Map<String, Value> {
    let kev = finding.vulnerability().and_then(|detail| detail.kev.as_ref());
    let facts = [
        ("owner", "Owner", finding.owner.as_ref().map(|owner| owner.name.clone())),
        ("exploited", "Known to be exploited since", kev.map(|kev| kev.date_added.clone())),
        (
            "policy",
            "Policy",
            finding.decision.as_ref().map(|d| format!("{}: {}", d.outcome, d.reason)),
        ),
    ];
    let known = facts.into_iter().filter_map(|(key, name, value)| Some((key, name, value?)));
    known
        .map(|(key, name, value)| {
            (key.to_owned(), json!({"type": "text", "name": name, "value": value}))
        })
        .collect()
}
