//! Workflow commands of GitHub Actions: annotations beside the lines that are wrong.
//!
//! # Source
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::{
    collections::HashMap,
    io::{self, Write},
};

use farguard_model::{Finding, ScanReport, Severity};

use crate::{
    describe::{
        Level, end, excerpt, fix, level, place, reasons, removed, repository_file, verdict,
    },
    format::{OutputFormat, RenderError, RenderOptions},
    group::{Group, Upgrade, groups},
    text::{clean, count, fit, thousands},
};

/// What GitHub shows of each level in one step: it drops the rest without a word.
///
/// # Source
/// <https://docs.github.com/en/rest/checks/runs>: 10 of each level for a step of a workflow.
const MAX_OF_LEVEL: usize = 10;
/// Longest text of an annotation.
const MAX_TEXT: usize = 2_000;
const MAX_TITLE: usize = 150;

/// The format `github`.
#[derive(Debug)]
pub(crate) struct GitHub;

/// One remark beside a file, or about the run where there is no file.
#[derive(Debug)]
struct Annotation {
    level: Level,
    severity: Severity,
    /// Place in the order of the report, which is by urgency.
    rank: usize,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    end_column: Option<u32>,
    title: String,
    lines: Vec<String>,
    findings: usize,
}

impl OutputFormat for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "annotations of GitHub Actions, the most urgent of each level"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        let mut annotations: Vec<_> =
            reports.iter().flat_map(|report| annotations(report, options)).collect();
        annotations.sort_by(|a, b| {
            let urgency = |a: &Annotation| (a.level, std::cmp::Reverse(a.severity), a.rank);
            urgency(a).cmp(&urgency(b))
        });
        let mut hidden = 0;
        for level in [Level::Error, Level::Warning, Level::Note] {
            // The last notice is ours.
            let room = MAX_OF_LEVEL - usize::from(level == Level::Note);
            let of_level = || annotations.iter().filter(|annotation| annotation.level == level);
            for annotation in of_level().take(room) {
                write(annotation, out)?;
            }
            hidden += of_level().skip(room).map(|annotation| annotation.findings).sum::<usize>();
        }
        if !reports.is_empty() {
            closing(reports, hidden, out)?;
        }
        Ok(())
    }
}

fn annotations(report: &ScanReport, options: &RenderOptions) -> Vec<Annotation> {
    let mut ranks = HashMap::new();
    for (rank, finding) in report.findings.iter().enumerate() {
        ranks.entry(finding.fingerprint.as_str()).or_insert(rank);
    }
    let rank = |f: &Finding| ranks.get(f.fingerprint.as_str()).copied().unwrap_or(usize::MAX);
    let groups = groups(report, options.compare_versions);
    let upgrades = groups.iter().filter_map(|group| upgrade(report, group, &rank));
    let others = report.active_findings().filter(|finding| finding.vulnerability().is_none());
    let mut all: Vec<_> = others.map(|finding| single(report, finding, &rank)).collect();
    all.extend(upgrades);
    all.extend(not_assessed(report));
    all
}

/// One upgrade with everything that it fixes: a package with 40 vulnerabilities is one thing to do.
fn upgrade(
    report: &ScanReport,
    group: &Group<'_>,
    rank: &dyn Fn(&Finding) -> usize,
) -> Option<Annotation> {
    const MAX_IDS: usize = 8;
    let first = group.rows.first()?.finding;
    let names = group.names().join(", ");
    let what = match group.upgrade {
        Upgrade::To(version) => format!("upgrade {} to {version}", group.version()),
        Upgrade::Several => format!("upgrade {}: fixes are in several versions", group.version()),
        Upgrade::Unavailable => format!("{} has no fix yet", group.version()),
    };
    let counts: Vec<_> =
        group.by_severity().iter().map(|(s, n)| format!("{} {s}", thousands(*n))).collect();
    let ids: Vec<_> = group.rows.iter().take(MAX_IDS).map(|row| row.finding.id.as_str()).collect();
    let more = if group.rows.len() > ids.len() { ", …" } else { "" };
    let mut lines = vec![format!("{names}: {what}"), format!("{}{more}", ids.join(", "))];
    if group.exploited() {
        lines.push("known to be exploited".to_owned());
    }
    lines.push(format!("in {}", report.target.name));
    Some(Annotation {
        level: group.rows.iter().map(|row| level(row.finding)).min()?,
        severity: group.rows.iter().map(|row| row.finding.severity).max()?,
        rank: rank(first),
        file: repository_file(report, first),
        line: first.location.as_ref().and_then(|location| location.line),
        column: first.location.as_ref().and_then(|location| location.column),
        end_column: None,
        title: format!("{names}: {}", counts.join(", ")),
        lines,
        findings: group.findings,
    })
}

