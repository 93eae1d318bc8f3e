//! `farguard scan`: targets -> inventories -> findings -> reports -> verdict.

mod assess;
mod ecr;
mod open;
mod output;
mod prepare;
mod signature;
mod verdict;

use anyhow::Result;

use crate::{args::ScanArgs, exit::Exit, terminal::Terminal};

/// Scans every target, writes the reports, and says how it went.
///
/// A target that cannot be scanned does not stop the others: its error is printed and the run ends
/// with [`Exit::CouldNotRun`].
pub(crate) fn run(args: &ScanArgs, terminal: &Terminal) -> Result<Exit> {
    let assessor = assess::Assessor::new(args, terminal)?;
    let opener = open::Opener::new(args, terminal)?;

    let mut reports = Vec::new();
    let mut failed = false;
    for target in &args.targets {
        let report = opener.inventory(target).and_then(|inventory| assessor.assess(inventory));
        match report {
            Ok(report) => reports.push(report),
            Err(error) => {
                terminal.error(&error.context(format!("cannot scan `{target}`")));
                failed = true;
            }
        }
    }
    if !reports.is_empty() {
        output::write(&args.output, &reports, terminal)?;
    }
    let verdict = verdict::of(&reports, &args.verdict, terminal);
    Ok(if failed { Exit::CouldNotRun } else { verdict })
}
