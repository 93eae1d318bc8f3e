//! One vulnerability of one package -> the finding that people read.

use std::collections::HashMap;

use farguard_model::{
    Detail, Epss, Finding, Fix, Kev, Location, Os, Package, Severity, Subject, Vulnerability,
};

use super::{
    affected::{add_fix, evaluate},
    collect::Hit,
    coverage::Coverage,
    identity,
    merge::Group,
    rank::risk,
    severity::rate,
};
use crate::{
    advisories::{AdvisorySource, LookupError},
    version::VersionOrder,
};

/// Most web pages named in one finding.
const MAX_REFERENCES: usize = 10;

/// Builds findings, looking up each CVE once.
pub(super) struct Builder<'a> {
    source: &'a dyn AdvisorySource,
    coverage: &'a Coverage<'a>,
    os: Option<&'a Os>,
    known: HashMap<String, (Option<Kev>, Option<Epss>)>,
}

/// A package and its names, worked out once for all its findings.
pub(super) struct Target<'a> {
    index: usize,
    package: &'a Package,
    purl: String,
}

impl<'a> Target<'a> {
    pub(super) fn new(index: usize, package: &'a Package, os: Option<&Os>) -> Self {
        Self { index, package, purl: package.purl(os) }
    }
}

/// Where a package can be seen.
pub(super) fn place(path: &str, layer: Option<u32>) -> Option<Location> {
    let at = || Location { path: path.to_owned(), layer, line: None, column: None };
    (!path.is_empty()).then(at)
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        source: &'a dyn AdvisorySource,
        coverage: &'a Coverage<'a>,
        os: Option<&'a Os>,
    ) -> Self {
        Self { source, coverage, os, known: HashMap::new() }
    }

    pub(super) fn build(
        &mut self,
        target: &Target<'_>,
        group: Group<'_>,
    ) -> Result<Finding, LookupError> {
        let (kev, epss) = self.exploitation(&group)?;
        let package = target.package;
        let rating = rate(&group.hits);
        let fix = fix(&group.hits, rating.severity);
        let references = self.references(&group, package);
        let times = |of: fn(&Hit) -> &str| {
            // Some databases write the zero of their language for "unknown".
            let known = group.hits.iter().map(move |hit| of(hit));
            known.filter(|time| !time.is_empty() && !time.starts_with("0001-"))
        };
        let published = times(|hit| &hit.advisory.published).min().map(str::to_owned);
        let modified = times(|hit| &hit.advisory.modified).max().map(str::to_owned);
        let advisories = group.hits.iter().map(|hit| hit.advisory.id.clone()).collect();
        Ok(Finding {
            title: title(&group, package),
            severity: rating.severity,
            subject: Subject { id: target.purl.clone(), name: package.name.clone() },
            evidence: evidence(&group.hits, package, &fix),
            location: place(&package.path, package.layer),
            remediation: remediation(&group.hits, package, &fix, self.os),
            controls: Vec::new(),
            docs: references.first().cloned(),
            fingerprint: identity::vulnerability(&group.id, package, self.os),
            suppression: None,
            owner: None,
            origin: None,
            decision: None,
            detail: Detail::Vulnerability(Box::new(Vulnerability {
                package: target.index,
                aliases: group.aliases,
                advisories,
                severity_source: rating.source,
                cvss: rating.cvss,
                risk: risk(rating.severity, epss.as_ref(), kev.as_ref(), &fix),
                fix,
                kev,
                epss,
                published,
                modified,
                references,
            })),
            id: group.id,
        })
    }

    /// The worst that is known of any of its CVEs.
    fn exploitation(
        &mut self,
        group: &Group<'_>,
    ) -> Result<(Option<Kev>, Option<Epss>), LookupError> {
        let mut worst: (Option<Kev>, Option<Epss>) = (None, None);
        let names = group.aliases.iter().chain([&group.id]);
        for cve in names.filter(|name| name.starts_with("CVE-")) {
            if !self.known.contains_key(cve) {
                let facts = (self.source.kev(cve)?, self.source.epss(cve)?);
                self.known.insert(cve.clone(), facts);
            }
            let Some((kev, epss)) = self.known.get(cve) else { continue };
            if worst.0.as_ref().is_none_or(|known| !known.ransomware) {
                worst.0 = kev.clone().or(worst.0);
            }
            let score = |epss: &Option<Epss>| epss.map_or(-1.0, |epss| epss.score);
            if score(epss) > score(&worst.1) {
                worst.1 = *epss;
            }
        }
        Ok(worst)
    }

    /// Web pages, the best first: the distribution's own, then those of the records.
    fn references(&self, group: &Group<'_>, package: &Package) -> Vec<String> {
        let mut pages: Vec<String> = Vec::new();
        if package.kind.is_os() && group.id.starts_with("CVE-") {
            pages.extend(self.coverage.page(&group.id));
        }
        let names = group.aliases.iter().chain([&group.id]);
        pages.extend(
            names
                .filter(|n| n.starts_with("GHSA-"))
                .map(|id| format!("https://github.com/advisories/{id}")),
        );
        pages.extend(group.hits.iter().flat_map(|hit| &hit.advisory.references).cloned());
        pages.push(if group.id.starts_with("CVE-") {
            format!("https://nvd.nist.gov/vuln/detail/{}", group.id)
        } else {
            format!("https://osv.dev/vulnerability/{}", group.id)
        });
        let mut seen = std::collections::HashSet::new();
        pages.retain(|page| seen.insert(page.clone()));
        pages.truncate(MAX_REFERENCES);
        pages
    }
}

