//! Every finding, to search and to sort.

use std::io::{self, Write};

use farguard_model::{Detail, Finding, Fix, ScanReport, Severity, Vulnerability};

use super::escape::{escape, version as short};
use crate::{
    describe::{excerpt, fix, layer_number, objection, place},
    links,
    summary::Summary,
    text::{count, percent},
};

/// One fix for each maintained branch: more are of no use in a table.
const MAX_FIXES: usize = 4;
const MAX_WITHOUT_LIST: usize = 20;

pub(super) fn write(report: &ScanReport, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    // A few checks are shown whole in their section: there is nothing to search.
    if summary.vulnerabilities == 0 && summary.active <= MAX_WITHOUT_LIST {
        return Ok(());
    }
    writeln!(out, r#"<section class="card" data-findings><h2>All findings</h2>"#)?;
    filters(report, summary, out)?;
    writeln!(
        out,
        r#"<div class="scroll"><table class="stack"><thead><tr><th>Severity</th><th>Finding</th><th>Package or place</th><th>Installed</th><th>Fix</th><th class="number">EPSS</th><th class="number">Layer</th></tr></thead><tbody>"#
    )?;
    report.active_findings().try_for_each(|finding| row(report, finding, out))?;
    writeln!(out, "</tbody></table></div></section>")
}

/// Hidden until the script runs, since they do nothing without it.
fn filters(report: &ScanReport, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let level = |severity: Severity| {
        format!(r#"<option value="{}">{severity} and worse</option>"#, rank(severity))
    };
    let levels: String = Severity::WORST_FIRST.into_iter().rev().skip(1).map(level).collect();
    let kinds = [
        ("vulnerability", summary.vulnerabilities, "vulnerabilities"),
        ("secret", summary.secrets, "secrets"),
        ("check", summary.checks, "checks"),
        ("policy", summary.violations, "demands of the policy"),
    ];
    let kind = |(name, number, words): (&str, usize, &str)| match number {
        0 => String::new(),
        _ => format!(r#"<option value="{name}">{words}</option>"#),
    };
    let kinds: String = kinds.into_iter().map(kind).collect();
    let gate = if report.verdict.is_some() {
        r#"<select aria-label="Policy" data-filter="gate"><option value="">whatever the policy says</option><option value="fail">fails the policy</option><option value="warn">warns</option></select>"#
    } else {
        ""
    };
    writeln!(
        out,
        r#"<form class="filters" hidden><input type="search" aria-label="Search findings" placeholder="Search id, package, path, title" data-filter="text"><select aria-label="Severity" data-filter="severity"><option value="0">every severity</option>{levels}</select><select aria-label="Kind" data-filter="kind"><option value="">every kind</option>{kinds}</select>{gate}<label><input type="checkbox" data-filter="fix"> has a fix</label><label><input type="checkbox" data-filter="kev"> exploited</label><output></output></form>"#
    )
}

fn rank(severity: Severity) -> usize {
    Severity::WORST_FIRST.iter().rev().position(|s| *s == severity).unwrap_or_default()
}

/// What a row shows beside severity, id and title.
#[derive(Debug, Default)]
struct Cells {
    kind: &'static str,
    name: String,
    detail: String,
    installed: String,
    fix: String,
    has_fix: bool,
    is_exploited: bool,
    epss: Option<f64>,
    layer: Option<u32>,
}

fn row(report: &ScanReport, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let cells = match finding.vulnerability() {
        Some(detail) => vulnerability(report, finding, detail),
        None => other(finding),
    };
    let epss = cells.epss.map(|epss| escape(&percent(epss))).unwrap_or_default();
    let rank = rank(finding.severity);
    let gate = objection(finding).map(|outcome| outcome.as_str()).unwrap_or_default();
    writeln!(
        out,
        r#"<tr data-severity="{rank}" data-kind="{}" data-gate="{gate}" data-fix="{}" data-kev="{}"><td data-key="{rank}">{}<span class="badge {severity}">{severity}</span></td><td>{}{}<p class="soft">{}</p></td><td><span class="name">{}</span><p class="soft mono">{}</p></td><td data-label="Installed">{}</td><td data-label="Fix">{}</td><td class="number" data-label="EPSS" data-key="{:.6}">{epss}</td><td class="number" data-label="Layer">{}</td></tr>"#,
        cells.kind,
        u8::from(cells.has_fix),
        u8::from(cells.is_exploited),
        super::topics::gate(finding),
        link(finding),
        if cells.is_exploited { r#" <span class="badge kev">KEV</span>"# } else { "" },
        escape(&finding.title),
        cells.name,
        cells.detail,
        cells.installed,
        cells.fix,
        cells.epss.unwrap_or_default(),
        cells.layer.map(|layer| layer_number(layer).to_string()).unwrap_or_default(),
        severity = finding.severity,
    )
}

fn vulnerability(report: &ScanReport, finding: &Finding, detail: &Vulnerability) -> Cells {
    let package = report.packages.get(detail.package);
    let fix = match &detail.fix {
        Fix::Fixed { versions } => {
            let spans = versions.iter().take(MAX_FIXES).map(|version| {
                format!(r#"<span class="to version mono">{}</span>"#, short(version))
            });
            spans.collect::<Vec<_>>().join(", ")
        }
        Fix::NotFixed => r#"<span class="soft">no fix yet</span>"#.to_owned(),
        Fix::WontFix => r#"<span class="soft">won't be fixed</span>"#.to_owned(),
    };
    let installed = short(package.map_or("", |package| &package.version));
    Cells {
        kind: "vulnerability",
        name: escape(package.map_or(&finding.subject.name, |package| &package.name)),
        detail: escape(package.map_or("", |package| &package.path)),
        installed: format!(r#"<span class="version mono">{installed}</span>"#),
        fix,
        has_fix: detail.fix.version().is_some(),
        is_exploited: detail.kev.is_some(),
        epss: detail.epss.map(|epss| epss.score),
        layer: package.and_then(|package| package.layer),
    }
}

fn other(finding: &Finding) -> Cells {
    let place = place(finding);
    let text = excerpt(finding).filter(|_| place.is_some()).unwrap_or(&finding.evidence);
    let fix = fix(finding);
    Cells {
        kind: match &finding.detail {
            Detail::Vulnerability(_) => "vulnerability",
            Detail::Secret(_) => "secret",
            Detail::Misconfiguration(_) => "check",
            Detail::Violation(_) => "policy",
        },
        name: escape(place.as_deref().unwrap_or(&finding.subject.name)),
        detail: escape(text),
        has_fix: fix.is_some(),
        fix: fix.map(|fix| escape(&fix)).unwrap_or_default(),
        layer: finding.location.as_ref().and_then(|location| location.layer),
        ..Cells::default()
    }
}

/// The id, leading to a page that explains it.
pub(super) fn link(finding: &Finding) -> String {
    let (_, page) = links::source(&finding.id);
    let known = finding.vulnerability().map(|_| page.as_str());
    let Some(url) = finding.docs.as_deref().and_then(links::web).or(known) else {
        return escape(&finding.id);
    };
    if links::web(url).is_none() {
        return escape(&finding.id);
    }
    format!(
        r#"<a href="{}" rel="noopener noreferrer">{}</a>"#,
        url.replace('&', "&amp;"),
        escape(&finding.id)
    )
}

pub(super) fn write_suppressed(
    report: &ScanReport,
    summary: &Summary,
    out: &mut dyn Write,
) -> io::Result<()> {
    if summary.suppressed == 0 {
        return Ok(());
    }
    writeln!(
        out,
        r#"<section class="card"><details><summary>{} suppressed</summary><div class="scroll"><table class="stack"><thead><tr><th>Finding</th><th>In</th><th>Reason</th><th>Said by</th></tr></thead><tbody>"#,
        count(summary.suppressed, "finding")
    )?;
    for finding in &report.findings {
        let Some(suppression) = &finding.suppression else { continue };
        writeln!(
            out,
            r#"<tr><td>{}</td><td class="name">{}</td><td>{}</td><td><code>{}</code></td></tr>"#,
            link(finding),
            escape(&finding.subject.name),
            escape(&suppression.reason),
            escape(&suppression.source)
        )?;
    }
    writeln!(out, "</tbody></table></div></details></section>")
}
