//! The first lines: what the policy says, and why.

use std::io;

use anstyle::Style;
use farguard_model::{Outcome, ScanReport};

use super::{
    Page,
    paint::{ALARM, BAD, GOOD, HEADING, WARNING},
};
use crate::{
    describe::{objection, reasons, verdict},
    text::{clean, count, fit, width, wrap},
};

/// What the default view shows before it folds.
const MAX_REASONS: usize = 8;
/// Longest id of a rule that gets a column of its own.
const MAX_RULE_WIDTH: usize = 32;

impl Page<'_> {
    pub(super) fn verdict(&mut self, report: &ScanReport) -> io::Result<()> {
        let Some(judged) = &report.verdict else { return Ok(()) };
        let word = judged.outcome.as_str().to_uppercase();
        let style = match judged.outcome {
            Outcome::Fail => ALARM,
            Outcome::Warn => WARNING,
            Outcome::Pass => GOOD,
        };
        let text = format!("{}  policy {}", verdict(judged), clean(&judged.policy));
        let text = fit(&text, self.width.saturating_sub(width(&word) + 2)).into_owned();
        let line =
            format!("{}  {}", self.paint.style(style, &word), { self.paint.style(HEADING, &text) });
        self.line(&line)?;
        self.reasons(report)?;
        self.blank()
    }

    fn reasons(&mut self, report: &ScanReport) -> io::Result<()> {
        let reasons = reasons(report);
        let names = reasons.iter().map(|reason| width(&clean(&reason.decision.rule)));
        let names = names.max().unwrap_or_default().min(MAX_RULE_WIDTH);
        let shown = if self.options.all { reasons.len() } else { MAX_REASONS };
        for reason in reasons.iter().take(shown) {
            let rule = fit(&clean(&reason.decision.rule), names).into_owned();
            let rule = format!("{rule}{}", " ".repeat(names.saturating_sub(width(&rule))));
            let more = if reason.findings > reason.ids.len() { ", …" } else { "" };
            let number = count(reason.findings, "finding");
            let text = format!("{number}: {}{more}", clean(&reason.ids.join(", ")));
            let text = fit(&text, self.width.saturating_sub(names + 10)).into_owned();
            let outcome = self.outcome(reason.decision.outcome);
            self.line(&format!("  {outcome}  {rule}  {text}"))?;
            for line in wrap(&clean(&reason.decision.reason), self.width.saturating_sub(8), 2) {
                self.line(&format!("        {}", self.paint.dim(&line)))?;
            }
        }
        let folded = reasons.len().saturating_sub(shown);
        if folded > 0 {
            let line = format!("  and {} more: --all", count(folded, "rule"));
            self.line(&self.paint.dim(&line))?;
        }
        Ok(())
    }

    /// `fail` or `warn`, in its colour.
    fn outcome(&self, outcome: Outcome) -> String {
        self.paint.style(style(outcome), outcome.as_str())
    }

    /// The column that says what the policy makes of a finding; empty without a policy.
    pub(super) fn gate(&self, finding: &farguard_model::Finding) -> String {
        if !self.gated {
            return String::new();
        }
        match objection(finding) {
            Some(outcome) => format!("{}  ", self.outcome(outcome)),
            None => " ".repeat(GATE_WIDTH),
        }
    }

    /// Columns that [`gate`](Self::gate) takes.
    pub(super) const fn gate_width(&self) -> usize {
        if self.gated { GATE_WIDTH } else { 0 }
    }
}

const GATE_WIDTH: usize = "fail  ".len();

/// The colour of an outcome, beside its word.
pub(super) const fn style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Fail => BAD,
        Outcome::Warn => WARNING,
        Outcome::Pass => GOOD,
    }
}
