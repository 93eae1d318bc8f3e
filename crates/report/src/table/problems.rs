//! What was not assessed, and what was suppressed.

use std::{collections::BTreeMap, io};

use farguard_model::ScanReport;

use super::{Page, paint::WARNING};
use crate::{
    summary::Summary,
    text::{clean, count, fit, thousands, width, wrap},
};

const MAX_PROBLEMS: usize = 20;

impl Page<'_> {
    pub(super) fn problems(&mut self, report: &ScanReport) -> io::Result<()> {
        let problems = &report.problems;
        if problems.is_empty() {
            return Ok(());
        }
        self.blank()?;
        let title = self.paint.style(WARNING, "NOT ASSESSED");
        let note = format!(
            "{} could not be read: nothing is known of what is inside",
            count(problems.len(), "part")
        );
        let note = fit(&note, self.width.saturating_sub(14)).into_owned();
        self.line(&format!("{title}  {}", self.paint.dim(&note)))?;
        let shown = if self.options.all { problems.len() } else { MAX_PROBLEMS };
        for problem in problems.iter().take(shown) {
            let mut text = clean(&problem.message).into_owned();
            if let Some(path) = &problem.path
                && !problem.message.contains(path.as_str())
            {
                text = format!("{}: {text}", clean(path));
            }
            if let Some(layer) = problem.layer {
                text += &format!(" (layer {})", u64::from(layer) + 1);
            }
            for (i, line) in wrap(&text, self.width.saturating_sub(4), 3).iter().enumerate() {
                self.line(&format!("  {} {line}", if i == 0 { "-" } else { " " }))?;
            }
        }
        let folded = problems.len().saturating_sub(shown);
        if folded > 0 {
            self.line(&self.paint.dim(&format!("  and {} more: --all", thousands(folded))))?;
        }
        Ok(())
    }

    pub(super) fn suppressed(&mut self, report: &ScanReport, summary: &Summary) -> io::Result<()> {
        if summary.suppressed == 0 {
            return Ok(());
        }
        let mut sources = BTreeMap::new();
        for suppression in report.findings.iter().filter_map(|f| f.suppression.as_ref()) {
            *sources.entry(suppression.source.as_str()).or_insert(0_usize) += 1;
        }
        let by: Vec<_> = sources.iter().map(|(s, n)| format!("{n} by {}", clean(s))).collect();
        let line =
            format!("{} suppressed: {}", count(summary.suppressed, "finding"), by.join(", "));
        self.blank()?;
        self.line(&self.paint.dim(&fit(&line, self.width)))?;
        if !self.options.all {
            return Ok(());
        }
        for finding in &report.findings {
            let Some(suppression) = &finding.suppression else { continue };
            let name = format!("  {} in {}", clean(&finding.id), clean(&finding.subject.name));
            let name = fit(&name, self.width / 2).into_owned();
            let room = self.width.saturating_sub(width(&name) + 2);
            let reason = fit(&clean(&suppression.reason), room).into_owned();
            self.line(&self.paint.dim(&format!("{name}: {reason}")))?;
        }
        Ok(())
    }
}