/// What the records together say of a fix: a version that all of them call fixed. Where there is
/// no such version (one of them knows of no fix), what any of them calls fixed.
fn fix(hits: &[&Hit], severity: Severity) -> Fix {
    let mut versions = Vec::new();
    for hit in hits {
        hit.verdict.fixes.iter().for_each(|fix| add_fix(&mut versions, fix, hit.order));
    }
    let fixes_all = |version: &String| {
        hits.iter().all(|hit| !evaluate(&hit.affected, version, hit.order).is_affected())
    };
    let agreed: Vec<String> = versions.iter().filter(|v| fixes_all(v)).cloned().collect();
    let versions = if agreed.is_empty() { versions } else { agreed };
    if !versions.is_empty() {
        return Fix::Fixed { versions };
    }
    let refused = hits.iter().any(|hit| !hit.fix_state().is_empty());
    let negligible = severity == Severity::Negligible && hits.iter().any(|h| h.is_distribution());
    if refused || negligible { Fix::WontFix } else { Fix::NotFixed }
}

/// The summary of the record that is about this vulnerability only, if one is.
fn title(group: &Group<'_>, package: &Package) -> String {
    let with_summary = || group.hits.iter().filter(|hit| !hit.advisory.summary.is_empty());
    let own = with_summary().find(|hit| hit.advisory.upstream.len() <= 1);
    match own.or_else(|| with_summary().next()) {
        Some(hit) => hit.advisory.summary.clone(),
        None => format!("{} in {}", group.id, package.name),
    }
}

/// The comparison that makes it a finding.
fn evidence(hits: &[&Hit], package: &Package, fix: &Fix) -> String {
    let fixing = fix.version().and_then(|version| {
        Some((version, hits.iter().find(|hit| hit.verdict.fixes.iter().any(|f| f == version))?))
    });
    if let Some((version, hit)) = fixing {
        return format!(
            "{} is older than {version}, where {} fixes it",
            compared(hit, package),
            hit.advisory.id
        );
    }
    let Some(hit) = hits.first() else { return String::new() };
    let (subject, id) = (compared(hit, package), &hit.advisory.id);
    match &hit.verdict.last_affected {
        Some(last) => format!("{subject} is not newer than {last}, the last version in {id}"),
        None => format!("{subject} is affected after {id}, which knows of no fix"),
    }
}

/// The name and version that were compared.
fn compared(hit: &Hit, package: &Package) -> String {
    if hit.name == package.name {
        return format!("`{}` {}", hit.name, hit.version);
    }
    format!("`{}` {} (the source of `{}`)", hit.name, hit.version, package.name)
}

fn remediation(hits: &[&Hit], package: &Package, fix: &Fix, os: Option<&Os>) -> Option<String> {
    let name = &package.name;
    match fix {
        Fix::Fixed { versions } => {
            let version = versions.first()?;
            let hit = hits.iter().find(|hit| hit.verdict.fixes.contains(version))?;
            // The versions of a binary package and its source mostly are the same.
            let upgrade = if hit.version == package.version || !package.kind.is_os() {
                format!("upgrade `{name}` to {version}")
            } else {
                format!("upgrade `{name}` to a build of `{}` {version}", hit.name)
            };
            let pro = hit.order == VersionOrder::Dpkg && version.contains("esm");
            Some(if pro { format!("{upgrade} (needs Ubuntu Pro)") } else { upgrade })
        }
        Fix::NotFixed => None,
        Fix::WontFix => {
            let who = os.map_or("the distribution", |os| os.id.as_str());
            Some(format!("remove `{name}` if nothing needs it: {who} does not plan a fix"))
        }
    }
}
