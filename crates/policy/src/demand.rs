//! What a policy demands of a target as a whole.

mod image;
mod license;
mod package;

use std::cell::OnceCell;

use farguard_model::{
    Detail, Finding, Location, Os, Outcome, Package, ScanReport, Severity, Subject, Violation,
    fingerprint,
};

use crate::{
    glob::{Patterns, shown},
    policy::Rule,
    target::Target,
};

/// One demand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Demand {
    Packages(List),
    Licenses {
        list: List,
        unknown: Outcome,
    },
    BaseImages(List),
    Registries(List),
    /// Names of labels, with what their values have to fit.
    Labels(Vec<(String, Patterns)>),
    /// Bytes.
    MaximumSize(u64),
    MaximumAgeDays(u32),
    Signature {
        signer: Option<Patterns>,
        issuer: Option<Patterns>,
    },
}

/// What may be there, or what may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum List {
    Allowed(Patterns),
    Forbidden(Patterns),
}

/// A demand that is not met.
#[derive(Debug, Default)]
pub(crate) struct Unmet {
    /// Kebab-case, names the bad thing.
    id: &'static str,
    title: String,
    evidence: String,
    remediation: String,
    /// The package that it is about, by index; the target itself without one.
    package: Option<usize>,
    /// What makes it another one than others with the same id and subject.
    key: String,
    /// What follows from it, where that is not what the rule says.
    outcome: Option<Outcome>,
}

/// Packages of a report with their purls, made when a pattern first asks for them.
pub(crate) struct Inventory<'r> {
    packages: &'r [Package],
    purls: OnceCell<Vec<String>>,
    os: Option<&'r Os>,
}

impl<'r> Inventory<'r> {
    pub(crate) fn new(report: &'r ScanReport) -> Self {
        let purls = OnceCell::new();
        Self { packages: &report.packages, purls, os: report.os.as_ref() }
    }

    fn purl(&self, index: usize) -> &str {
        let all = || self.packages.iter().map(|package| package.purl(self.os)).collect();
        self.purls.get_or_init(all).get(index).map_or("", String::as_str)
    }

    /// Whether a package fits by name or purl.
    fn fits(&self, index: usize, package: &Package, patterns: &Patterns) -> bool {
        patterns.matches(&package.name)
            || (patterns.may_begin_with("pkg:") && patterns.matches(self.purl(index)))
    }
}

impl Demand {
    /// Whether it means nothing for what is no image.
    pub(crate) const fn is_about_images(&self) -> bool {
        !matches!(self, Self::Packages(_) | Self::Licenses { .. })
    }

    /// Everything about the target that does not meet it.
    pub(crate) fn unmet(&self, target: &Target<'_>, inventory: &Inventory<'_>) -> Vec<Unmet> {
        if self.is_about_images() && !target.is_image() {
            return Vec::new();
        }
        match self {
            Self::Packages(list) => package::unmet(list, inventory),
            Self::Licenses { list, unknown } => license::unmet(list, *unknown, inventory),
            Self::BaseImages(list) => image::base(list, target).into_iter().collect(),
            Self::Registries(list) => image::registry(list, target).into_iter().collect(),
            Self::Labels(labels) => image::labels(labels, target),
            Self::MaximumSize(bytes) => image::size(*bytes, target).into_iter().collect(),
            Self::MaximumAgeDays(days) => image::age(*days, target).into_iter().collect(),
            Self::Signature { signer, issuer } => {
                let fits = |patterns: &Option<Patterns>, text: Option<&str>| {
                    let patterns = patterns.as_ref();
                    patterns.is_none_or(|patterns| text.is_some_and(|text| patterns.matches(text)))
                };
                image::signature(target, |signature| {
                    fits(signer, Some(&signature.signer))
                        && fits(issuer, signature.issuer.as_deref())
                })
                .into_iter()
                .collect()
            }
        }
    }
}

impl Unmet {
    /// What follows from it under that rule.
    pub(crate) fn outcome(&self, rule: &Rule) -> Outcome {
        self.outcome.unwrap_or(rule.outcome)
    }

    /// The finding that says so.
    pub(crate) fn into_finding(
        self,
        target: &Target<'_>,
        inventory: &Inventory<'_>,
        policy: &str,
        rule: &Rule,
    ) -> Finding {
        let package = self.package.and_then(|index| Some((index, inventory.packages.get(index)?)));
        let (subject, identity) = match package {
            Some((index, package)) => {
                let id = inventory.purl(index).to_owned();
                (Subject { id, name: package.name.clone() }, package.name.clone())
            }
            None => {
                let name = target.report.target.name.clone();
                let id = target.image.without_tag();
                (Subject { id: id.clone(), name }, id)
            }
        };
        let severity = match self.outcome(rule) {
            Outcome::Fail => Severity::High,
            Outcome::Warn => Severity::Medium,
            Outcome::Pass => Severity::Low,
        };
        let fingerprint = fingerprint(&["violation", self.id, &identity, &self.key]);
        let violation = Violation { policy: policy.to_owned(), rule: rule.id.clone() };
        let detail = Detail::Violation(violation);
        let mut finding = Finding::new(self.id, severity, subject, fingerprint, detail);
        finding.title = self.title;
        finding.evidence = self.evidence;
        finding.remediation = Some(self.remediation).filter(|text| !text.is_empty());
        finding.owner.clone_from(&target.report.owner);
        finding.location = package.map(|(_, package)| Location {
            path: package.path.clone(),
            layer: package.layer,
            line: None,
            column: None,
        });
        finding
    }
}

/// `a`, `b` and 3 more.
fn some_of<'t>(names: impl Iterator<Item = &'t str>) -> String {
    shown(&names.map(str::to_owned).collect::<Vec<_>>())
}
