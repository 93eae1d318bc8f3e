//! Every finding, to search and to sort.

use std::io::{self, Write};

use farguard_model::{Finding, Fix, ScanReport, Severity, Vulnerability};

use super::escape::{escape, version as short};
use crate::{
    links,
    summary::Summary,
    text::{count, percent},
};

/// One fix for each maintained branch: more are of no use in a table.
const MAX_FIXES: usize = 4;

pub(super) fn write(report: &ScanReport, out: &mut dyn Write) -> io::Result<()> {
    if report.active_vulnerabilities().next().is_none() {
        return Ok(());
    }
    writeln!(out, r#"<section class="card" data-findings><h2>All findings</h2>"#)?;
    filters(out)?;
    writeln!(
        out,
        r#"<div class="scroll"><table class="stack"><thead><tr><th>Severity</th><th>Vulnerability</th><th>Package</th><th>Installed</th><th>Fixed in</th><th class="number">EPSS</th><th class="number">Layer</th></tr></thead><tbody>"#
    )?;
    for (finding, detail) in report.active_vulnerabilities() {
        row(report, finding, detail, out)?;
    }
    writeln!(out, "</tbody></table></div></section>")
}

/// Hidden until the script runs, since they do nothing without it.
fn filters(out: &mut dyn Write) -> io::Result<()> {
    let level = |severity: Severity| {
        format!(r#"<option value="{}">{severity} and worse</option>"#, rank(severity))
    };
    let levels: String = Severity::WORST_FIRST.into_iter().rev().skip(1).map(level).collect();
    writeln!(
        out,
        r#"<form class="filters" hidden><input type="search" aria-label="Search findings" placeholder="Search id, package, path, title"><select aria-label="Severity"><option value="0">every severity</option>{levels}</select><label><input type="checkbox"> has a fix</label><label><input type="checkbox"> exploited</label><output></output></form>"#
    )
}

fn rank(severity: Severity) -> usize {
    Severity::WORST_FIRST.iter().rev().position(|s| *s == severity).unwrap_or_default()
}

fn row(
    report: &ScanReport,
    finding: &Finding,
    detail: &Vulnerability,
    out: &mut dyn Write,
) -> io::Result<()> {
    let package = report.packages.get(detail.package);
    let epss = detail.epss.map(|epss| escape(&percent(epss.score))).unwrap_or_default();
    let epss_key = detail.epss.map(|epss| epss.score).unwrap_or_default();
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
    let rank = rank(finding.severity);
    writeln!(
        out,
        r#"<tr data-severity="{rank}" data-fix="{}" data-kev="{}"><td data-key="{rank}"><span class="badge {severity}">{severity}</span></td><td>{}{}<p class="soft">{}</p></td><td><span class="name">{}</span><p class="soft mono">{}</p></td><td data-label="Installed"><span class="version mono">{}</span></td><td data-label="Fixed in">{fix}</td><td class="number" data-label="EPSS" data-key="{epss_key:.6}">{epss}</td><td class="number" data-label="Layer">{}</td></tr>"#,
        u8::from(detail.fix.version().is_some()),
        u8::from(detail.kev.is_some()),
        link(finding),
        if detail.kev.is_some() { r#" <span class="badge kev">KEV</span>"# } else { "" },
        escape(&finding.title),
        escape(package.map_or(&finding.subject.name, |package| &package.name)),
        escape(package.map_or("", |package| &package.path)),
        short(package.map_or("", |package| &package.version)),
        package.and_then(|p| p.layer).map(|l| (u64::from(l) + 1).to_string()).unwrap_or_default(),
        severity = finding.severity,
    )
}

/// The id, leading to a page that explains it.
fn link(finding: &Finding) -> String {
    let (_, page) = links::source(&finding.id);
    let url = finding.docs.as_deref().and_then(links::web).unwrap_or(&page);
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
        r#"<section class="card"><details><summary>{} suppressed</summary><div class="scroll"><table class="stack"><thead><tr><th>Vulnerability</th><th>Package</th><th>Reason</th><th>Said by</th></tr></thead><tbody>"#,
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
