//! Which advisories say that a package is affected.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};

use farguard_model::{Package, PackageType, Problem};

use super::{
    affected::{Verdict, evaluate},
    coverage::Coverage,
    distro::Names,
};
use crate::{
    advisories::{AdvisorySource, Affected, LookupError, ecosystem, record::Detail},
    version::VersionOrder,
};

/// An advisory that says that a package is affected.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) advisory: Rc<Detail>,
    /// The versions of the package that it concerns.
    pub(super) affected: Rc<[Affected]>,
    pub(super) verdict: Verdict,
    pub(super) order: VersionOrder,
    ecosystem: Arc<str>,
    distribution: bool,
    /// The name that the advisory uses and the version that was compared.
    pub(super) name: String,
    pub(super) version: String,
}

impl Hit {
    /// Whether the distribution that built the package says so.
    pub(super) fn is_distribution(&self) -> bool {
        self.distribution
    }

    /// What the publisher calls the severity for this package; empty when nothing.
    pub(super) fn rating(&self) -> &str {
        let mut ratings = self.entries().map(|entry| entry.rating.as_str());
        ratings.find(|rating| !rating.is_empty()).unwrap_or(&self.advisory.rating)
    }

    /// Who gives that rating: `debian`, `amazon`, `ghsa`.
    pub(super) fn rated_by(&self) -> String {
        let family = if self.distribution {
            self.ecosystem.split(':').next().unwrap_or_default().trim_end_matches(" Linux")
        } else {
            self.advisory.id.split('-').next().unwrap_or_default()
        };
        family.to_lowercase().replace(' ', "-")
    }

    /// CVSS vectors: those for this package before those for all.
    pub(super) fn vectors(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.entries().flat_map(|entry| &entry.severity);
        own.chain(&self.advisory.severity).map(|(kind, vector)| (kind.as_str(), vector.as_str()))
    }

    /// What the publisher says of the fix; empty when nothing.
    pub(super) fn fix_state(&self) -> &str {
        let mut states = self.entries().map(|entry| entry.fix_state.as_str());
        states.find(|state| !state.is_empty()).unwrap_or_default()
    }

    fn entries(&self) -> impl Iterator<Item = &Affected> {
        self.verdict.entries.iter().filter_map(|index| self.affected.get(*index))
    }
}

/// The advisories that name a package, shared by all packages of that name: place of the detail
/// and versions.
type Candidates = Rc<[(u64, Rc<[Affected]>)]>;

/// A question to the advisory source.
struct Query<'a> {
    ecosystem: Arc<str>,
    name: &'a str,
    version: &'a str,
    order: VersionOrder,
}

