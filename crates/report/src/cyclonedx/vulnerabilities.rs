//! Findings as CycloneDX vulnerabilities: one for each id and verdict, with all packages it affects.

use std::collections::{HashMap, HashSet};

use farguard_model::{self as model, Cvss, Finding, ScanReport, Severity, Suppression};

use super::bom::{
    self, Advisory, Affected, AffectedVersion, Analysis, Property, Rating, RatingSource, Reference,
    Source, Vulnerability,
};
use crate::links;

/// The vulnerabilities of a report; `None` when it was not matched against advisories.
pub(super) fn of<'a>(report: &'a ScanReport, refs: &'a [String]) -> Option<Vec<Vulnerability<'a>>> {
    report.database.as_ref()?;
    let mut list: Vec<Builder<'a>> = Vec::new();
    let mut by_verdict = HashMap::new();
    for finding in &report.findings {
        let Some(detail) = finding.vulnerability() else { continue };
        let suppression = finding.suppression.as_ref();
        let verdict = suppression.map(|s| (s.reason.as_str(), s.source.as_str()));
        let at = *by_verdict.entry((finding.id.as_str(), verdict)).or_insert(list.len());
        if at == list.len() {
            list.push(Builder::new(finding, detail));
        }
        if let Some(builder) = list.get_mut(at) {
            builder.add((finding, detail), report, refs);
        }
    }
    Some(list.into_iter().map(|builder| builder.entry).collect())
}

struct Builder<'a> {
    entry: Vulnerability<'a>,
    affected: HashSet<usize>,
    remediations: HashSet<&'a str>,
}

impl<'a> Builder<'a> {
    fn new(finding: &'a Finding, detail: &'a model::Vulnerability) -> Self {
        let entry = Vulnerability {
            // The fingerprint keeps verdicts on the same id apart.
            bom_ref: format!("vulnerability:{}:{}", finding.id, finding.fingerprint),
            id: &finding.id,
            source: source(&finding.id),
            references: detail
                .aliases
                .iter()
                .map(|alias| Reference { id: alias, source: source(alias) })
                .collect(),
            ratings: Vec::new(),
            description: &finding.title,
            recommendation: None,
            advisories: detail
                .references
                .iter()
                .filter_map(|url| links::web(url))
                .map(|url| Advisory { url })
                .collect(),
            published: detail.published.as_deref().filter(|time| is_time(time)),
            updated: detail.modified.as_deref().filter(|time| is_time(time)),
            analysis: finding.suppression.as_ref().map(analysis),
            affects: Vec::new(),
            properties: properties(finding, detail),
        };
        Self { entry, affected: HashSet::new(), remediations: HashSet::new() }
    }

    fn add(
        &mut self,
        (finding, detail): (&'a Finding, &'a model::Vulnerability),
        report: &'a ScanReport,
        refs: &'a [String],
    ) {
        for rating in ratings(finding, detail) {
            if !self.entry.ratings.contains(&rating) {
                self.entry.ratings.push(rating);
            }
        }
        if let Some(remediation) = finding.remediation.as_deref()
            && self.remediations.insert(remediation)
        {
            let text = self.entry.recommendation.get_or_insert_default();
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(remediation);
        }
        let package = report.packages.get(detail.package).zip(refs.get(detail.package));
        let Some((package, of)) = package.filter(|_| self.affected.insert(detail.package)) else {
            return;
        };
        let version =
            AffectedVersion { version: bom::version(&package.version), status: "affected" };
        let versions = if package.version.is_empty() { Vec::new() } else { vec![version] };
        self.entry.affects.push(Affected { of, versions });
    }
}

fn source(id: &str) -> Source {
    let (name, url) = links::source(id);
    Source { name: name.to_owned(), url: Some(url) }
}

fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

/// The severity that we report, with who rated it, then each CVSS vector.
fn ratings<'a>(finding: &Finding, detail: &'a model::Vulnerability) -> Vec<Rating<'a>> {
    let rated_by = detail.severity_source.as_str();
    let ours = Rating {
        source: (!rated_by.is_empty()).then_some(RatingSource { name: rated_by }),
        score: None,
        severity: severity(finding.severity),
        method: Some("other"),
        vector: "",
    };
    let cvss = detail.cvss.iter().map(|cvss| Rating {
        source: None,
        score: Some(cvss.score),
        severity: severity(Severity::from_cvss_score(cvss.score)),
        method: Some(method(cvss)),
        vector: &cvss.vector,
    });
    std::iter::once(ours).chain(cvss).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Negligible => "info",
        Severity::Unknown => "unknown",
    }
}

fn method(cvss: &Cvss) -> &'static str {
    match cvss.version.as_str() {
        "2.0" => "CVSSv2",
        "3.0" => "CVSSv3",
        "3.1" => "CVSSv31",
        "4.0" => "CVSSv4",
        _ => "other",
    }
}

/// What a suppression says in CycloneDX terms. A state is claimed only for the words that OpenVEX
/// defines: a person's sentence may as well mean "accepted for now".
fn analysis(suppression: &Suppression) -> Analysis<'_> {
    let (state, justification) = match suppression.reason.as_str() {
        "component_not_present" | "vulnerable_code_not_present" => {
            (Some("not_affected"), Some("code_not_present"))
        }
        "vulnerable_code_not_in_execute_path" => (Some("not_affected"), Some("code_not_reachable")),
        "inline_mitigations_already_exist" => {
            (Some("not_affected"), Some("protected_by_mitigating_control"))
        }
        "vulnerable_code_cannot_be_controlled_by_adversary" => (Some("not_affected"), None),
        _ => (None, None),
    };
    Analysis { state, justification, detail: &suppression.reason }
}

fn properties(finding: &Finding, detail: &model::Vulnerability) -> Vec<Property> {
    let mut properties = Vec::new();
    if let Some(kev) = &detail.kev {
        properties.push(Property::new("farguard:kev:date-added", &kev.date_added));
        properties.push(Property::new("farguard:kev:due-date", &kev.due_date));
        properties.push(Property::new("farguard:kev:ransomware", &kev.ransomware));
    }
    if let Some(epss) = &detail.epss {
        properties.push(Property::new("farguard:epss:score", &epss.score));
        properties.push(Property::new("farguard:epss:percentile", &epss.percentile));
    }
    if let Some(suppression) = &finding.suppression {
        properties.push(Property::new("farguard:suppressed-by", &suppression.source));
    }
    properties
}
