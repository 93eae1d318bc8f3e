//! What comes first: all targets beside each other, and what the policy says of one.

use std::io::{self, Write};

use farguard_model::{Outcome, ScanReport};

use super::escape;
use crate::{
    describe::{not_scanned, outcome, reasons, short_digest, user, verdict},
    text::{count, thousands},
};

const MAX_REASONS: usize = 20;

/// One row for each target of a run with several, or with containers.
pub(super) fn targets(reports: &[ScanReport], out: &mut dyn Write) -> io::Result<()> {
    let has_containers = reports.iter().any(|report| report.container.is_some());
    if reports.len() < 2 && !has_containers {
        return Ok(());
    }
    let (title, columns) = if has_containers {
        ("Containers", "<th>Digest</th><th>Tag</th><th>User</th><th>Root file system</th>")
    } else {
        ("Targets", "")
    };
    let first = if has_containers { "<th>Container</th>" } else { "" };
    writeln!(
        out,
        r#"<section class="card"><h2>{title}</h2><div class="scroll"><table class="stack"><thead><tr>{first}<th>Verdict</th><th>Target</th><th class="number">Findings</th>{columns}</tr></thead><tbody>"#
    )?;
    for (i, report) in reports.iter().enumerate() {
        target(i, report, has_containers, out)?;
    }
    writeln!(out, "</tbody></table></div></section>")
}

fn target(
    index: usize,
    report: &ScanReport,
    has_containers: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "<tr>")?;
    if has_containers {
        let name = report.container.as_ref().map(|usage| escape(&usage.name));
        write!(out, r#"<td class="name">{}</td>"#, name.unwrap_or_default())?;
    }
    write!(
        out,
        r##"<td><span class="badge {}">{}</span></td><td><a href="#target-{index}">{}</a>{}</td><td class="number" data-label="Findings">{}</td>"##,
        class(report),
        outcome(report).to_lowercase(),
        escape(&report.target.name),
        effects(report),
        thousands(report.active_findings().count()),
    )?;
    if let Some(usage) = report.container.as_ref() {
        let digest = report.target.digest.as_deref().map(short_digest).unwrap_or_default();
        write!(
            out,
            r#"<td class="mono nowrap" data-label="Digest">{}</td><td class="nowrap" data-label="Tag">{}</td><td data-label="User">{}</td><td data-label="Root file system">{}</td>"#,
            escape(&digest),
            if usage.tag_can_move { "can move" } else { "fixed" },
            escape(user(report).unwrap_or("?")),
            if usage.read_only_root { "read-only" } else { "writable" },
        )?;
    } else if has_containers {
        write!(out, "<td></td><td></td><td></td><td></td>")?;
    }
    writeln!(out, "</tr>")
}

fn effects(report: &ScanReport) -> String {
    let effects = report.container.iter().flat_map(|usage| &usage.effects);
    effects.map(|effect| format!(r#"<p class="soft">{}</p>"#, escape(effect))).collect()
}

fn class(report: &ScanReport) -> &'static str {
    if not_scanned(report) {
        return "unknown";
    }
    match (&report.verdict, report.worst()) {
        (Some(verdict), _) => outcome_class(verdict.outcome),
        (None, Some(severity)) => severity.as_str(),
        (None, None) => "pass",
    }
}

pub(super) const fn outcome_class(outcome: Outcome) -> &'static str {
    outcome.as_str()
}

/// What the policy says, and which rules said it.
pub(super) fn write(report: &ScanReport, out: &mut dyn Write) -> io::Result<()> {
    let Some(judged) = &report.verdict else { return Ok(()) };
    writeln!(
        out,
        r#"<section class="verdict {}"><h2>{} <small>{}, policy {}</small></h2>"#,
        outcome_class(judged.outcome),
        judged.outcome.as_str().to_uppercase(),
        verdict(judged),
        escape(&judged.policy)
    )?;
    let reasons = reasons(report);
    if !reasons.is_empty() {
        writeln!(out, "<ul>")?;
        for reason in reasons.iter().take(MAX_REASONS) {
            let more = if reason.findings > reason.ids.len() { ", …" } else { "" };
            writeln!(
                out,
                r#"<li><span class="badge {outcome}">{outcome}</span> <b>{}</b> {}: {}{more} <span class="soft">{}</span></li>"#,
                escape(&reason.decision.rule),
                count(reason.findings, "finding"),
                escape(&reason.ids.join(", ")),
                escape(&reason.decision.reason),
                outcome = reason.decision.outcome,
            )?;
        }
        let folded = reasons.len().saturating_sub(MAX_REASONS);
        if folded > 0 {
            writeln!(out, "<li>…and {} more</li>", count(folded, "rule"))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</section>")
}
