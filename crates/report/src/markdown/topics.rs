//! Secrets, checks that are not passed, and demands of the policy.

use farguard_model::{Finding, ScanReport};

use super::{cell, sheet::Sheet};
use crate::describe::{
    AREAS, area_title, checks, excerpt, fix, layer_number, objection, place, removed,
    repository_file, secrets, violations,
};

pub(super) fn write(report: &ScanReport, shown: usize, sheet: &mut Sheet) {
    let gated = report.verdict.is_some();
    let secret_rows: Vec<_> = secrets(report).iter().map(|f| secret(report, f, gated)).collect();
    let head = ["Severity", "Secret", "Where", "Text", "Layer"];
    sheet.table("Secrets", &with_gate(&head, gated), &secret_rows, shown, "secret");
    for area in AREAS {
        let rows: Vec<_> = checks(report, area).iter().map(|f| check(report, f, gated)).collect();
        let head = ["Severity", "Check", "Where", "Fix"];
        sheet.table(area_title(area), &with_gate(&head, gated), &rows, shown, "check");
    }
    let rows: Vec<_> = violations(report).iter().map(|f| check(report, f, gated)).collect();
    let head = ["Severity", "Demand", "Evidence", "Fix"];
    sheet.table("Policy", &with_gate(&head, gated), &rows, shown, "demand");
}

fn with_gate<'a>(head: &[&'a str], gated: bool) -> Vec<&'a str> {
    gated.then_some("Gate").into_iter().chain(head.iter().copied()).collect()
}

fn gate(finding: &Finding, gated: bool) -> Vec<String> {
    let word = objection(finding).map(|outcome| outcome.as_str().to_owned()).unwrap_or_default();
    gated.then_some(word).into_iter().collect()
}

fn secret(report: &ScanReport, finding: &Finding, gated: bool) -> Vec<String> {
    let layer = finding.location.as_ref().and_then(|location| location.layer);
    let mut layer = layer.map(|layer| layer_number(layer).to_string()).unwrap_or_default();
    if let Some(removed) = removed(finding) {
        layer = format!("{layer} ({removed})");
    }
    let mut cells = gate(finding, gated);
    cells.extend([
        finding.severity.to_string(),
        titled(finding),
        cell(&where_in(report, finding)),
        cell(excerpt(finding).unwrap_or_default()),
        layer,
    ]);
    cells
}

fn check(report: &ScanReport, finding: &Finding, gated: bool) -> Vec<String> {
    let evidence = excerpt(finding).filter(|_| place(finding).is_some());
    let evidence = evidence.unwrap_or(&finding.evidence);
    let mut where_found = where_in(report, finding);
    if !where_found.is_empty() && !evidence.is_empty() {
        where_found += ": ";
    }
    let mut cells = gate(finding, gated);
    cells.extend([
        finding.severity.to_string(),
        titled(finding),
        cell(&format!("{where_found}{evidence}")),
        fix(finding).map(|fix| cell(&fix)).unwrap_or_default(),
    ]);
    cells
}

/// The file in the repository where there is one, else the place inside the image.
fn where_in(report: &ScanReport, finding: &Finding) -> String {
    let in_repository = repository_file(report, finding).zip(finding.location.as_ref());
    match in_repository {
        Some((file, location)) => {
            let location = farguard_model::Location { path: file, ..location.clone() };
            crate::describe::position(&location)
        }
        None => place(finding).unwrap_or_default(),
    }
}

fn titled(finding: &Finding) -> String {
    let ids: Vec<_> = [&finding.id].into_iter().chain(finding.aliases()).cloned().collect();
    let ids = cell(&ids.join(", "));
    if finding.title.is_empty() {
        ids
    } else {
        format!("{}<br><sub>{ids}</sub>", cell(&finding.title))
    }
}