/// Asks the source, each question once.
pub(super) struct Collector<'a> {
    source: &'a dyn AdvisorySource,
    coverage: &'a Coverage<'a>,
    answers: HashMap<(Arc<str>, String), Candidates>,
    details: HashMap<u64, Rc<Detail>>,
    bad_advisories: BTreeMap<(String, String, &'static str), Problem>,
    unparsable: Option<Problem>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(source: &'a dyn AdvisorySource, coverage: &'a Coverage<'a>) -> Self {
        Self {
            source,
            coverage,
            answers: HashMap::new(),
            details: HashMap::new(),
            bad_advisories: BTreeMap::new(),
            unparsable: None,
        }
    }

    /// The records that say that `package` is affected, each once.
    pub(super) fn hits(&mut self, package: &Package) -> Result<Vec<Hit>, LookupError> {
        let mut hits = Vec::new();
        let mut seen = HashSet::new();
        let mut not_compared = 0usize;
        for query in queries(package, self.coverage) {
            let candidates = self.ask(&query)?;
            for (place, affected) in candidates.iter() {
                let verdict = evaluate(affected, query.version, query.order);
                not_compared += usize::from(verdict.unparsable_version);
                if !verdict.is_affected() && verdict.bad_versions.is_empty() {
                    continue;
                }
                let advisory = self.detail(*place)?;
                self.note_bad_versions(&advisory.id, &query, &verdict);
                if verdict.is_affected() && seen.insert(advisory.id.clone()) {
                    hits.push(Hit {
                        advisory,
                        affected: Rc::clone(affected),
                        verdict,
                        order: query.order,
                        distribution: package.kind.is_os(),
                        ecosystem: Arc::clone(&query.ecosystem),
                        name: query.name.to_owned(),
                        version: query.version.to_owned(),
                    });
                }
            }
        }
        if not_compared > 0 {
            self.note_unparsable(package, not_compared);
        }
        Ok(hits)
    }

    /// What could not be compared of the package that was asked for last.
    pub(super) fn take_unparsable(&mut self) -> Option<Problem> {
        self.unparsable.take()
    }

    /// What is wrong with the advisories that were asked for.
    pub(super) fn into_remarks(self) -> Vec<Problem> {
        self.bad_advisories.into_values().collect()
    }

    fn ask(&mut self, query: &Query<'_>) -> Result<Candidates, LookupError> {
        let name = ecosystem::normalize_name(&query.ecosystem, query.name).into_owned();
        let key = (Arc::clone(&query.ecosystem), name);
        if let Some(known) = self.answers.get(&key) {
            return Ok(Rc::clone(known));
        }
        let found = self.source.candidates(&key.0, &key.1)?;
        let found: Candidates = found.into_iter().map(|c| (c.detail, c.affected.into())).collect();
        self.answers.insert(key, Rc::clone(&found));
        Ok(found)
    }

    fn detail(&mut self, place: u64) -> Result<Rc<Detail>, LookupError> {
        if let Some(known) = self.details.get(&place) {
            return Ok(Rc::clone(known));
        }
        let detail = Rc::new(self.source.detail(place)?);
        self.details.insert(place, Rc::clone(&detail));
        Ok(detail)
    }

    fn note_bad_versions(&mut self, advisory: &str, query: &Query<'_>, verdict: &Verdict) {
        let Some(version) = verdict.bad_versions.first() else { return };
        let key = (advisory.to_owned(), query.name.to_owned(), query.order.scheme());
        self.bad_advisories.entry(key).or_insert_with(|| {
            let message = format!(
                "advisory `{advisory}` gives `{version}` as a version of `{}`, which is not a {} version: \
                 that range was left out",
                query.name,
                query.order.scheme()
            );
            Problem::new("unparsable-advisory", message)
        });
    }

    fn note_unparsable(&mut self, package: &Package, count: usize) {
        let advisories = if count == 1 { "1 advisory" } else { &format!("{count} advisories") };
        let message = format!(
            "the version `{}` of `{}` is not a {} version: {advisories} could not be compared \
             with it",
            package.version,
            package.name,
            VersionOrder::of(package.kind).scheme()
        );
        let mut problem = Problem::new("unparsable-version", message).at(&package.path);
        problem.layer = package.layer;
        self.unparsable = Some(problem);
    }
}

/// Where, and under which names, advisories for a package are looked up.
fn queries<'p>(package: &'p Package, coverage: &Coverage<'_>) -> Vec<Query<'p>> {
    let order = VersionOrder::of(package.kind);
    let ask = |ecosystem: &Arc<str>, name: &'p str, version: &'p str| Query {
        ecosystem: Arc::clone(ecosystem),
        name,
        version,
        order,
    };
    if !package.kind.is_os() {
        let version = upstream_version(package);
        let ecosystems = coverage.language(package.kind);
        return ecosystems.map(|ecosystem| ask(ecosystem, &package.name, version)).collect();
    }
    let binary = (package.name.as_str(), package.version.as_str());
    let source = package.source.as_ref().map_or(binary, |s| (&s.name, &s.version));
    let mut names = match coverage.names() {
        Names::Source => vec![source],
        Names::Binary => vec![binary],
        Names::Both => vec![binary, source],
    };
    names.dedup();
    let mut queries = Vec::new();
    for ecosystem in coverage.distribution() {
        // A package that comes from Ubuntu Pro is compared with what Pro fixes, and only with it:
        // the free archive never sees those fixes.
        if package.version.contains("esm") && is_ubuntu(ecosystem) && !ecosystem.contains(":Pro:") {
            continue;
        }
        queries.extend(names.iter().map(|(name, version)| ask(ecosystem, name, version)));
    }
    queries
}

fn is_ubuntu(ecosystem: &str) -> bool {
    ecosystem.starts_with("Ubuntu:")
}

/// The version without what only the packager counts: Bitnami appends `-REVISION`, which Semantic
/// Versioning would take for a pre-release.
fn upstream_version(package: &Package) -> &str {
    match package.version.rsplit_once('-') {
        Some((version, revision))
            if package.kind == PackageType::Bitnami
                && !revision.is_empty()
                && revision.bytes().all(|b| b.is_ascii_digit()) =>
        {
            version
        }
        _ => &package.version,
    }
}
