//! Markdown, for job summaries and comments on merge requests.

mod escape;

use std::io::{self, Write};

use farguard_model::ScanReport;

pub(crate) use escape::escape;

use crate::{
    format::{OutputFormat, RenderError, RenderOptions},
    group::{Group, Upgrade, groups},
    summary::Summary,
    text::{count, fit, percent, thousands},
};

/// Job summaries of GitHub end at 1 MiB: the default stays far below it.
const MAX_GROUPS: usize = 50;
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
        "a summary for job pages and merge requests"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        for (i, report) in reports.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            page(report, options, out)?;
        }
        Ok(())
    }
}

fn page(report: &ScanReport, options: &RenderOptions, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(report);
    writeln!(out, "## Farguard: {}\n", cell(&report.target.name))?;
    verdict(report, &summary, out)?;
    if report.database.is_some() && summary.active > 0 {
        counts(&summary, out)?;
        let groups = groups(report, options.compare_versions);
        let (unfixed, upgrades): (Vec<_>, Vec<_>) =
            groups.iter().partition(|group| group.upgrade == Upgrade::Unavailable);
        table("Upgrade", "Upgrade to", &upgrades, report, options, out)?;
        table("No fix yet", "", &unfixed, report, options, out)?;
    }
    problems(report, options, out)?;
    facts(report, &summary, out)
}

fn verdict(report: &ScanReport, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if report.database.as_ref().is_some_and(|database| database.sample) {
        writeln!(out, "> [!WARNING]\n> Sample advisory database: not fit for decisions.\n")?;
    }
    if summary.exploited > 0 {
        let number = thousands(summary.exploited);
        writeln!(out, "> [!CAUTION]\n> **{number} known to be exploited.**\n")?;
    }
    if report.database.is_none() {
        return writeln!(out, "Packages were listed only: no advisories were matched.\n");
    }
    if summary.active > 0 {
        return Ok(());
    }
    match (report.packages.len(), report.problems.len()) {
        (0, _) => writeln!(out, "No packages were found, so there was nothing to match.\n"),
        (n, 0) => writeln!(out, "Nothing known against {}.\n", count(n, "package")),
        (n, _) => {
            let packages = count(n, "package");
            writeln!(out, "Nothing known against the {packages} that could be read.\n")
        }
    }
}

fn counts(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| Critical | High | Medium | Low | Negligible | Unknown |")?;
    writeln!(out, "| ---: | ---: | ---: | ---: | ---: | ---: |")?;
    let numbers: Vec<_> = summary.by_severity().map(|(_, number)| thousands(number)).collect();
    writeln!(out, "| {} |\n", numbers.join(" | "))
}

fn table(
    title: &str,
    fix_column: &str,
    groups: &[&Group<'_>],
    report: &ScanReport,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    let fix = |text: &str| if fix_column.is_empty() { String::new() } else { format!(" {text} |") };
    writeln!(out, "### {title}\n")?;
    writeln!(out, "| Package | Installed |{} Vulnerabilities | Worst | Layer |", fix(fix_column))?;
    writeln!(out, "| --- | --- |{} --- | --- | --- |", fix("---"))?;
    let shown = if options.all { groups.len() } else { MAX_GROUPS };
    for group in groups.iter().take(shown) {
        let upgrade = match group.upgrade {
            Upgrade::To(version) => format!("**{}**", cell(version)),
            Upgrade::Several => "several versions".to_owned(),
            Upgrade::Unavailable => String::new(),
        };
        writeln!(
            out,
            "| {} | {} |{} {} | {} | {} |",
            cell(&group.names().join(", ")),
            cell(group.version()),
            fix(&upgrade),
            severities(group),
            worst(group),
            layer(group, report)
        )?;
    }
    let folded = groups.len().saturating_sub(shown);
    if folded > 0 {
        writeln!(out, "\n…and {} more.", count(folded, "package"))?;
    }
    writeln!(out)
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

fn problems(report: &ScanReport, options: &RenderOptions, out: &mut dyn Write) -> io::Result<()> {
    if report.problems.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Not assessed\n")?;
    let shown = if options.all { report.problems.len() } else { MAX_PROBLEMS };
    for problem in report.problems.iter().take(shown) {
        let path = problem.path.iter().map(|path| format!("{}: ", cell(path))).collect::<String>();
        writeln!(out, "- {path}{}", cell(&problem.message))?;
    }
    let folded = report.problems.len().saturating_sub(shown);
    if folded > 0 {
        writeln!(out, "- …and {} more", thousands(folded))?;
    }
    writeln!(out)
}

fn facts(report: &ScanReport, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut facts = Vec::new();
    facts.extend(report.target.digest.as_deref().map(cell));
    facts.extend(report.target.platform.as_deref().map(cell));
    facts.extend(report.os.as_ref().map(|os| cell(&os.pretty_name)));
    facts.push(count(report.packages.len(), "package"));
    if let Some(database) = &report.database {
        facts.push(format!("advisories of {}", database.built.strftime("%Y-%m-%d")));
    }
    if summary.suppressed > 0 {
        facts.push(format!("{} suppressed", count(summary.suppressed, "finding")));
    }
    writeln!(out, "<sub>{}</sub>", facts.join(" · "))
}

/// Text from the target, short enough for a cell.
fn cell(text: &str) -> String {
    escape(&fit(text, MAX_CELL))
}

#[cfg(test)]
mod tests;
