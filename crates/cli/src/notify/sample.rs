//! Reports for tests.

use farguard_model::{
    Area, Detail, Finding, Misconfiguration, ScanReport, Severity, Subject, TargetInfo, TargetKind,
};

/// A report with so many findings of severity high.
pub(super) fn report(name: &str, findings: usize) -> ScanReport {
    let target = TargetInfo::new(name, TargetKind::Registry);
    let mut report = ScanReport::new(jiff::Timestamp::UNIX_EPOCH, target);
    report.findings = (0..findings).map(finding).collect();
    report
}

fn finding(number: usize) -> Finding {
    let subject = Subject { id: "pkg:deb/x".into(), name: format!("package-{number} <!channel>") };
    let detail = Detail::Misconfiguration(Misconfiguration {
        area: Area::Image,
        aliases: Vec::new(),
        excerpt: None,
        fix: None,
    });
    let id = format!("check-{number}");
    let mut finding = Finding::new(&id, Severity::High, subject, id.clone(), detail);
    finding.title = "A title with & and *stars*".repeat(8);
    finding
}
