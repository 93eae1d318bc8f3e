//! What the advisories at hand can answer, so that silence is never taken for health.

use std::{collections::BTreeMap, sync::Arc};

use farguard_model::{Os, PackageType, Problem};
use jiff::{Timestamp, tz::TimeZone};

use super::distro::{Distro, Names};
use crate::advisories::AdvisorySource;

/// The ecosystems to ask for the packages of one target.
#[derive(Debug)]
pub(super) struct Coverage<'a> {
    distro: Option<&'a Distro>,
    distribution: Vec<Arc<str>>,
    language: BTreeMap<PackageType, Arc<str>>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Coverage<'a> {
    /// Looks at which kinds of packages there are, one for each package, and at what `source`
    /// knows of them.
    pub(super) fn new(
        kinds: impl Iterator<Item = PackageType>,
        os: Option<&Os>,
        distro: Option<&'a Distro>,
        source: &dyn AdvisorySource,
        now: Timestamp,
    ) -> Self {
        let mut coverage =
            Self { distro, distribution: Vec::new(), language: BTreeMap::new(), problems: vec![] };
        let mut counts: BTreeMap<PackageType, usize> = BTreeMap::new();
        for kind in kinds {
            *counts.entry(kind).or_default() += 1;
        }
        let os_packages = counts.iter().filter(|(kind, _)| kind.is_os()).map(|(_, n)| n).sum();
        if os_packages > 0 {
            coverage.cover_distribution(os, source, os_packages, now);
        }
        for (kind, count) in counts {
            if let Some(ecosystem) = ecosystem(kind) {
                coverage.cover_language(kind, ecosystem, source, count);
            }
        }
        coverage
    }

    /// Keys of the ecosystems with the distribution's advisories.
    pub(super) fn distribution(&self) -> &[Arc<str>] {
        &self.distribution
    }

    /// The key of the ecosystem of a language's packages, if its advisories are at hand.
    pub(super) fn language(&self, kind: PackageType) -> impl Iterator<Item = &Arc<str>> {
        self.language.get(&kind).into_iter()
    }

    /// Which packages the distribution's advisories name.
    pub(super) fn names(&self) -> Names {
        self.distro.map_or(Names::Both, |distro| distro.names)
    }

    /// The page on which the distribution explains a CVE.
    pub(super) fn page(&self, cve: &str) -> Option<String> {
        self.distro?.page(cve)
    }

    fn cover_distribution(
        &mut self,
        os: Option<&Os>,
        source: &dyn AdvisorySource,
        packages: usize,
        now: Timestamp,
    ) {
        let no_advisories = |why: String| {
            let packages = plural(packages, "package");
            let message = format!("{why}: {packages} of the distribution were not checked");
            Problem::new("no-advisories-for-distribution", message)
        };
        let Some(os) = os else {
            let why = "no `os-release` says which distribution this is".to_owned();
            self.problems.push(no_advisories(why));
            return;
        };
        let release = release_name(os);
        let Some(distro) = self.distro else {
            self.problems.push(no_advisories(format!("`{release}` is not a known distribution")));
            return;
        };
        let ecosystems = distro.ecosystems(os);
        self.distribution = ecosystems
            .iter()
            .filter(|ecosystem| source.knows(ecosystem))
            .map(|ecosystem| Arc::from(ecosystem.as_str()))
            .collect();
        if ecosystems.is_empty() {
            self.problems
                .push(no_advisories(format!("nobody publishes advisories for `{release}`")));
        } else if self.distribution.is_empty() {
            let why = format!("the advisory database has nothing on `{release}`");
            self.problems.push(no_advisories(why));
        }
        self.check_support(distro, os, &release, now);
    }

    fn check_support(&mut self, distro: &Distro, os: &Os, release: &str, now: Timestamp) {
        let today = now.to_zoned(TimeZone::UTC).date();
        if let Some(end) = distro.end_of_support(os).filter(|end| *end < today) {
            let message = format!(
                "{} has published no advisories for `{release}` since its support ended on {end}: \
                 newer vulnerabilities are not known",
                distro.name
            );
            self.problems.push(Problem::new("distribution-end-of-support", message));
        }
    }

    fn cover_language(
        &mut self,
        kind: PackageType,
        ecosystem: &str,
        source: &dyn AdvisorySource,
        packages: usize,
    ) {
        if source.knows(ecosystem) {
            self.language.insert(kind, Arc::from(ecosystem));
            return;
        }
        let packages = plural(packages, "package");
        let message =
            format!("the advisory database has nothing on `{ecosystem}`: {packages} not checked");
        self.problems.push(Problem::new("no-advisories-for-ecosystem", message));
    }
}

fn release_name(os: &Os) -> String {
    match os.pretty_name.as_str() {
        "" => os.purl_distro(),
        name => name.to_owned(),
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The OSV ecosystem of a language's packages; `None` for those of distributions.
const fn ecosystem(kind: PackageType) -> Option<&'static str> {
    match kind {
        PackageType::Bitnami => Some("Bitnami"),
        PackageType::Cargo => Some("crates.io"),
        PackageType::Composer => Some("Packagist"),
        PackageType::Gem => Some("RubyGems"),
        PackageType::Golang => Some("Go"),
        PackageType::Maven => Some("Maven"),
        PackageType::Npm => Some("npm"),
        PackageType::Nuget => Some("NuGet"),
        PackageType::Pypi => Some("PyPI"),
        PackageType::Apk | PackageType::Deb | PackageType::Rpm => None,
    }
}
