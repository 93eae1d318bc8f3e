//! Markdown, for job summaries and comments on merge requests.

mod escape;
mod overview;
mod sheet;
mod topics;

use std::io::Write;

use farguard_model::ScanReport;

pub(crate) use escape::escape;
use sheet::{MAX_COMMENT, MAX_SUMMARY, Sheet};

use crate::{
    describe::{has_packages, matched},
    format::{OutputFormat, RenderError, RenderOptions},
    group::{Group, Upgrade, groups},
    summary::Summary,
    text::{count, fit, percent, thousands},
};

/// What the default shows of each table.
const MAX_ROWS: usize = 50;
const MAX_PROBLEMS: usize = 20;
const MAX_CELL: usize = 160;

/// The format `markdown`.
#[derive(Debug)]
pub(crate) struct Markdown;

impl OutputFormat for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "a summary for job pages and comments on merge requests"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        let mut sheet = Sheet::new(if options.all { MAX_SUMMARY } else { MAX_COMMENT });
        overview::targets(reports, &mut sheet);
        for report in reports {
            page(report, options, &mut sheet);
        }
        out.write_all(sheet.finish().as_bytes())?;
        Ok(())
    }
}

fn page(report: &ScanReport, options: &RenderOptions, sheet: &mut Sheet) {
    let summary = Summary::of(report);
    let shown = if options.all { usize::MAX } else { MAX_ROWS };
    overview::write(report, &summary, sheet);
    topics::write(report, shown, sheet);
    let groups = groups(report, options.compare_versions);
    let (unfixed, upgrades): (Vec<_>, Vec<_>) =
        groups.iter().partition(|group| group.upgrade == Upgrade::Unavailable);
    let rows = |groups: &[&Group<'_>], with_fix: bool| -> Vec<_> {
        groups.iter().map(|group| row(group, report, with_fix)).collect()
    };
    let head = ["Package", "Installed", "Upgrade to", "Vulnerabilities", "Worst", "Layer"];
    sheet.table("Upgrade", &head, &rows(&upgrades, true), shown, "package");
    let head = ["Package", "Installed", "Vulnerabilities", "Worst", "Layer"];
    sheet.table("No fix yet", &head, &rows(&unfixed, false), shown, "package");
    overview::effects(report, sheet);
    problems(report, options, sheet);
    facts(report, &summary, sheet);
}

fn row(group: &Group<'_>, report: &ScanReport, with_fix: bool) -> Vec<String> {
    let mut cells = vec![cell(&group.names().join(", ")), cell(group.version())];
    if with_fix {
        cells.push(match group.upgrade {
            Upgrade::To(version) => format!("**{}**", cell(version)),
            Upgrade::Several => "several versions".to_owned(),
            Upgrade::Unavailable => String::new(),
        });
    }
    cells.extend([severities(group), worst(group), layer(group, report)]);
    cells
}

fn severities(group: &Group<'_>) -> String {
    let words: Vec<_> =
        group.by_severity().iter().map(|(s, n)| format!("{} {s}", thousands(*n))).collect();
    words.join(", ")
}

/// The most urgent vulnerability, and what makes it so.
fn worst(group: &Group<'_>) -> String {
    let Some(row) = group.rows.first() else { return String::new() };
    let mut text = cell(&row.finding.id);
    if row.vulnerability.kev.is_some() {
        text += " **KEV**";
    }
    if let Some(epss) = row.vulnerability.epss {
        // "<0.1%" holds a character of HTML.
        text += &format!(" EPSS {}", escape(&percent(epss.score)));
    }
    text
}

fn layer(group: &Group<'_>, report: &ScanReport) -> String {
    let Some(layer) = group.layer else { return String::new() };
    let info = usize::try_from(layer).ok().and_then(|layer| report.layers.get(layer));
    let created_by = info.and_then(|info| info.created_by.as_deref()).unwrap_or_default();
    format!("{}: {}", u64::from(layer) + 1, cell(created_by))
}

fn problems(report: &ScanReport, options: &RenderOptions, sheet: &mut Sheet) {
    if report.problems.is_empty() {
        return;
    }
    sheet.add("### Not assessed\n\n");
    let shown = if options.all { report.problems.len() } else { MAX_PROBLEMS };
    for problem in report.problems.iter().take(shown) {
        let path = problem.path.iter().map(|path| format!("{}: ", cell(path))).collect::<String>();
        sheet.add(&format!("- {path}{}\n", cell(&problem.message)));
    }
    let folded = report.problems.len().saturating_sub(shown);
    if folded > 0 {
        sheet.add(&format!("- …and {} more\n", thousands(folded)));
    }
    sheet.add("\n");
}

fn facts(report: &ScanReport, summary: &Summary, sheet: &mut Sheet) {
    let mut facts = Vec::new();
    facts.extend(report.target.digest.as_deref().map(cell));
    facts.extend(report.target.platform.as_deref().map(cell));
    facts.extend(report.os.as_ref().map(|os| cell(&os.pretty_name)));
    if has_packages(report) {
        facts.push(count(report.packages.len(), "package"));
    }
    if let Some(database) = report.database.as_ref().filter(|_| matched(report)) {
        facts.push(format!("advisories of {}", database.built.strftime("%Y-%m-%d")));
    }
    if let Some(owner) = &report.owner {
        facts.push(format!("owner {}", cell(&owner.name)));
    }
    if summary.suppressed > 0 {
        facts.push(format!("{} suppressed", count(summary.suppressed, "finding")));
    }
    facts.push(format!("scanned {}", report.created.strftime("%Y-%m-%d %H:%M UTC")));
    sheet.add(&format!("<sub>{}</sub>\n\n", facts.join(" · ")));
}

/// Text from the target, short enough for a cell.
fn cell(text: &str) -> String {
    escape(&fit(text, MAX_CELL))
}

#[cfg(test)]
mod tests;