fn single(report: &ScanReport, finding: &Finding, rank: &dyn Fn(&Finding) -> usize) -> Annotation {
    let file = repository_file(report, finding);
    let mut lines = Vec::new();
    let shown = excerpt(finding).filter(|text| !text.is_empty());
    lines.push(shown.unwrap_or(&finding.evidence).to_owned());
    lines.extend(removed(finding));
    lines.extend(fix(finding).map(|fix| format!("fix: {fix}")));
    if file.is_none() {
        let place = place(finding).map(|place| format!("{place} in ")).unwrap_or_default();
        lines.push(format!("in {place}{}", report.target.name));
    }
    let ids: Vec<_> = [&finding.id].into_iter().chain(finding.aliases()).cloned().collect();
    let line = finding.location.as_ref().and_then(|location| location.line);
    Annotation {
        level: level(finding),
        severity: finding.severity,
        rank: rank(finding),
        file,
        line,
        column: finding.location.as_ref().and_then(|location| location.column),
        // GitHub takes columns of one line only.
        end_column: end(finding).filter(|(last, _)| Some(*last) == line).map(|(_, column)| column),
        title: format!("{} ({})", finding.title, ids.join(", ")),
        lines,
        findings: 1,
    }
}

/// What could not be read is a warning, or nobody would see it.
fn not_assessed(report: &ScanReport) -> Option<Annotation> {
    let first = report.problems.first()?;
    let more = report.problems.len() - 1;
    let mut lines = vec![first.message.clone()];
    if more > 0 {
        lines.push(format!("and {} more", thousands(more)));
    }
    lines.push(format!("in {}", report.target.name));
    Some(Annotation {
        level: Level::Warning,
        severity: Severity::Critical,
        rank: 0,
        file: None,
        line: None,
        column: None,
        end_column: None,
        title: format!("Not assessed: {}", count(report.problems.len(), "part")),
        lines,
        findings: 0,
    })
}

/// The verdicts, and how much is not shown.
fn closing(reports: &[ScanReport], hidden: usize, out: &mut dyn Write) -> io::Result<()> {
    const MAX_TARGETS: usize = 20;
    let mut lines = Vec::new();
    for report in reports.iter().take(MAX_TARGETS) {
        let name = &report.target.name;
        lines.push(match &report.verdict {
            Some(judged) => format!(
                "{name}: {}, {} (policy {})",
                judged.outcome,
                verdict(judged),
                judged.policy
            ),
            None => format!("{name}: {}", count(report.active_findings().count(), "finding")),
        });
        let failing = reasons(report).into_iter().take(3);
        lines.extend(failing.map(|r| format!("- {}: {}", r.decision.rule, r.decision.reason)));
    }
    if reports.len() > MAX_TARGETS {
        lines.push(format!("and {} more", count(reports.len() - MAX_TARGETS, "target")));
    }
    if hidden > 0 {
        let number = count(hidden, "finding");
        lines
            .push(format!("{number} more: GitHub shows 10 annotations of a level, see the report"));
    }
    command(Level::Note, &[("title", "Farguard".to_owned())], &lines, out)
}

fn write(annotation: &Annotation, out: &mut dyn Write) -> io::Result<()> {
    let mut properties = Vec::new();
    if let Some(file) = &annotation.file {
        properties.push(("file", file.clone()));
        let line = annotation.line.filter(|line| *line > 0);
        properties.extend(line.map(|line| ("line", line.to_string())));
        let column = annotation.column.filter(|column| *column > 0 && line.is_some());
        properties.extend(column.map(|column| ("col", column.to_string())));
        let end = annotation.end_column.filter(|_| column.is_some());
        properties.extend(end.map(|end| ("endColumn", end.to_string())));
    }
    properties.push(("title", fit(&annotation.title, MAX_TITLE).into_owned()));
    command(annotation.level, &properties, &annotation.lines, out)
}

fn command(
    level: Level,
    properties: &[(&str, String)],
    lines: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let properties: Vec<_> =
        properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    let lines: Vec<_> =
        lines.iter().filter(|line| !line.is_empty()).map(|line| data(line)).collect();
    writeln!(out, "::{name} {}::{}", properties.join(","), lines.join("%0A"))
}

/// Text of a command. Line breaks of the text itself are spaces by then.
fn data(text: &str) -> String {
    clean(&fit(text, MAX_TEXT)).replace('%', "%25")
}

/// Text of a property, which ends at a comma or colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
