//! What a report says, as tests that pass or fail.

use std::collections::BTreeMap;

use farguard_model::{self as model, Detail, Finding, Package, ScanReport, Scanner};

use crate::{
    describe::{excerpt, fix, looked_for, matched, not_looked_for, place, removed},
    summary::Summary,
    text::count,
};

/// One test.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) class: String,
    pub(super) name: String,
    pub(super) outcome: Outcome,
    /// What is known of it although it does not fail.
    pub(super) notes: Vec<String>,
}

/// How a test went.
#[derive(Debug)]
pub(super) enum Outcome {
    Passed,
    Skipped(&'static str),
    Error { code: String, message: String },
    Failed { kind: String, message: String, lines: Vec<String> },
}

pub(super) fn of(report: &ScanReport) -> Vec<Case> {
    let mut cases = packages(report);
    let others = report.active_findings().filter(|finding| finding.vulnerability().is_none());
    cases.extend(others.map(single));
    cases.extend(all_clear(report));
    cases.extend(report.problems.iter().map(|problem| Case {
        class: "not-assessed".to_owned(),
        name: problem.path.as_deref().unwrap_or(&report.target.name).to_owned(),
        outcome: Outcome::Error { code: problem.code.clone(), message: problem.message.clone() },
        notes: Vec::new(),
    }));
    cases
}

/// With a policy what it fails, without one every finding.
fn fails(finding: &Finding) -> bool {
    finding.decision.as_ref().is_none_or(|decision| decision.outcome == model::Outcome::Fail)
}

fn packages(report: &ScanReport) -> Vec<Case> {
    let mut by_package: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for (finding, vulnerability) in report.active_vulnerabilities() {
        by_package.entry(vulnerability.package).or_default().push(finding);
    }
    let matched = matched(report);
    let case = |(i, package): (usize, &Package)| {
        let findings = by_package.get(&i).map(Vec::as_slice).unwrap_or_default();
        let (failing, noted): (Vec<_>, Vec<_>) = findings.iter().partition(|f| fails(f));
        Case {
            class: package.kind.as_str().to_owned(),
            name: format!("{} {} ({})", package.name, package.version, package.path),
            outcome: if matched {
                vulnerable(&failing)
            } else {
                Outcome::Skipped("no advisories were matched")
            },
            notes: noted.into_iter().map(line).collect(),
        }
    };
    report.packages.iter().enumerate().map(case).collect()
}

fn vulnerable(findings: &[&Finding]) -> Outcome {
    const MAX_IDS: usize = 5;
    let Some(worst) = findings.iter().map(|finding| finding.severity).max() else {
        return Outcome::Passed;
    };
    let ids: Vec<_> = findings.iter().take(MAX_IDS).map(|finding| finding.id.as_str()).collect();
    let more = if findings.len() > ids.len() { ", ..." } else { "" };
    let number = count(findings.len(), "vulnerability");
    Outcome::Failed {
        kind: worst.to_string(),
        message: format!("{number}, worst {worst}: {}{more}", ids.join(", ")),
        lines: findings.iter().map(|finding| line(finding)).collect(),
    }
}

fn line(finding: &Finding) -> String {
    let mut line = format!("{} ({}): {}", finding.id, finding.severity, finding.title);
    if finding.vulnerability().is_some_and(|detail| detail.kev.is_some()) {
        line += "; known to be exploited";
    }
    if let Some(fix) = fix(finding) {
        line += &format!("; {fix}");
    }
    if let Some(decision) = &finding.decision {
        line += &format!("; policy: {}, {}", decision.outcome, decision.reason);
    }
    line
}

/// A case of its own for a secret, a check or a demand.
fn single(finding: &Finding) -> Case {
    let class = match &finding.detail {
        Detail::Secret(_) => "secret".to_owned(),
        Detail::Misconfiguration(check) => format!("check.{}", check.area.as_str()),
        Detail::Violation(_) | Detail::Vulnerability(_) => "policy".to_owned(),
    };
    let place = place(finding).unwrap_or_else(|| finding.subject.name.clone());
    let mut lines = vec![line(finding)];
    lines.extend(excerpt(finding).map(str::to_owned));
    lines.extend(removed(finding));
    let failed = fails(finding);
    let (outcome, notes) = if failed {
        let message = format!("{}: {}", finding.title, finding.evidence);
        (Outcome::Failed { kind: finding.severity.to_string(), message, lines }, Vec::new())
    } else {
        (Outcome::Passed, lines)
    };
    Case { class, name: format!("{} ({place})", finding.id), outcome, notes }
}

/// What was looked for and not found passes; what was not looked for is skipped.
fn all_clear(report: &ScanReport) -> Vec<Case> {
    let summary = Summary::of(report);
    let kinds =
        [(Scanner::Secrets, "secret", summary.secrets), (Scanner::Checks, "check", summary.checks)];
    let missing = not_looked_for(report);
    let mut cases = Vec::new();
    for (scanner, class, found) in kinds {
        let outcome = if missing.contains(&scanner.as_str()) {
            Outcome::Skipped("not looked for")
        } else if looked_for(report, scanner) && found == 0 {
            Outcome::Passed
        } else {
            continue;
        };
        let name = scanner.as_str().to_owned();
        cases.push(Case { class: class.to_owned(), name, outcome, notes: Vec::new() });
    }
    cases
}
