//! Code quality: one issue for each finding.

use std::collections::HashMap;

use farguard_model::{Finding, ScanReport, Severity, fingerprint};
use serde::Serialize;

use crate::{
    describe::{excerpt, fix, place, repository_file},
    text::fit,
};

const MAX_DESCRIPTION: usize = 1_000;

#[derive(Debug, Serialize)]
pub(super) struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: u32,
}

pub(super) fn issues(reports: &[ScanReport]) -> Vec<Issue<'_>> {
    // GitLab shows the first issue of a fingerprint only: the second one of a kind gets another.
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut issues = Vec::new();
    for report in reports {
        for finding in report.active_findings() {
            let number = seen.entry(finding.fingerprint.as_str()).or_default();
            *number += 1;
            issues.push(issue(report, finding, *number));
        }
    }
    issues
}

fn issue<'a>(report: &ScanReport, finding: &'a Finding, number: usize) -> Issue<'a> {
    let in_repository = repository_file(report, finding);
    let description = describe(finding, in_repository.is_none());
    Issue {
        description: fit(&description, MAX_DESCRIPTION).into_owned(),
        check_name: &finding.id,
        fingerprint: match number {
            1 => finding.fingerprint.clone(),
            n => fingerprint(&[&finding.fingerprint, &n.to_string()]),
        },
        severity: match finding.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Negligible | Severity::Unknown => "info",
        },
        location: Location {
            lines: Lines {
                begin: match finding.location.as_ref().and_then(|location| location.line) {
                    Some(line) if in_repository.is_some() => line.max(1),
                    _ => 1,
                },
            },
            // What is inside an image has no file in the repository: the image stands for it.
            path: in_repository.unwrap_or_else(|| report.target.name.clone()),
        },
    }
}

fn describe(finding: &Finding, with_place: bool) -> String {
    let title = if finding.title.is_empty() { &finding.id } else { &finding.title };
    let aliases = finding.aliases();
    let ids = if aliases.is_empty() { String::new() } else { format!(" ({})", aliases.join(", ")) };
    let mut text = format!("{title}{ids}");
    let mut say = |part: &str| {
        if !part.is_empty() {
            text.push_str(": ");
            text.push_str(part);
        }
    };
    if let Some(place) = place(finding).filter(|_| with_place) {
        say(&place);
    }
    say(excerpt(finding).unwrap_or(&finding.evidence));
    if let Some(fix) = fix(finding) {
        say(&fix);
    }
    text
}
