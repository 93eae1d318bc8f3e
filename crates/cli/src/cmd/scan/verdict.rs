//! From reports to an exit code.

use farguard_model::{Outcome, ScanReport};

use crate::{
    args::scan::{FailOn, VerdictArgs},
    exit::Exit,
    terminal::Terminal,
};

/// Judges the findings that count, and refuses to call a target clean that was read in part only.
pub(crate) fn of(reports: &[ScanReport], args: &VerdictArgs, terminal: &Terminal) -> Exit {
    if reports.iter().any(|report| fails(report, args.fail_on)) {
        return Exit::Findings;
    }
    let gaps: usize = reports.iter().map(farguard_policy::open_gaps).sum();
    if gaps == 0 || args.allow_gaps {
        return Exit::Clean;
    }
    terminal.warn(&format!(
        "{gaps} part{} could not be assessed, so this is no pass: exit code 2, --allow-gaps accepts it",
        if gaps == 1 { "" } else { "s" }
    ));
    Exit::CouldNotRun
}

/// A policy decides where there is one, the threshold elsewhere.
fn fails(report: &ScanReport, fail_on: FailOn) -> bool {
    if let Some(verdict) = &report.verdict {
        return verdict.outcome == Outcome::Fail;
    }
    match fail_on {
        FailOn::Never => false,
        FailOn::AtLeast(threshold) => report.worst().is_some_and(|worst| worst >= threshold),
    }
}
