//! What was scanned, and how bad it is at a glance.

use std::io::{self, Write};

use farguard_model::ScanReport;

use super::escape;
use crate::{
    describe::{
        all_clear, baseline, has_packages, matched, not_looked_for, not_scanned, only_listed,
        origins,
    },
    summary::Summary,
    text::{count, thousands},
};

pub(super) fn write(report: &ScanReport, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<h1>{}</h1>", escape(&report.target.name))?;
    facts(report, summary, out)?;
    super::verdict::write(report, out)?;
    banners(report, summary, out)?;
    if only_listed(report) || not_scanned(report) {
        return Ok(());
    }
    writeln!(out, r#"<div class="overview">"#)?;
    donut(summary, out)?;
    tiles(report, summary, out)?;
    writeln!(out, "</div>")
}

fn facts(report: &ScanReport, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let target = &report.target;
    let mut facts = Vec::new();
    facts.extend(report.os.as_ref().map(|os| escape(&os.pretty_name)));
    facts.extend(target.platform.as_deref().map(escape));
    if has_packages(report) {
        facts.push(count(report.packages.len(), "package"));
    }
    if let Some(built) = &target.built {
        facts.push(format!("built {}", escape(built.split('T').next().unwrap_or(built))));
    }
    if let Some(owner) = &report.owner {
        facts.push(format!("owner <b>{}</b>", escape(&owner.name)));
    }
    facts.extend(origins(report, summary).map(|line| escape(&line)));
    facts.extend(baseline(report).map(|line| escape(&line)));
    if let Some(database) = report.database.as_ref().filter(|_| matched(report)) {
        facts.push(format!(
            "advisories of {}, {}",
            database.built.strftime("%Y-%m-%d"),
            escape(&database.sources.join(", "))
        ));
    }
    facts.extend(target.digest.as_deref().map(|d| format!("<code>{}</code>", escape(d))));
    let items: String = facts.iter().map(|fact| format!("<li>{fact}</li>")).collect();
    writeln!(out, r#"<ul class="facts">{items}</ul>"#)
}

fn banners(report: &ScanReport, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut banner = |class: &str, text: &str| {
        writeln!(out, r#"<p class="banner {class}" role="note">{text}</p>"#)
    };
    if only_listed(report) {
        banner("warn", "Packages were listed only: no advisories were matched.")?;
    }
    if report.database.as_ref().is_some_and(|database| database.sample) {
        banner(
            "warn",
            "<strong>Sample advisory database.</strong> For demonstration only, not fit for decisions.",
        )?;
    }
    let missing = not_looked_for(report);
    if !missing.is_empty() {
        let missing = missing.join(", ");
        banner("warn", &format!("<strong>Not looked for:</strong> {missing}."))?;
    }
    let clear = all_clear(report, summary).join(" ");
    if !clear.is_empty() {
        let good = summary.active == 0 && report.problems.is_empty();
        banner(if good { "good" } else { "note" }, &clear)?;
    }
    if summary.exploited > 0 {
        let number = count(summary.exploited, "finding");
        banner(
            "alarm",
            &format!("<strong>{number} known to be exploited</strong>, after CISA's catalogue."),
        )?;
    }
    if !report.problems.is_empty() {
        let parts = count(report.problems.len(), "part");
        banner("warn", &format!("<strong>{parts} not assessed</strong>: see below."))?;
    }
    Ok(())
}

/// Severities as a ring, with the numbers beside it.
fn donut(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let words = summary.by_severity().map(|(severity, number)| format!("{number} {severity}"));
    let words = words.collect::<Vec<_>>().join(", ");
    writeln!(
        out,
        r#"<section class="card"><h2>Severity</h2><div class="donut">
<svg viewBox="0 0 120 120" role="img" aria-label="{words}"><circle class="track" cx="60" cy="60" r="48"/>"#
    )?;
    let mut before = 0;
    for (severity, number) in summary.by_severity().filter(|(_, number)| *number > 0) {
        writeln!(
            out,
            r#"<circle class="{severity}" cx="60" cy="60" r="48" pathLength="{}" stroke-dasharray="{number} {}" stroke-dashoffset="-{before}" transform="rotate(-90 60 60)"/>"#,
            summary.active, summary.active
        )?;
        before += number;
    }
    writeln!(
        out,
        r#"<text x="60" y="64">{}</text><text class="caption" x="60" y="78">findings</text></svg><ul class="legend">"#,
        thousands(summary.active)
    )?;
    for (severity, number) in summary.by_severity() {
        let class = if number == 0 { r#" class="none""# } else { "" };
        writeln!(
            out,
            r#"<li{class}><span class="dot {severity}"></span>{severity}<b>{}</b></li>"#,
            thousands(number)
        )?;
    }
    writeln!(out, "</ul></div></section>")
}

fn tiles(report: &ScanReport, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let tiles = [
        (
            if summary.exploited > 0 { "bad" } else { "" },
            summary.exploited,
            "known to be exploited",
        ),
        (
            if summary.fixable > 0 { "good" } else { "" },
            summary.fixable,
            "findings that an upgrade fixes",
        ),
        (if summary.secrets > 0 { "bad" } else { "" }, summary.secrets, "secrets"),
        ("", summary.checks, "failed checks"),
        ("", summary.distinct, "different findings"),
        ("", report.problems.len(), "parts not assessed"),
    ];
    writeln!(out, r#"<div class="tiles">"#)?;
    for (class, number, label) in tiles {
        let number = thousands(number);
        writeln!(out, r#"<div class="card {class}"><b>{number}</b><span>{label}</span></div>"#)?;
    }
    writeln!(out, "</div>")
}
