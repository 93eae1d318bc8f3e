//! What could not be assessed: no policy passes what nobody saw.

use std::collections::HashSet;

use farguard_model::{
    Detail, Finding, Location, Outcome, Problem, ScanReport, Scanner, Severity, Subject,
    TargetKind, Violation, fingerprint,
};

use crate::{
    glob::Patterns,
    policy::{Condition, Kind, Policy, Rule, Test},
};

const PART_NOT_ASSESSED: &str = "part-not-assessed";
/// How patterns of ids begin that mean vulnerabilities.
const PUBLIC_IDS: [&str; 3] = ["*", "cve-", "ghsa-"];

/// The parts of a report that could not be assessed and that no policy speaks of.
#[must_use]
pub fn open_gaps(report: &ScanReport) -> usize {
    let told: HashSet<&str> = report
        .findings
        .iter()
        .filter(|finding| matches!(finding.detail, Detail::Violation(_)))
        .map(|finding| finding.fingerprint.as_str())
        .collect();
    let gaps = report.problems.iter().filter(|problem| problem.is_gap());
    gaps.filter(|problem| !told.contains(identity(problem).as_str())).count()
}

fn identity(problem: &Problem) -> String {
    let path = problem.path.as_deref().unwrap_or_default();
    fingerprint(&["violation", PART_NOT_ASSESSED, &problem.code, path])
}

/// The gaps with those codes, as findings under a rule.
pub(super) fn violations(
    report: &ScanReport,
    codes: &Patterns,
    policy: &str,
    rule: &Rule,
) -> Vec<(Finding, Outcome)> {
    let gaps = report.problems.iter().filter(|problem| problem.is_gap());
    let spoken_of = gaps.filter(|problem| codes.matches(&problem.code));
    spoken_of.map(|problem| (violation(report, problem, policy, rule), rule.outcome)).collect()
}

fn violation(report: &ScanReport, problem: &Problem, policy: &str, rule: &Rule) -> Finding {
    let name = problem.path.clone().unwrap_or_else(|| report.target.name.clone());
    let subject = Subject { id: problem.code.clone(), name };
    let violation = Violation { policy: policy.to_owned(), rule: rule.id.clone() };
    let severity = match rule.outcome {
        Outcome::Fail => Severity::High,
        Outcome::Warn => Severity::Medium,
        Outcome::Pass => Severity::Low,
    };
    let detail = Detail::Violation(violation);
    let mut finding = Finding::new(PART_NOT_ASSESSED, severity, subject, identity(problem), detail);
    finding.title = "a part could not be assessed".to_owned();
    finding.evidence.clone_from(&problem.message);
    finding.owner.clone_from(&report.owner);
    finding.location = problem.path.clone().map(|path| Location {
        path,
        layer: problem.layer,
        line: None,
        column: None,
    });
    finding
}

/// What the rules ask about and nobody looked for.
pub(super) fn unseen(rules: &[&Rule], policy: &Policy, report: &ScanReport) -> Vec<Problem> {
    // What could not be had at all is a gap already.
    if report.scanners.is_empty() && report.problems.iter().any(Problem::is_gap) {
        return Vec::new();
    }
    let missing = Scanner::ALL.into_iter().filter(|scanner| {
        has_something_for(*scanner, report.target.kind) && !report.scanners.contains(scanner)
    });
    let problems = missing.filter_map(|scanner| {
        let asks = |rule: &&&Rule| rule.outcome == Outcome::Fail && asks_about(rule, scanner);
        let rule = rules.iter().find(asks)?;
        let message = format!(
            "rule `{}` of policy `{}` asks about {}, and nobody looked for them",
            rule.id,
            policy.name,
            scanner.as_str()
        );
        Some(Problem::new(&format!("{}-not-scanned", scanner.as_str()), message))
    });
    problems.collect()
}

/// Whether a target of that kind can hold what the scanner looks for. A bill of materials holds
/// packages only, and says nothing of the secrets in what it is of: that stays a gap.
const fn has_something_for(scanner: Scanner, kind: TargetKind) -> bool {
    match kind {
        TargetKind::TaskDefinition => matches!(scanner, Scanner::Secrets),
        TargetKind::BuildFile => !matches!(scanner, Scanner::Vulnerabilities),
        _ => true,
    }
}

fn asks_about(rule: &Rule, scanner: Scanner) -> bool {
    rule.conditions.iter().any(|condition| match condition {
        Condition::Finding(tests) => tests.iter().all(|test| is_about(test, scanner)),
        Condition::Demand(_) | Condition::NotAssessed(_) => false,
    })
}

/// Whether a finding of that scanner could pass the test.
fn is_about(test: &Test, scanner: Scanner) -> bool {
    let kind = match scanner {
        Scanner::Vulnerabilities => Kind::Vulnerability,
        Scanner::Secrets => Kind::Secret,
        Scanner::Checks => Kind::Check,
    };
    match test {
        Test::Kind(kinds) => kinds.contains(&kind),
        Test::Package(_) => kind == Kind::Vulnerability,
        _ if test.is_about_vulnerabilities() => kind == Kind::Vulnerability,
        Test::Check(_) => kind == Kind::Check,
        Test::Secret(_) => kind == Kind::Secret,
        // The other ids are words of ours, and `check` and `secret` are the keys for them.
        Test::Id(patterns) => {
            let is_public = |text: &String| PUBLIC_IDS.iter().any(|start| text.starts_with(start));
            kind == Kind::Vulnerability && patterns.written().iter().any(is_public)
        }
        _ => true,
    }
}
