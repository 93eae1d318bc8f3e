//! From reports to a SARIF log.

use std::collections::{BTreeMap, HashMap};

use farguard_model::{self as model, Finding, Problem, ScanReport, Severity};
use serde_json::json;

use super::log::{
    ArtifactLocation, Driver, Identified, Invocation, Location, Log, LogicalLocation, Message,
    Notification, NotificationId, PhysicalLocation, Properties, Region, Rule, Run, SarifResult,
    Suppression, Tool,
};
use crate::{TOOL_VERSION, links, markdown::escape, text::clean};

pub(super) fn log(reports: &[ScanReport]) -> Log<'_> {
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: reports.iter().map(run).collect(),
    }
}

fn run(report: &ScanReport) -> Run<'_> {
    let mut rules: Vec<Rule<'_>> = Vec::new();
    let mut by_id = HashMap::new();
    let mut results = Vec::new();
    for finding in &report.findings {
        let at = *by_id.entry(finding.id.as_str()).or_insert(rules.len());
        if at == rules.len() {
            rules.push(rule(finding));
        }
        results.push(result(finding, at, report));
    }
    Run {
        tool: Tool {
            driver: Driver {
                name: "Farguard",
                version: TOOL_VERSION,
                semantic_version: TOOL_VERSION,
                information_uri: links::HOME,
                rules,
            },
        },
        // Code scanning keeps the results of different targets apart by this id.
        automation_details: Identified { id: format!("farguard/{}/", report.target.name) },
        invocations: [invocation(report)],
        results,
        column_kind: "unicodeCodePoints",
        properties: target_properties(report),
    }
}

fn target_properties(report: &ScanReport) -> Properties {
    let target = &report.target;
    let mut properties = Properties::new();
    properties.insert("target", json!(target.name));
    properties.insert("digest", json!(target.digest));
    properties.insert("platform", json!(target.platform));
    properties.insert("matched", json!(report.database.is_some()));
    if let Some(database) = &report.database {
        properties.insert("databaseBuilt", json!(database.built.to_string()));
        properties.insert("databaseSample", json!(database.sample));
    }
    properties
}

fn invocation(report: &ScanReport) -> Invocation<'_> {
    Invocation {
        execution_successful: true,
        end_time_utc: report.created.to_string(),
        tool_execution_notifications: report.problems.iter().map(notification).collect(),
    }
}

/// What could not be read: the run says so, since it is no result.
fn notification(problem: &Problem) -> Notification<'_> {
    Notification {
        descriptor: NotificationId { id: &problem.code },
        level: "warning",
        message: text(&format!("not assessed: {}", problem.message)),
        locations: problem.path.iter().map(|path| location(path, None, None)).collect(),
    }
}

fn rule(finding: &Finding) -> Rule<'_> {
    let (_, page) = links::source(&finding.id);
    let link = finding.docs.as_deref().and_then(links::web).unwrap_or(&page).to_owned();
    let title = if finding.title.is_empty() { &finding.id } else { &finding.title };
    Rule {
        id: &finding.id,
        short_description: text(title),
        full_description: text(&format!("{}: {title}", finding.id)),
        help: Message {
            text: plain(&format!("{}: {title}\n{link}", finding.id)),
            markdown: Some(format!("**{}** {}\n\n<{link}>", escape(&finding.id), escape(title))),
        },
        help_uri: link,
        properties: rule_properties(finding),
    }
}

fn rule_properties(finding: &Finding) -> Properties {
    let cvss = finding.vulnerability().map_or(&[][..], |detail| &detail.cvss);
    let cvss = cvss.iter().map(|cvss| cvss.score);
    // Code scanning derives its own severity from this number, and must not contradict ours: a
    // distribution often rates a vulnerability otherwise than its CVSS score does.
    let agrees = |score: &f64| Severity::from_cvss_score(*score) == finding.severity;
    let score = cvss.into_iter().find(agrees).unwrap_or_else(|| typical_score(finding.severity));
    let mut properties = Properties::new();
    properties.insert("tags", json!(["security", "vulnerability", finding.severity.as_str()]));
    properties.insert("precision", json!("very-high"));
    properties.insert("security-severity", json!(format!("{score:.1}")));
    properties
}

/// For what no CVSS score agrees with: a score in the middle of the band.
fn typical_score(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Negligible | Severity::Unknown => 0.0,
    }
}

fn result<'a>(finding: &'a Finding, rule_index: usize, report: &'a ScanReport) -> SarifResult<'a> {
    SarifResult {
        rule_id: &finding.id,
        rule_index,
        level: match finding.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Negligible | Severity::Unknown => "note",
        },
        message: text(&message(finding, report)),
        locations: locations(finding),
        partial_fingerprints: BTreeMap::from([("farguard/v1", finding.fingerprint.as_str())]),
        suppressions: finding
            .suppression
            .iter()
            .map(|suppression| Suppression {
                kind: "external",
                status: "accepted",
                justification: &suppression.reason,
            })
            .collect(),
        properties: result_properties(finding),
    }
}

fn message(finding: &Finding, report: &ScanReport) -> String {
    let mut message = format!("{} ({}): {}", finding.id, finding.severity, finding.title);
    let mut say = |sentence: &str| {
        message.push_str("; ");
        message.push_str(sentence);
    };
    say(&finding.evidence);
    finding.remediation.iter().for_each(|remediation| say(remediation));
    if let Some(kev) = finding.vulnerability().and_then(|detail| detail.kev.as_ref()) {
        say(&format!("known to be exploited since {}", kev.date_added));
    }
    let layer = finding.location.as_ref().and_then(|location| location.layer);
    let info = layer.and_then(|at| report.layers.get(usize::try_from(at).ok()?));
    if let Some(created_by) = info.and_then(|info| info.created_by.as_deref()) {
        say(&format!("brought by `{created_by}`"));
    }
    message
}

fn result_properties(finding: &Finding) -> Properties {
    let mut properties = Properties::new();
    properties.insert("severity", json!(finding.severity.as_str()));
    let Some(detail) = finding.vulnerability() else { return properties };
    properties.insert("purl", json!(finding.subject.id));
    properties.insert("fixedVersion", json!(detail.fix.version()));
    properties.insert("exploited", json!(detail.kev.is_some()));
    properties.insert("epssScore", json!(detail.epss.map(|epss| epss.score)));
    properties.insert("aliases", json!(detail.aliases));
    properties
}

fn locations(finding: &Finding) -> Vec<Location<'_>> {
    let Some(found) = &finding.location else { return Vec::new() };
    vec![location(&found.path, Some(found), Some(finding))]
}

fn location<'a>(
    path: &str,
    found: Option<&model::Location>,
    finding: Option<&'a Finding>,
) -> Location<'a> {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: links::path_uri(path) },
            region: Region {
                // Viewers need a place to show a result at; without a line it is the file.
                start_line: found.and_then(|f| f.line).unwrap_or(1).max(1),
                start_column: found.and_then(|f| f.column).filter(|column| *column > 0),
            },
        },
        logical_locations: finding
            .iter()
            .map(|finding| LogicalLocation {
                name: &finding.subject.name,
                fully_qualified_name: &finding.subject.id,
                kind: "module",
            })
            .collect(),
    }
}

fn text(message: &str) -> Message {
    Message { text: plain(message), markdown: None }
}

/// Plain text messages may hold links, `[text](target)`: text from the target must not.
///
/// # Source
/// SARIF 2.1.0, section 3.11.6.
fn plain(message: &str) -> String {
    message.lines().map(clean).collect::<Vec<_>>().join("\n").replace("](", "] (")
}
