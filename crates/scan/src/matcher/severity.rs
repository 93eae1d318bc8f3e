//! Who is believed about how bad it is.
//!
//! 1. The distribution that built the package: it knows how it was compiled and what is reachable.
//! 2. CVSS, the newest specification first.
//! 3. The word of the database (GitHub's `HIGH`).

use farguard_model::{Cvss, Severity};

use super::{collect::Hit, cvss};

/// A severity and who said so.
#[derive(Debug, Default)]
pub(super) struct Rating {
    pub(super) severity: Severity,
    /// Empty when nobody did.
    pub(super) source: String,
    /// All vectors, newest specification first, the worse first within one.
    pub(super) cvss: Vec<Cvss>,
}

/// Rates one vulnerability of one package from all records that matched.
pub(super) fn rate(hits: &[&Hit]) -> Rating {
    let cvss = vectors(hits);
    let word = |hit: &Hit| Some((hit.rating().parse::<Severity>().ok()?, hit.rated_by()));
    let words = |distribution: bool| {
        hits.iter()
            .filter(|hit| hit.is_distribution() == distribution)
            .filter_map(|hit| word(hit))
            .filter(|(severity, _)| *severity != Severity::Unknown)
            .max()
    };
    let scored = || {
        let best = cvss.first()?;
        Some((severity_of(best), format!("cvss-v{}", best.version)))
    };
    let (severity, source) =
        words(true).or_else(scored).or_else(|| words(false)).unwrap_or_default();
    Rating { severity, source, cvss }
}

/// CVSS 2.0 ends at "high"; later versions add "critical".
fn severity_of(cvss: &Cvss) -> Severity {
    let severity = Severity::from_cvss_score(cvss.score);
    if cvss.version == "2.0" { severity.min(Severity::High) } else { severity }
}

fn vectors(hits: &[&Hit]) -> Vec<Cvss> {
    let mut all: Vec<Cvss> =
        hits.iter().flat_map(|hit| hit.vectors()).filter_map(|(k, v)| cvss::score(k, v)).collect();
    all.sort_by(|a, b| {
        b.version
            .cmp(&a.version)
            .then_with(|| b.score.total_cmp(&a.score))
            .then_with(|| a.vector.cmp(&b.vector))
    });
    all.dedup();
    all
}
