//! From what a target contains to what is wrong with it.

use anyhow::Result;
use farguard_model::{Problem, ScanReport, Scanner};
use farguard_scan::{
    advisories::database::Database,
    base::{self, KnownImage},
    build_files, checks,
    matcher::{
        MatchOptions,
        ignore::IgnoreRules,
        match_inventory, rank,
        suppress::{self, Ignored},
    },
    secrets,
};

use super::{
    baseline::Known, owners::Ownership, policy::Gate, prepare, signature, subjects::Subject,
};
use crate::{args::ScanArgs, clock, terminal::Terminal};

/// Everything that decides what is wrong with a target; made once for a run.
pub(crate) struct Assessor<'a> {
    terminal: &'a Terminal,
    scanners: Vec<Scanner>,
    database: Option<Database>,
    options: MatchOptions,
    ignore: IgnoreRules,
    known: Known,
    gate: Gate,
    owners: Ownership,
}

impl<'a> Assessor<'a> {
    /// Opens the database and reads the files that the flags name.
    pub(crate) fn new(args: &ScanArgs, terminal: &'a Terminal) -> Result<Self> {
        let scanners = args.scanners();
        let wants_database = scanners.contains(&Scanner::Vulnerabilities);
        let database = wants_database
            .then(|| prepare::database(&args.database.advisories, terminal))
            .transpose()?;
        let options = prepare::match_options(&args.verdict)?;
        let ignore = prepare::ignore_rules(&args.verdict)?;
        let known = Known::new(args)?;
        let gate = Gate::new(&args.policy, terminal)?;
        let owners = Ownership::new(&args.delivery, terminal)?;
        Ok(Self { terminal, scanners, database, options, ignore, known, gate, owners })
    }

    /// Judges one target; `known` are images that it may be built on.
    pub(crate) fn assess(&self, subject: Subject, known: &[KnownImage]) -> Result<ScanReport> {
        let (scanners, has_packages) = (subject.scanners(&self.scanners), subject.has_packages());
        let Subject { inventory, role } = subject;
        let mut report = ScanReport::new(clock::now(), inventory.target.clone());
        report.scanners = scanners;
        report.problems.clone_from(&inventory.problems);
        report.image = base::image_facts(&inventory, known);
        let wants = |scanner| report.scanners.contains(&scanner);
        if let Some(database) = self.database.as_ref().filter(|_| wants(Scanner::Vulnerabilities)) {
            let matched = match_inventory(&inventory, database, &self.options)?;
            report.findings.extend(matched.findings);
            report.problems.extend(matched.problems);
            report.database = Some(database.info().clone());
        }
        signature::judge(&mut report, &inventory);
        if report.scanners.contains(&Scanner::Secrets) {
            report.findings.extend(secrets::findings(&inventory));
        }
        if report.scanners.contains(&Scanner::Checks) {
            report.findings.extend(checks::run(&inventory, report.image.as_ref(), report.created));
            build_files::judge(&mut report, &inventory.build_files);
        }
        role.apply(&mut report, &inventory);
        if has_packages && inventory.packages.is_empty() {
            report.problems.push(nothing_found());
        }
        let Ignored { problems, notes } =
            suppress::ignore(&mut report.findings, &self.ignore, report.created);
        report.problems.extend(problems);
        notes.iter().for_each(|note| self.terminal.note(note));
        self.known.suppress(&mut report, self.terminal);
        let base = report.image.as_ref().and_then(|image| image.base.as_ref());
        base::attribute(&mut report.findings, base);
        report.os = inventory.os;
        report.layers = inventory.layers;
        report.packages = inventory.packages;
        self.gate.judge(&mut report, self.terminal);
        self.owners.assign(&mut report);
        rank::sort(&mut report.findings);
        Ok(report)
    }
}

/// A target without packages is more likely the wrong target than a clean one.
fn nothing_found() -> Problem {
    let message = "no package was found: there is no package database, package metadata, lock file \
                   or binary with build information that we can read";
    Problem::new("no-packages-found", message)
}
