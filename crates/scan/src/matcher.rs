//! Packages x advisories -> findings.
//!
//! ```text
//! package -> queries -> advisories -> verdicts -> groups -> findings -> suppressed -> ranked
//!            collect                  affected    merge     finding     suppress      rank
//! ```
//!
//! Matching is pure: no clock, no network, the same input gives the same output. What could not
//! be compared becomes a [`Problem`], never an "unaffected".

use farguard_model::{Finding, Os, Package, Problem, content::ContentError};
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
pub(crate) mod glob;
mod identity;
pub mod ignore;
mod merge;
pub mod rank;
mod severity;
pub(crate) mod shared;
pub mod suppress;
pub mod vex;

#[cfg(test)]
pub(crate) mod tests;

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
    let packages = inventory.packages.as_slice();
    let kinds = packages.iter().map(|package| package.kind);
    let coverage = coverage::Coverage::new(kinds, os, distro, source, options.now);
    let workers = Workers { os, packages, source, coverage: &coverage };
    let Run { findings, unparsable, remarks } = workers.run(workers.threads())?;
    let mut problems: Vec<_> = unparsable.into_iter().map(|(_, problem)| problem).collect();
    problems.extend(remarks);
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
    os: Option<&'a Os>,
    packages: &'a [Package],
    source: &'a dyn AdvisorySource,
    coverage: &'a coverage::Coverage<'a>,
}

/// What came of a run of packages.
#[derive(Default)]
struct Run {
    findings: Vec<Finding>,
    /// Versions that could not be compared, by the index of the package.
    unparsable: Vec<(usize, Problem)>,
    /// What is wrong with advisories.
    remarks: Vec<Problem>,
}

impl Workers<'_> {
    fn threads(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let worth = self.packages.len() / MIN_PACKAGES_PER_THREAD;
        worth.min(processors).clamp(1, MAX_THREADS)
    }

    fn run(&self, threads: usize) -> Result<Run, LookupError> {
        let packages = self.packages.len();
        let run = packages.div_ceil(threads.max(1)).max(1);
        let starts = (0..packages).step_by(run);
        std::thread::scope(|scope| {
            let others: Vec<_> = starts
                .clone()
                .skip(1)
                .map(|start| scope.spawn(move || self.match_run(start, run)))
                .collect();
            let mut all = self.match_run(0, run)?;
            for other in others {
                let answer = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                let more = answer?;
                all.findings.extend(more.findings);
                all.unparsable.extend(more.unparsable);
                all.remarks.extend(more.remarks);
            }
            Ok(all)
        })
    }

    /// The findings of `count` packages from number `start` on.
    fn match_run(&self, start: usize, count: usize) -> Result<Run, LookupError> {
        let mut collector = collect::Collector::new(self.source, self.coverage);
        let mut builder = finding::Builder::new(self.source, self.coverage, self.os);
        let mut run = Run::default();
        for (index, package) in self.packages.iter().enumerate().skip(start).take(count) {
            let hits = collector.hits(package)?;
            run.unparsable.extend(collector.take_unparsable().map(|problem| (index, problem)));
            if hits.is_empty() {
                continue;
            }
            let target = finding::Target::new(index, package, self.os);
            for group in merge::group(&hits) {
                run.findings.push(builder.build(&target, group)?);
            }
        }
        run.remarks = collector.into_remarks();
        Ok(run)
    }
}
