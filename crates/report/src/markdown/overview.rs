//! What comes first: the verdict and why, and all containers beside each other.

use farguard_model::{Outcome, ScanReport};

use super::{cell, sheet::Sheet};
use crate::{
    describe::{
        all_clear, baseline, kinds, not_looked_for, origins, outcome, reasons, short_digest, user,
        verdict,
    },
    summary::Summary,
    text::{count, thousands},
};

const MAX_REASONS: usize = 10;
const MAX_TARGETS: usize = 50;

/// One row for each target of a run with several.
pub(super) fn targets(reports: &[ScanReport], sheet: &mut Sheet) {
    let has_containers = reports.iter().any(|report| report.container.is_some());
    if reports.len() < 2 && !has_containers {
        return;
    }
    let row = |report: &ScanReport| {
        let mut cells = Vec::new();
        if has_containers {
            cells
                .push(report.container.as_ref().map(|usage| cell(&usage.name)).unwrap_or_default());
        }
        cells.push(format!("**{}**", outcome(report)));
        cells.push(cell(&report.target.name));
        cells.push(thousands(report.active_findings().count()));
        if has_containers {
            cells.push(
                report
                    .target
                    .digest
                    .as_deref()
                    .map(short_digest)
                    .map_or_else(String::new, |d| cell(&d)),
            );
            let usage = report.container.as_ref();
            let tag = usage.map(|usage| if usage.tag_can_move { "can move" } else { "fixed" });
            cells.push(tag.unwrap_or_default().to_owned());
            cells.push(user(report).map(cell).unwrap_or_default());
            let root =
                usage.map(|usage| if usage.read_only_root { "read-only" } else { "writable" });
            cells.push(root.unwrap_or_default().to_owned());
        }
        cells
    };
    let rows: Vec<_> = reports.iter().map(row).collect();
    let head: &[&str] = if has_containers {
        &["Container", "Verdict", "Image", "Findings", "Digest", "Tag", "User", "Root file system"]
    } else {
        &["Verdict", "Target", "Findings"]
    };
    sheet.add("## Farguard\n\n");
    sheet.table("Overview", head, &rows, MAX_TARGETS, "target");
}

/// The heading, the verdict with its reasons, and what else has to be known first.
pub(super) fn write(report: &ScanReport, summary: &Summary, sheet: &mut Sheet) {
    let name = cell(&report.target.name);
    match &report.verdict {
        Some(judged) => {
            let word = judged.outcome.as_str().to_uppercase();
            sheet.add(&format!("## {word}: {name}\n\n"));
            let policy = cell(&judged.policy);
            sheet.add(&format!("**{}**, policy {policy}.\n\n", verdict(judged)));
            why(report, sheet);
        }
        None => {
            sheet.add(&format!("## Farguard: {name}\n\n"));
        }
    }
    alerts(report, summary, sheet);
    counts(report, summary, sheet);
}

fn why(report: &ScanReport, sheet: &mut Sheet) {
    let reasons = reasons(report);
    for reason in reasons.iter().take(MAX_REASONS) {
        let word = match reason.decision.outcome {
            Outcome::Fail => "**fail**",
            Outcome::Warn => "warn",
            Outcome::Pass => "pass",
        };
        let more = if reason.findings > reason.ids.len() { ", …" } else { "" };
        sheet.add(&format!(
            "- {word} {}: {} ({}{more}): {}\n",
            cell(&reason.decision.rule),
            count(reason.findings, "finding"),
            cell(&reason.ids.join(", ")),
            cell(&reason.decision.reason)
        ));
    }
    let folded = reasons.len().saturating_sub(MAX_REASONS);
    if folded > 0 {
        sheet.add(&format!("- …and {} more\n", count(folded, "rule")));
    }
    if !reasons.is_empty() {
        sheet.add("\n");
    }
}

fn alerts(report: &ScanReport, summary: &Summary, sheet: &mut Sheet) {
    if report.database.as_ref().is_some_and(|database| database.sample) {
        sheet.add("> [!WARNING]\n> Sample advisory database: not fit for decisions.\n\n");
    }
    let missing = not_looked_for(report);
    if !missing.is_empty() {
        sheet.add(&format!("> [!WARNING]\n> Not looked for: {}.\n\n", missing.join(", ")));
    }
    if summary.exploited > 0 {
        let number = thousands(summary.exploited);
        sheet.add(&format!("> [!CAUTION]\n> **{number} known to be exploited.**\n\n"));
    }
}

fn counts(report: &ScanReport, summary: &Summary, sheet: &mut Sheet) {
    if crate::describe::only_listed(report) {
        sheet.add("Packages were listed only: no advisories were matched.\n\n");
        return;
    }
    if summary.active > 0 {
        let numbers: Vec<_> = summary.by_severity().map(|(_, number)| thousands(number)).collect();
        sheet.add(&format!(
            "| Critical | High | Medium | Low | Negligible | Unknown |\n\
             | ---: | ---: | ---: | ---: | ---: | ---: |\n| {} |\n\n",
            numbers.join(" | ")
        ));
    }
    let mut lines = Vec::new();
    if summary.active > summary.vulnerabilities {
        lines.push(kinds(summary).join(" · "));
    }
    lines.extend(origins(report, summary).map(|line| cell(&line)));
    lines.extend(baseline(report).map(|line| cell(&line)));
    lines.extend(all_clear(report, summary));
    if !lines.is_empty() {
        sheet.add(&format!("{}\n\n", lines.join("  \n")));
    }
}

/// What a container changes in what the image alone would say.
pub(super) fn effects(report: &ScanReport, sheet: &mut Sheet) {
    let Some(usage) = report.container.as_ref().filter(|usage| !usage.effects.is_empty()) else {
        return;
    };
    sheet.add(&format!("### Container {}\n\n", cell(&usage.name)));
    for effect in &usage.effects {
        sheet.add(&format!("- {}\n", cell(effect)));
    }
    sheet.add("\n");
}
