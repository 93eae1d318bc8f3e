//! A table for people: what to upgrade, most urgent first, and which layer brought it.

mod containers;
mod findings;
mod header;
mod packages;
mod paint;
mod problems;
mod topics;
mod verdict;

use std::{
    borrow::Cow,
    io::{self, Write},
};

use farguard_model::{Outcome, ScanReport};

use crate::{
    describe::only_listed,
    format::{OutputFormat, RenderError, RenderOptions},
    group::groups,
    summary::Summary,
    text::{count, fit, thousands, wrap},
};
use paint::{HEADING, Painter};

/// Narrower than this nothing is readable; wider is honoured.
const MIN_WIDTH: usize = 48;

/// The format `table`.
#[derive(Debug)]
pub(crate) struct Table;

impl OutputFormat for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn about(&self) -> &'static str {
        "what to upgrade, most urgent first, for people"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        let mut page = Page {
            out,
            paint: Painter::new(options.color),
            width: options.width.max(MIN_WIDTH),
            options,
            id_width: 0,
            gated: false,
        };
        for (i, report) in reports.iter().enumerate() {
            if i > 0 {
                page.blank()?;
            }
            page.report(report)?;
        }
        page.containers(reports)?;
        if reports.len() > 1 {
            page.blank()?;
            page.totals(reports)?;
        }
        Ok(())
    }
}

/// A line that the log of a CI job cannot take for a command: text from the target may look like one.
///
/// # Source
/// `::name::` at the start of a line and `##[name]` anywhere in it are commands of GitHub Actions.
fn disarm(line: &str) -> Cow<'_, str> {
    if !line.trim_start().starts_with("::") && !line.contains("##[") {
        return Cow::Borrowed(line);
    }
    Cow::Owned(line.replace("::", "∶∶").replace("##[", "#♯["))
}

/// Where a table is written to, and how it should look.
struct Page<'a> {
    out: &'a mut dyn Write,
    paint: Painter,
    width: usize,
    options: &'a RenderOptions,
    /// Columns that ids of vulnerabilities take.
    id_width: usize,
    /// Whether a policy has judged the findings.
    gated: bool,
}

impl Page<'_> {
    fn report(&mut self, report: &ScanReport) -> io::Result<()> {
        let summary = Summary::of(report);
        self.gated = report.verdict.is_some();
        self.verdict(report)?;
        self.header(report, &summary)?;
        if only_listed(report) {
            self.packages(&report.packages)?;
        } else {
            self.all_clear(report, &summary)?;
            self.findings(report, &groups(report, self.options.compare_versions))?;
            self.topics(report)?;
        }
        self.problems(report)?;
        self.suppressed(report, &summary)
    }

    fn totals(&mut self, reports: &[ScanReport]) -> io::Result<()> {
        let findings: usize = reports.iter().map(|report| report.active_findings().count()).sum();
        let problems: usize = reports.iter().map(|report| report.problems.len()).sum();
        let mut line =
            format!("{} in {}", count(findings, "finding"), count(reports.len(), "target"));
        if problems > 0 {
            line += &format!(", {} not assessed", count(problems, "part"));
        }
        for outcome in [Outcome::Fail, Outcome::Warn, Outcome::Pass] {
            let verdicts = reports.iter().filter_map(|report| report.verdict.as_ref());
            let number = verdicts.filter(|verdict| verdict.outcome == outcome).count();
            if number > 0 {
                line += &format!(", {} {outcome}", thousands(number));
            }
        }
        self.line(&self.paint.style(HEADING, &fit(&line, self.width)))
    }

    fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{}", disarm(line.trim_end()))
    }

    fn sentence(&mut self, text: &str) -> io::Result<()> {
        wrap(text, self.width, 3).iter().try_for_each(|line| self.line(line))
    }

    fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A blank line and the title of a section.
    fn section(&mut self, title: &str, note: &str) -> io::Result<()> {
        self.blank()?;
        let note = fit(note, self.width.saturating_sub(title.len() + 2)).into_owned();
        let title = self.paint.style(HEADING, title);
        self.line(&format!("{title}  {}", self.paint.dim(&note)))
    }
}

#[cfg(test)]
mod tests;
