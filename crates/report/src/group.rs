//! Findings gathered by what a person does about them: one upgrade of one package.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeSet, HashMap},
};

use farguard_model::{Finding, Fix, Package, PackageType, ScanReport, Severity, Vulnerability};

use crate::{describe::objection, format::CompareVersions};

/// The findings that one upgrade deals with: packages of one source package in one layer.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The packages, in report order; empty only when a finding names no package of the report.
    pub(crate) packages: Vec<&'a Package>,
    /// Layer that brought them.
    pub(crate) layer: Option<u32>,
    /// Different vulnerabilities, most urgent first.
    pub(crate) rows: Vec<Row<'a>>,
    /// Findings behind the rows: one vulnerability of two packages is one row and two findings.
    pub(crate) findings: usize,
    /// What to do.
    pub(crate) upgrade: Upgrade<'a>,
}

/// One vulnerability of a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) vulnerability: &'a Vulnerability,
}

/// What upgrading a group can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upgrade<'a> {
    /// This version fixes everything in the group that has a fix.
    To(&'a str),
    /// Fixes come in several versions whose order is not known: see each row.
    Several,
    /// Nothing in the group has a fix.
    Unavailable,
}

impl<'a> Group<'a> {
    /// Names of the packages, each once.
    pub(crate) fn names(&self) -> Vec<&'a str> {
        let mut seen = BTreeSet::new();
        let names = self.packages.iter().map(|package| package.name.as_str());
        let names: Vec<_> = names.filter(|name| seen.insert(*name)).collect();
        if names.is_empty() {
            // The finding names a package that the report lacks: show what it says itself.
            return self
                .rows
                .first()
                .map(|row| row.finding.subject.name.as_str())
                .into_iter()
                .collect();
        }
        names
    }

    /// The installed version.
    pub(crate) fn version(&self) -> &'a str {
        self.packages.first().map_or("", |package| package.version.as_str())
    }

    /// The kind of its packages.
    pub(crate) fn kind(&self) -> Option<PackageType> {
        self.packages.first().map(|package| package.kind)
    }

    /// The source package, where it has another name than the only package.
    pub(crate) fn source_name(&self) -> Option<&'a str> {
        let source = self.packages.first()?.source.as_ref()?.name.as_str();
        (self.names() != [source]).then_some(source)
    }

    /// The files that prove the packages, each once.
    pub(crate) fn paths(&self) -> Vec<&'a str> {
        let mut seen = BTreeSet::new();
        self.packages
            .iter()
            .map(|package| package.path.as_str())
            .filter(|p| seen.insert(*p))
            .collect()
    }

    /// Number of rows of each severity, worst first, without zeros.
    pub(crate) fn by_severity(&self) -> Vec<(Severity, usize)> {
        by_severity(&self.rows)
    }

    /// Whether something in it is known to be exploited.
    pub(crate) fn exploited(&self) -> bool {
        self.rows.iter().any(|row| row.vulnerability.kev.is_some())
    }

    /// Number of rows that have a fix.
    pub(crate) fn fixable(&self) -> usize {
        self.rows.iter().filter(|row| row.vulnerability.fix.version().is_some()).count()
    }

    fn choose_upgrade(&mut self, compare: Option<CompareVersions>) {
        let kind = self.kind();
        let fixes = self.rows.iter().filter_map(|row| row.vulnerability.fix.version());
        let mut upgrade = Upgrade::Unavailable;
        for fix in fixes {
            upgrade = match upgrade {
                Upgrade::Unavailable => Upgrade::To(fix),
                Upgrade::To(best) if best == fix => Upgrade::To(best),
                Upgrade::To(best) => {
                    let order =
                        kind.zip(compare).and_then(|(kind, compare)| compare(kind, best, fix));
                    match order {
                        Some(Ordering::Less) => Upgrade::To(fix),
                        Some(_) => Upgrade::To(best),
                        None => Upgrade::Several,
                    }
                }
                Upgrade::Several => break,
            };
        }
        self.upgrade = upgrade;
    }
}

impl Row<'_> {
    /// What to say of the fix of this row alone; `None` where the upgrade of the group says it.
    pub(crate) fn fix_note(&self, upgrade: Upgrade<'_>) -> Option<String> {
        match (&self.vulnerability.fix, upgrade) {
            (Fix::Fixed { versions }, Upgrade::Several) => {
                versions.first().map(|version| format!("fixed in {version}"))
            }
            (Fix::NotFixed, Upgrade::To(_) | Upgrade::Several) => Some("no fix yet".to_owned()),
            (Fix::WontFix, _) => Some("won't be fixed".to_owned()),
            _ => None,
        }
    }
}

/// Number of rows of each severity, worst first, without zeros.
pub(crate) fn by_severity(rows: &[Row<'_>]) -> Vec<(Severity, usize)> {
    let of = |severity| rows.iter().filter(|row| row.finding.severity == severity).count();
    Severity::WORST_FIRST.into_iter().map(|s| (s, of(s))).filter(|(_, n)| *n > 0).collect()
}

/// Gathers the findings that count into groups, the one with the most urgent finding first. What a
/// policy objects to is more urgent than what it lets pass.
pub(crate) fn groups(report: &ScanReport, compare: Option<CompareVersions>) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut by_key = HashMap::new();
    let mut seen_packages = BTreeSet::new();
    let mut seen_rows = BTreeSet::new();
    for (finding, vulnerability) in report.active_vulnerabilities() {
        let package = report.packages.get(vulnerability.package);
        let at = *by_key.entry(key(finding, package)).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Group {
                packages: Vec::new(),
                layer: package.and_then(|package| package.layer),
                rows: Vec::new(),
                findings: 0,
                upgrade: Upgrade::Unavailable,
            });
        }
        let Some(group) = groups.get_mut(at) else { continue };
        group.findings += 1;
        if let Some(package) = package
            && seen_packages.insert(vulnerability.package)
        {
            group.packages.push(package);
        }
        if seen_rows.insert((at, finding.id.as_str())) {
            group.rows.push(Row { finding, vulnerability });
        }
    }
    for group in &mut groups {
        group.packages.sort();
        group.choose_upgrade(compare);
        group.rows.sort_by_key(|row| Reverse(objection(row.finding)));
    }
    groups.sort_by_key(|group| Reverse(group.rows.first().and_then(|row| objection(row.finding))));
    groups
}

type Key<'a> = (Option<PackageType>, &'a str, &'a str, Option<u32>);

fn key<'a>(finding: &'a Finding, package: Option<&'a Package>) -> Key<'a> {
    let Some(package) = package else {
        return (None, &finding.subject.id, "", None);
    };
    let (name, version) = match &package.source {
        Some(source) => (&source.name, &source.version),
        None => (&package.name, &package.version),
    };
    (Some(package.kind), name, version, package.layer)
}

#[cfg(test)]
mod tests;
