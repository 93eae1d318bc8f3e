//! `farguard scan`: targets -> inventories -> findings -> reports -> verdict.

mod assess;
mod baseline;
mod bases;
mod ecr;
mod open;
mod output;
mod owners;
mod policy;
pub(crate) mod prepare;
mod signature;
mod store;
mod subjects;
mod verdict;

use anyhow::Result;
use farguard_model::ScanReport;

pub(crate) use self::policy::Gate;
use crate::{args::ScanArgs, exit::Exit, notify, terminal::Terminal};

/// Scans every target, writes the reports, and says how it went.
pub(crate) fn run(args: &ScanArgs, terminal: &Terminal) -> Result<Exit> {
    let scanned = scan(args, terminal)?;
    if !scanned.reports.is_empty() {
        output::write(&args.output, &scanned.reports, terminal)?;
    }
    let is_kept = store::keep(args.delivery.store.as_deref(), &scanned.reports, terminal)?;
    let is_told = tell(args, &scanned.reports, terminal);
    let exit = scanned.exit(args, terminal);
    Ok(if is_kept && is_told { exit } else { Exit::CouldNotRun })
}

/// Tells owners what was found; false when somebody could not be told.
fn tell(args: &ScanArgs, reports: &[ScanReport], terminal: &Terminal) -> bool {
    let destinations = &args.delivery.notify.destinations;
    let aws = ecr::options(&args.source);
    let digests = notify::of_reports(reports, args.verdict.fail_on);
    notify::send(destinations, &digests, &aws, terminal)
}

/// What scanning some targets gave.
pub(crate) struct Scanned {
    pub(crate) reports: Vec<ScanReport>,
    failed: bool,
}

/// Scans every target.
///
/// A target that cannot be scanned does not stop the others: its error is printed and the run ends
/// with [`Exit::CouldNotRun`].
pub(crate) fn scan(args: &ScanArgs, terminal: &Terminal) -> Result<Scanned> {
    let assessor = assess::Assessor::new(args, terminal)?;
    let opener = open::Opener::new(args, terminal)?;
    let stored = store::images(args.delivery.store.as_deref())?;

    let mut subjects = subjects::Subjects::new(&opener, terminal);
    args.targets.iter().for_each(|target| subjects.take(target));
    let bases = bases::Bases::new(&args.base, &opener, &subjects.found, stored, terminal)?;

    let mut scanned = Scanned { reports: Vec::new(), failed: subjects.failed };
    for subject in subjects.found {
        let name = subject.inventory.target.name.clone();
        let known = bases.of(&subject.inventory);
        match assessor.assess(subject, &known) {
            Ok(report) => scanned.reports.push(report),
            Err(error) => {
                terminal.error(&error.context(format!("cannot scan `{name}`")));
                scanned.failed = true;
            }
        }
    }
    Ok(scanned)
}

impl Scanned {
    /// How the run ends.
    pub(crate) fn exit(&self, args: &ScanArgs, terminal: &Terminal) -> Exit {
        let verdict = verdict::of(&self.reports, &args.verdict, terminal);
        if self.failed { Exit::CouldNotRun } else { verdict }
    }
}
