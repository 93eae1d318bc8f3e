//! From reports to an exit code.

use farguard_model::ScanReport;

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
    let gaps = reports.iter().flat_map(|report| &report.problems).filter(|p| p.is_gap()).count();
    if gaps == 0 || args.allow_gaps {
        return Exit::Clean;
    }
    terminal.warn(&format!(
        "{gaps} part{} could not be assessed, so this is no pass: exit code 2, --allow-gaps accepts it",
        if gaps == 1 { "" } else { "s" }
    ));
    Exit::CouldNotRun
}

fn fails(report: &ScanReport, fail_on: FailOn) -> bool {
    match fail_on {
        FailOn::Never => false,
        FailOn::AtLeast(threshold) => report.worst().is_some_and(|worst| worst >= threshold),
    }
}
