//! From what a target contains to what is wrong with it.

use anyhow::Result;
use farguard_model::{Problem, ScanReport, Scanner};
use farguard_scan::{
    advisories::database::Database,
    base::{self, KnownImage},
    build_files, checks,
    inventory::Inventory,
    matcher::{
        MatchOptions,
        ignore::IgnoreRules,
        match_inventory, rank,
        suppress::{self, Ignored},
    },
    secrets,
    target::Target,
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
        let wants_database =
            scanners.contains(&Scanner::Vulnerabilities) && may_have_packages(&args.targets);
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
        let mut report = ScanReport::new(clock::now(), subject.inventory.target.clone());
        report.scanners = subject.scanners(&self.scanners);
        report.image = base::image_facts(&subject.inventory, known);
        self.find(&mut report, &subject)?;
        let Inventory { os, layers, packages, config, .. } = subject.inventory;
        (report.os, report.layers, report.packages) = (os, layers, packages);

        self.set_aside(&mut report);
        let base = report.image.as_ref().and_then(|image| image.base.as_ref());
        let history = config.map(|config| config.history).unwrap_or_default();
        base::attribute(&mut report.findings, base, &history);
        // Policies select by owner, and what they add to the findings has an owner too.
        self.owners.assign(&mut report);
        self.gate.judge(&mut report, self.terminal);
        self.owners.assign(&mut report);
        rank::sort(&mut report.findings);
        Ok(report)
    }

    /// Everything that is wrong, and everything that could not be assessed.
    fn find(&self, report: &mut ScanReport, subject: &Subject) -> Result<()> {
        let Subject { inventory, role } = subject;
        let (created, image) = (report.created, report.image.clone());
        report.problems.clone_from(&inventory.problems);
        for scanner in report.scanners.clone() {
            match scanner {
                Scanner::Vulnerabilities => {
                    let Some(database) = &self.database else { continue };
                    let matched = match_inventory(inventory, database, &self.options)?;
                    report.findings.extend(matched.findings);
                    report.problems.extend(matched.problems);
                    report.database = Some(database.info().clone());
                }
                Scanner::Secrets => report.findings.extend(secrets::findings(inventory)),
                Scanner::Checks => {
                    report.findings.extend(checks::run(inventory, image.as_ref(), created));
                    build_files::judge(report, &inventory.build_files);
                }
            }
        }
        signature::judge(report, inventory);
        role.apply(report, inventory);
        // Who only wants build files checked has no packages to miss.
        let vulnerabilities = report.scanners.contains(&Scanner::Vulnerabilities);
        let expected = vulnerabilities || inventory.build_files.is_empty();
        if expected && subject.has_packages() && inventory.packages.is_empty() {
            report.problems.push(nothing_found());
        }
        Ok(())
    }

    /// Suppresses what ignore files and the baseline say is known.
    fn set_aside(&self, report: &mut ScanReport) {
        let Ignored { problems, notes } =
            suppress::ignore(&mut report.findings, &self.ignore, report.created);
        report.problems.extend(problems);
        notes.iter().for_each(|note| self.terminal.note(note));
        self.known.suppress(report, self.terminal);
    }
}

/// Whether packages can be in any of the targets. What is wrong with a name is said when it is opened.
fn may_have_packages(targets: &[String]) -> bool {
    let has_none =
        |target: &String| matches!(Target::detect(target), Ok(Target::BuildFile(_)) | Err(_));
    !targets.iter().all(has_none)
}

/// A target without packages is more likely the wrong target than a clean one.
fn nothing_found() -> Problem {
    let message = "no package was found: there is no package database, package metadata, lock file \
                   or binary with build information that we can read";
    Problem::new("no-packages-found", message)
}
