//! Many targets of one distribution, each distinct package matched once.
//!
//! Images share most of their packages. What advisories say of a package does not depend on where
//! it is installed: only its place and the [fingerprint](farguard_model::fingerprint) do, and they
//! are put in for each target.

use std::{collections::BTreeMap, sync::Arc};

use farguard_model::{Detail, Finding, Os, Package, PackageType, Problem};
use jiff::Timestamp;

use super::{MatchError, Workers, coverage::Coverage, distro::Distros, finding, identity};
use crate::advisories::AdvisorySource;

/// What the advisories say of one package, wherever it is installed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answer {
    /// Neither placed nor with a fingerprint.
    findings: Vec<Arc<Finding>>,
    /// Why its version could not be compared.
    unparsable: Option<Problem>,
    bare_purl: String,
    version: String,
}

/// What the advisories say of the packages of many targets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answers {
    by_package: BTreeMap<usize, Answer>,
    /// What is wrong with advisories: remarks, said once for all targets.
    pub(crate) remarks: Vec<Problem>,
}

impl Answers {
    /// What is known of the package of this index; `None` when it is nothing.
    #[must_use]
    pub(crate) fn of(&self, package: usize) -> Option<&Answer> {
        self.by_package.get(&package)
    }
}

impl Answer {
    /// The findings, each with its fingerprint for a package that is installed at `path`.
    pub(crate) fn findings(&self, path: &str) -> impl Iterator<Item = (String, &Arc<Finding>)> {
        self.findings.iter().map(move |found| {
            (identity::in_place(&found.id, &self.bare_purl, &self.version, path), found)
        })
    }

    /// Whether the version could not be compared with some advisory.
    pub(crate) fn is_partial(&self) -> bool {
        self.unparsable.is_some()
    }

    /// Why the version could not be compared, said of a package in a target.
    #[must_use]
    pub(crate) fn unparsable(&self, package: &Package) -> Option<Problem> {
        let mut problem = self.unparsable.clone()?.at(&package.path);
        problem.layer = package.layer;
        Some(problem)
    }
}

/// A finding of [`Answer::findings`] as one of `package`, the package of this index in its target.
#[must_use]
pub(crate) fn placed(
    found: &Finding,
    fingerprint: String,
    index: usize,
    package: &Package,
) -> Finding {
    let mut placed = found.clone();
    placed.fingerprint = fingerprint;
    placed.location = finding::place(&package.path, package.layer);
    if let Detail::Vulnerability(vulnerability) = &mut placed.detail {
        vulnerability.package = index;
    }
    placed
}

/// Matches packages that differ in more than place: what else they have (`path`, `layer`, `dev`,
/// `files`) is not looked at.
///
/// # Errors
/// When advisories cannot be read.
pub(crate) fn match_distinct(
    os: Option<&Os>,
    packages: &[Package],
    source: &dyn AdvisorySource,
    now: Timestamp,
) -> Result<Answers, MatchError> {
    let distros = Distros::load()?;
    let distro = os.and_then(|os| distros.find(os));
    let kinds = packages.iter().map(|package| package.kind);
    let coverage = Coverage::new(kinds, os, distro, source, now);
    let workers = Workers { os, packages, source, coverage: &coverage };
    let run = workers.run(workers.threads())?;

    let mut answers = Answers { by_package: BTreeMap::new(), remarks: run.remarks };
    answers.remarks.sort();
    answers.remarks.dedup();
    for found in run.findings {
        let Some(index) = found.vulnerability().map(|known| known.package) else { continue };
        answers.by_package.entry(index).or_default().findings.push(Arc::new(found));
    }
    for (index, problem) in run.unparsable {
        answers.by_package.entry(index).or_default().unparsable = Some(problem);
    }
    for (index, answer) in &mut answers.by_package {
        if let Some(package) = packages.get(*index) {
            answer.bare_purl = identity::bare_purl(package, os);
            answer.version.clone_from(&package.version);
        }
    }
    Ok(answers)
}

/// Says, for target after target, what the advisories at hand cannot answer.
pub(crate) struct Gaps<'a> {
    distros: Distros,
    source: &'a dyn AdvisorySource,
    now: Timestamp,
}

impl<'a> Gaps<'a> {
    /// For targets that are matched against `source`.
    ///
    /// # Errors
    /// When the table of distributions cannot be read.
    pub(crate) fn new(source: &'a dyn AdvisorySource, now: Timestamp) -> Result<Self, MatchError> {
        Ok(Self { distros: Distros::load()?, source, now })
    }

    /// What cannot be assessed of a target with packages of these kinds, one for each package.
    pub(crate) fn of(
        &self,
        os: Option<&Os>,
        kinds: impl Iterator<Item = PackageType>,
    ) -> Vec<Problem> {
        let distro = os.and_then(|os| self.distros.find(os));
        Coverage::new(kinds, os, distro, self.source, self.now).problems
    }
}

#[cfg(test)]
mod tests;
