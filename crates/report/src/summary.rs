//! The numbers at the top of every report.

use std::collections::BTreeSet;

use farguard_model::{Detail, Origin, ScanReport, Severity};

/// Counts over the findings of one report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    by_severity: [usize; Severity::WORST_FIRST.len()],
    /// Findings that count.
    pub(crate) active: usize,
    /// Findings that somebody has suppressed.
    pub(crate) suppressed: usize,
    /// Different ids among the findings that count.
    pub(crate) distinct: usize,
    /// Findings that count and are known to be exploited.
    pub(crate) exploited: usize,
    /// Vulnerabilities that count and have a fix.
    pub(crate) fixable: usize,
    /// Vulnerabilities that count.
    pub(crate) vulnerabilities: usize,
    /// Secrets that count.
    pub(crate) secrets: usize,
    /// Checks that are not passed and count.
    pub(crate) checks: usize,
    /// Demands of a policy that are not met.
    pub(crate) violations: usize,
    /// Findings that count and came with the base image.
    pub(crate) base: usize,
    /// Findings that count and came with the layers above it.
    pub(crate) own: usize,
}

impl Summary {
    /// Counts the findings of a report.
    pub(crate) fn of(report: &ScanReport) -> Self {
        let mut summary = Self::default();
        let mut ids = BTreeSet::new();
        for finding in &report.findings {
            if finding.suppression.is_some() {
                summary.suppressed += 1;
                continue;
            }
            summary.active += 1;
            ids.insert(finding.id.as_str());
            let severities = Severity::WORST_FIRST.iter().zip(&mut summary.by_severity);
            for (_, count) in severities.filter(|(severity, _)| **severity == finding.severity) {
                *count += 1;
            }
            *summary.of_kind(&finding.detail) += 1;
            match finding.origin {
                Some(Origin::Base) => summary.base += 1,
                Some(Origin::Own) => summary.own += 1,
                None => {}
            }
            let Some(vulnerability) = finding.vulnerability() else { continue };
            summary.exploited += usize::from(vulnerability.kev.is_some());
            summary.fixable += usize::from(vulnerability.fix.version().is_some());
        }
        summary.distinct = ids.len();
        summary
    }

    fn of_kind(&mut self, detail: &Detail) -> &mut usize {
        match detail {
            Detail::Vulnerability(_) => &mut self.vulnerabilities,
            Detail::Secret(_) => &mut self.secrets,
            Detail::Misconfiguration(_) => &mut self.checks,
            Detail::Violation(_) => &mut self.violations,
        }
    }

    /// Number of findings of one severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.by_severity().find(|(s, _)| *s == severity).map_or(0, |(_, count)| count)
    }

    /// Number of findings of each severity, worst first, zeros included.
    pub(crate) fn by_severity(&self) -> impl Iterator<Item = (Severity, usize)> {
        Severity::WORST_FIRST.into_iter().zip(self.by_severity)
    }
}
