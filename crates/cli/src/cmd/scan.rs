//! `farguard scan`: targets -> inventories -> findings -> reports -> verdict.

mod assess;
mod bases;
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

    let mut inventories = Vec::new();
    let mut reports = Vec::new();
    let mut failed = false;
    for target in &args.targets {
        match opener.inventory(target) {
            Ok(inventory) => inventories.push(inventory),
            Err(error) => {
                terminal.error(&error.context(format!("cannot scan `{target}`")));
                failed = true;
            }
        }
    }
    let bases = bases::Bases::new(&args.base, &opener, &inventories, terminal)?;
    for inventory in inventories {
        let name = inventory.target.name.clone();
        let known = bases.of(&inventory);
        match assessor.assess(inventory, &known) {
            Ok(report) => reports.push(report),
            Err(error) => {
                terminal.error(&error.context(format!("cannot scan `{name}`")));
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
