//! `farguard scan`: targets -> inventories -> findings -> reports -> verdict.

mod ecr;
mod open;
mod output;
mod prepare;
mod verdict;

use anyhow::Result;
use farguard_model::{Problem, ScanReport};
use farguard_scan::{
    advisories::database::Database,
    inventory::Inventory,
    matcher::{MatchOptions, match_inventory},
};

use crate::{args::ScanArgs, clock, exit::Exit, terminal::Terminal};

/// Scans every target, writes the reports, and says how it went.
///
/// A target that cannot be scanned does not stop the others: its error is printed and the run ends
/// with [`Exit::CouldNotRun`].
pub(crate) fn run(args: &ScanArgs, terminal: &Terminal) -> Result<Exit> {
    let database = prepare::database(&args.database, terminal)?;
    let options = prepare::match_options(&args.verdict)?;
    let opener = open::Opener::new(args, terminal)?;

    let mut reports = Vec::new();
    let mut failed = false;
    for target in &args.targets {
        let report = opener
            .inventory(target)
            .and_then(|inventory| judge(inventory, database.as_ref(), &options, terminal));
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

/// From what a target contains to what is wrong with it.
fn judge(
    inventory: Inventory,
    database: Option<&Database>,
    options: &MatchOptions,
    terminal: &Terminal,
) -> Result<ScanReport> {
    let mut findings = Vec::new();
    let mut problems = Vec::new();
    if let Some(database) = database {
        let matched = match_inventory(&inventory, database, options)?;
        matched.notes.iter().for_each(|note| terminal.note(note));
        findings = matched.findings;
        problems = matched.problems;
    }
    problems.splice(0..0, inventory.problems);
    if inventory.packages.is_empty() {
        problems.push(nothing_found());
    }
    Ok(ScanReport {
        created: clock::now(),
        target: inventory.target,
        os: inventory.os,
        layers: inventory.layers,
        packages: inventory.packages,
        findings,
        problems,
        database: database.map(|database| database.info().clone()),
    })
}

/// A target without packages is more likely the wrong target than a clean one.
fn nothing_found() -> Problem {
    let message = "no package was found: there is no package database, package metadata, lock file \
                   or binary with build information that we can read";
    Problem::new("no-packages-found", message)
}
