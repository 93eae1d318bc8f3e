//! From reports to a SARIF log.

use std::collections::{BTreeMap, HashMap};

use farguard_model::{Detail, Finding, Problem, ScanReport};
use serde_json::json;

use super::{
    log::{
        Driver, Identified, Invocation, Log, Message, Notification, NotificationId, Properties,
        Rule, Run, SarifResult, Suppression, Tool,
    },
    places, rules,
};
use crate::{
    TOOL_VERSION,
    describe::{Level, excerpt, family, fix, level, not_looked_for, objection, removed},
    links,
    text::clean,
};

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
            rules.push(rules::rule(finding));
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
        automation_details: Identified { id: category(report) },
        invocations: [invocation(report)],
        results,
        column_kind: "unicodeCodePoints",
        properties: target_properties(report),
    }
}

/// Without the tag, so that the results of the next build replace these.
fn category(report: &ScanReport) -> String {
    let container = report.container.as_ref().map(|usage| format!("{}/", usage.name));
    format!("farguard/{}/{}", family(report), container.unwrap_or_default())
}

fn target_properties(report: &ScanReport) -> Properties {
    let target = &report.target;
    let mut properties = Properties::new();
    properties.insert("target", json!(target.name));
    properties.insert("digest", json!(target.digest));
    properties.insert("platform", json!(target.platform));
    properties.insert("matched", json!(report.database.is_some()));
    properties.insert("notLookedFor", json!(not_looked_for(report)));
    properties.insert("owner", json!(report.owner.as_ref().map(|owner| &owner.name)));
    if let Some(verdict) = &report.verdict {
        properties.insert("verdict", json!(verdict.outcome.as_str()));
        properties.insert("policy", json!(verdict.policy));
    }
    if let Some(usage) = &report.container {
        properties.insert("container", json!(usage.name));
        properties.insert("taskDefinition", json!(usage.task_definition));
    }
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
        locations: problem.path.iter().map(|path| places::file(path)).collect(),
    }
}

fn result<'a>(finding: &'a Finding, rule_index: usize, report: &'a ScanReport) -> SarifResult<'a> {
    let known = report.baseline.as_ref().map(|baseline| {
        let known = baseline.known.binary_search(&finding.fingerprint).is_ok();
        if known { "unchanged" } else { "new" }
    });
    SarifResult {
        rule_id: &finding.id,
        rule_index,
        level: match level(finding) {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        },
        message: text(&message(finding, report)),
        locations: places::locations(report, finding),
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
        baseline_state: known,
        fixes: places::fix(report, finding).into_iter().collect(),
        properties: result_properties(finding),
    }
}

fn message(finding: &Finding, report: &ScanReport) -> String {
    let mut message = format!("{} ({}): {}", finding.id, finding.severity, finding.title);
    let mut say = |sentence: &str| {
        message.push_str("; ");
        message.push_str(sentence);
    };
    for sentence in [Some(finding.evidence.as_str()), excerpt(finding)].into_iter().flatten() {
        if !sentence.is_empty() {
            say(sentence);
        }
    }
    if let Some(removed) = removed(finding) {
        say(&removed);
    }
    if let Some(fix) = fix(finding) {
        say(&fix);
    }
    if let Some(decision) = finding.decision.as_ref().filter(|_| objection(finding).is_some()) {
        say(&format!("policy: {}", decision.reason));
    }
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
    if let Some(owner) = &finding.owner {
        properties.insert("owner", json!(owner.name));
    }
    if let Some(origin) = finding.origin {
        properties.insert("origin", json!(origin));
    }
    if let Some(decision) = &finding.decision {
        properties.insert("decision", json!(decision.outcome.as_str()));
        properties.insert("decisionRule", json!(decision.rule));
        properties.insert("decisionReason", json!(decision.reason));
    }
    if let Detail::Secret(secret) = &finding.detail {
        properties.insert("provider", json!(secret.provider));
    }
    properties.insert("aliases", json!(finding.aliases()));
    let Some(detail) = finding.vulnerability() else { return properties };
    properties.insert("purl", json!(finding.subject.id));
    properties.insert("fixedVersion", json!(detail.fix.version()));
    properties.insert("exploited", json!(detail.kev.is_some()));
    properties.insert("epssScore", json!(detail.epss.map(|epss| epss.score)));
    properties
}

pub(super) fn text(message: &str) -> Message {
    Message { text: plain(message), markdown: None }
}

/// Plain text messages may hold links, `[text](target)`: text from the target must not.
///
/// # Source
/// SARIF 2.1.0, section 3.11.6.
pub(super) fn plain(message: &str) -> String {
    message.lines().map(clean).collect::<Vec<_>>().join("\n").replace("](", "] (")
}
