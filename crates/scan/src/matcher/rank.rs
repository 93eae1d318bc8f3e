//! The order of findings: what is exploited first, then what is likely, bad and fixable.

use std::cmp::Ordering;

use farguard_model::{Detail, Epss, Finding, Fix, Kev, Severity};

/// EPSS when FIRST has none (a new CVE, or no CVE at all): about the mean of all scores. So a
/// critical vulnerability of today does not sink below old ones of proven harmlessness.
const EPSS_PRIOR: f64 = 0.03;

/// What CISA's catalogue adds: more than everything else together.
const KNOWN_EXPLOITED: f64 = 100.0;
const USED_BY_RANSOMWARE: f64 = 10.0;

/// The risk of one vulnerability, from 0 to 210.
///
/// `100 x severity x (0.25 + 0.75 x sqrt(EPSS)) x fix`, and 100 more when it is known to be
/// exploited, 110 when by ransomware. Severity is 1 for critical, 0.7 high, 0.4 medium, 0.15 low,
/// 0.02 negligible and 0.3 unknown; fix is 1 when there is one, 0.8 when none is known and 0.6
/// when there will be none. It grows with each of its parts. The root is there because EPSS scores
/// lie over four orders of magnitude; the quarter keeps severity deciding where EPSS is silent.
pub(super) fn risk(severity: Severity, epss: Option<&Epss>, kev: Option<&Kev>, fix: &Fix) -> f64 {
    let severity = match severity {
        Severity::Critical => 1.0,
        Severity::High => 0.7,
        Severity::Medium => 0.4,
        Severity::Unknown => 0.3,
        Severity::Low => 0.15,
        Severity::Negligible => 0.02,
    };
    let probability = epss.map_or(EPSS_PRIOR, |epss| epss.score).clamp(0.0, 1.0);
    let fix = match fix {
        Fix::Fixed { .. } => 1.0,
        Fix::NotFixed => 0.8,
        Fix::WontFix => 0.6,
    };
    let exploited = match kev {
        Some(kev) if kev.ransomware => KNOWN_EXPLOITED + USED_BY_RANSOMWARE,
        Some(_) => KNOWN_EXPLOITED,
        None => 0.0,
    };
    let risk = exploited + 100.0 * severity * (0.25 + 0.75 * probability.sqrt()) * fix;
    // Two decimals: what reports show is what sorts.
    (risk * 100.0).round() / 100.0
}

/// Who finds a secret needs no exploit.
const SECRET_IS_USED: f64 = 0.5;

/// The risk of a finding of any kind, on the scale of [`risk`].
fn urgency(finding: &Finding) -> f64 {
    let fixable = Fix::Fixed { versions: Vec::new() };
    let likely = |score| Epss { score, percentile: score };
    match &finding.detail {
        Detail::Vulnerability(vulnerability) => vulnerability.risk,
        Detail::Secret(_) => risk(finding.severity, Some(&likely(SECRET_IS_USED)), None, &fixable),
        Detail::Misconfiguration(_) | Detail::Violation(_) => {
            risk(finding.severity, None, None, &fixable)
        }
    }
}

/// Sorts findings, most urgent first, suppressed ones last, always in the same order.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(compare);
}

fn compare(a: &Finding, b: &Finding) -> Ordering {
    let path = |finding: &Finding| finding.location.as_ref().map(|l| l.path.clone());
    a.suppression
        .is_some()
        .cmp(&b.suppression.is_some())
        .then_with(|| urgency(b).total_cmp(&urgency(a)))
        .then_with(|| b.severity.cmp(&a.severity))
        .then_with(|| a.id.cmp(&b.id))
        .then_with(|| a.subject.name.cmp(&b.subject.name))
        .then_with(|| a.subject.id.cmp(&b.subject.id))
        .then_with(|| path(a).cmp(&path(b)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fixed() -> Fix {
        Fix::Fixed { versions: vec!["1".into()] }
    }

    fn epss(score: f64) -> Epss {
        Epss { score, percentile: score }
    }

    fn kev(ransomware: bool) -> Kev {
        Kev { date_added: String::new(), due_date: String::new(), ransomware }
    }

    #[test]
    fn exploited_comes_before_everything() {
        let low = risk(Severity::Negligible, Some(&epss(0.0)), Some(&kev(false)), &Fix::WontFix);
        assert!(low > risk(Severity::Critical, Some(&epss(1.0)), None, &fixed()));
    }

    #[test]
    fn a_critical_without_epss_and_with_a_fix_is_not_lost() {
        let fresh = risk(Severity::Critical, None, None, &fixed());
        assert!(fresh > risk(Severity::Critical, Some(&epss(0.0005)), None, &fixed()));
        assert!(fresh > risk(Severity::High, Some(&epss(0.02)), None, &fixed()));
        assert!(fresh > risk(Severity::Medium, Some(&epss(0.2)), None, &fixed()));
    }

    proptest! {
        #[test]
        fn risk_grows_with_each_part(a in 0.0f64..1.0, b in 0.0f64..1.0, worse in 0usize..5) {
            let order = [Severity::Critical, Severity::High, Severity::Medium, Severity::Unknown,
                Severity::Low, Severity::Negligible];
            let (bad, less) = (order[worse], order[worse + 1]);
            let (low, high) = (a.min(b), a.max(b));
            let at = |severity, epss_score, exploited: Option<bool>, fix: Fix| {
                risk(severity, Some(&epss(epss_score)), exploited.map(kev).as_ref(), &fix)
            };
            for fix in [fixed(), Fix::NotFixed, Fix::WontFix] {
                let at = |severity, epss, exploited| at(severity, epss, exploited, fix.clone());
                prop_assert!(at(bad, high, None) >= at(bad, low, None));
                prop_assert!(at(bad, low, None) >= at(less, low, None));
                prop_assert!(at(less, low, Some(false)) > at(bad, high, None));
                prop_assert!(at(bad, low, Some(true)) > at(bad, low, Some(false)));
            }
            let of = |fix| at(bad, low, None, fix);
            prop_assert!(of(fixed()) >= of(Fix::NotFixed));
            prop_assert!(of(Fix::NotFixed) >= of(Fix::WontFix));
        }
    }
}
