//! Packages x advisories -> findings.
//!
//! ```text
//! package -> queries -> advisories -> verdicts -> groups -> findings -> suppressed -> ranked
//!            collect                  affected    merge     finding     suppress      rank
//! ```
//!
//! Matching is pure: no clock, no network, the same input gives the same output. What could not
//! be compared becomes a [`Problem`], never an "unaffected".

use farguard_model::{Finding, Problem, content::ContentError};
use jiff::Timestamp;

use crate::{
    advisories::{AdvisorySource, LookupError},
    inventory::Inventory,
};

pub mod affected;
mod collect;
mod coverage;
pub mod cvss;
mod distro;
mod finding;
mod glob;
mod identity;
pub mod ignore;
mod merge;
pub mod rank;
mod severity;
pub mod suppress;
pub mod vex;

#[cfg(test)]
mod tests;

/// What decides which findings count.
#[derive(Debug, Clone)]
pub struct MatchOptions {
    /// The time of the scan.
    pub now: Timestamp,
    /// Suppress findings without a fix.
    pub ignore_unfixed: bool,
    /// Count findings of packages that are needed to build or test only.
    pub include_dev: bool,
    /// Statements about what does not apply.
    pub vex: Vec<vex::VexDocument>,
}

impl MatchOptions {
    /// Options under which every finding counts.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { now, ignore_unfixed: false, include_dev: false, vex: Vec::new() }
    }
}

/// The answer of matching.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matched {
    /// Most urgent first; those that do not count come last and carry their suppression.
    pub findings: Vec<Finding>,
    /// What could not be assessed.
    pub problems: Vec<Problem>,
}

/// Matching could not be done.
#[derive(Debug, thiserror::Error)]
pub enum MatchError {
    /// The advisories cannot be read.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The table of distributions cannot be read.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// Matches every package against the advisories of `source`.
///
/// # Errors
/// When advisories cannot be read.
pub fn match_inventory(
    inventory: &Inventory,
    source: &dyn AdvisorySource,
    options: &MatchOptions,
) -> Result<Matched, MatchError> {
    let distros = distro::Distros::load()?;
    let os = inventory.os.as_ref();
    let distro = os.and_then(|os| distros.find(os));
    let coverage = coverage::Coverage::new(inventory, distro, source, options.now);
    let workers = Workers { inventory, source, coverage: &coverage };
    let (findings, mut problems) = workers.run(workers.threads())?;
    problems.extend(coverage.problems);
    problems.sort();
    problems.dedup();
    let mut matched = Matched { findings, problems };
    suppress::apply(&mut matched.findings, inventory, options);
    rank::sort(&mut matched.findings);
    Ok(matched)
}

/// Packages that are worth a thread.
const MIN_PACKAGES_PER_THREAD: usize = 128;
const MAX_THREADS: usize = 8;

/// Matches runs of packages side by side. Each package is matched on its own and the runs are put
/// together in their order, so the number of threads changes nothing but the time.
struct Workers<'a> {
    inventory: &'a Inventory,
    source: &'a dyn AdvisorySource,
    coverage: &'a coverage::Coverage<'a>,
}

impl Workers<'_> {
    fn threads(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let worth = self.inventory.packages.len() / MIN_PACKAGES_PER_THREAD;
        worth.min(processors).clamp(1, MAX_THREADS)
    }

    fn run(&self, threads: usize) -> Result<(Vec<Finding>, Vec<Problem>), LookupError> {
        let packages = self.inventory.packages.len();
        let run = packages.div_ceil(threads.max(1)).max(1);
        let starts = (0..packages).step_by(run);
        std::thread::scope(|scope| {
            let others: Vec<_> = starts
                .clone()
                .skip(1)
                .map(|start| scope.spawn(move || self.match_run(start, run)))
                .collect();
            let (mut findings, mut problems) = self.match_run(0, run)?;
            for other in others {
                let answer = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                let (more_findings, more_problems) = answer?;
                findings.extend(more_findings);
                problems.extend(more_problems);
            }
            Ok((findings, problems))
        })
    }

    /// The findings of `count` packages from number `start` on.
    fn match_run(
        &self,
        start: usize,
        count: usize,
    ) -> Result<(Vec<Finding>, Vec<Problem>), LookupError> {
        let os = self.inventory.os.as_ref();
        let mut collector = collect::Collector::new(self.source, self.coverage);
        let mut builder = finding::Builder::new(self.source, self.coverage, os);
        let mut findings = Vec::new();
        for (index, package) in self.inventory.packages.iter().enumerate().skip(start).take(count) {
            let hits = collector.hits(package)?;
            if hits.is_empty() {
                continue;
            }
            let target = finding::Target::new(index, package, os);
            for group in merge::group(&hits) {
                findings.push(builder.build(&target, group)?);
            }
        }
        Ok((findings, collector.into_problems()))
    }
}
