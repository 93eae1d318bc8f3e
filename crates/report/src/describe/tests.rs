use farguard_model::{Severity, Subject, Violation};

use super::*;
use crate::sample;

#[test]
fn verdicts_read_as_sentences() {
    let check = |failed, warned, expect: &str| {
        let outcome = Outcome::Fail;
        assert_eq!(verdict(&Verdict { outcome, policy: "p".into(), failed, warned }), expect);
    };
    check(0, 0, "nothing fails");
    check(1, 0, "1 finding fails");
    check(1, 1, "1 finding fails, 1 warns");
    check(2, 1, "2 findings fail, 1 warns");
    check(1_200, 5, "1,200 findings fail, 5 warn");
}

#[test]
fn positions_say_what_is_known() {
    let check = |line, column, expect: &str| {
        let path = "Dockerfile".to_owned();
        assert_eq!(position(&Location { path, layer: None, line, column }), expect);
    };
    check(Some(7), Some(5), "Dockerfile:7:5");
    check(Some(7), None, "Dockerfile:7");
    check(None, Some(5), "Dockerfile");
}

#[test]
fn a_file_of_instructions_has_no_packages_to_miss() {
    let report = sample::build_file();
    assert!(!only_listed(&report) && !matched(&report));
    assert_eq!(not_looked_for(&report), [""; 0]);
}

#[test]
fn what_did_not_run_is_named() {
    let check = |scanners: &[Scanner], database: bool, kind, expect: &[&str]| {
        let mut report = sample::bare();
        report.scanners = scanners.to_vec();
        report.target.kind = kind;
        report.database = report.database.filter(|_| database);
        assert_eq!(not_looked_for(&report), expect, "{scanners:?} {kind:?}");
    };
    let image = TargetKind::Registry;
    check(&Scanner::ALL, true, image, &[]);
    check(&[Scanner::Secrets], false, image, &["vulnerabilities", "checks"]);
    check(&Scanner::ALL, true, TargetKind::Sbom, &["secrets", "checks"]);
    check(&[], false, image, &[]);
    check(&[Scanner::Secrets], false, TargetKind::TaskDefinition, &[]);
}

#[test]
fn an_image_that_could_not_be_had_is_unknown() {
    let mut report = sample::bare();
    report.scanners = Vec::new();
    report.database = None;
    assert!(only_listed(&report) && !not_scanned(&report));
    report.container.clone_from(&sample::task()[0].container);
    report.problems.push(farguard_model::Problem::new("image-not-scanned", "no such image"));
    assert!(not_scanned(&report) && !only_listed(&report));
    assert_eq!((outcome(&report).as_str(), not_looked_for(&report)), ("UNKNOWN", Vec::new()));
}

#[test]
fn rules_that_fail_come_first_and_count_what_they_say() {
    let report = sample::gated();
    let said: Vec<_> = reasons(&report)
        .iter()
        .map(|r| (r.decision.outcome, r.decision.rule.clone(), r.findings))
        .collect();
    let expect = [
        (Outcome::Fail, "exploited".to_owned(), 2),
        (Outcome::Fail, "no-secrets".to_owned(), 3),
        (Outcome::Fail, "labels".to_owned(), 1),
        (Outcome::Warn, "high".to_owned(), 6),
    ];
    assert_eq!(said, expect);
}

#[test]
fn what_is_suppressed_was_found() {
    let mut report = sample::compared();
    for finding in &mut report.findings {
        finding.suppression =
            Some(farguard_model::Suppression { reason: String::new(), source: "old.json".into() });
    }
    let sentences = all_clear(&report, &Summary::of(&report));
    assert_eq!(sentences.len(), 3);
    assert!(
        sentences.iter().all(|s| s.ends_with(", but for what is suppressed.")),
        "{sentences:?}"
    );
}

#[test]
fn a_base_of_unknown_layers_is_not_said_to_bring_nothing() {
    let mut report = sample::gated();
    report.findings.iter_mut().for_each(|finding| finding.origin = None);
    let origins = origins(&report, &Summary::of(&report)).unwrap();
    assert_eq!(origins, "base image debian:12; which findings it brought is not known");
}

#[test]
fn a_fix_without_words_is_what_to_write() {
    let mut report = sample::build_file();
    let add = report.findings.iter().find(|f| f.id == "add-instead-of-copy").unwrap();
    assert_eq!(fix(add).unwrap(), "write `COPY`");
    let finding = report.findings.first_mut().unwrap();
    finding.remediation = None;
    assert_eq!(fix(finding), None);
}

#[test]
fn a_target_in_order_is_told_apart_from_one_not_looked_at() {
    let mut report = sample::bare();
    assert_eq!(outcome(&report), "CLEAN");
    report.problems.push(farguard_model::Problem::new("truncated-layer", "cut"));
    assert_eq!(outcome(&report), "IN PART");
    let violation = Violation { policy: String::new(), rule: String::new() };
    let subject = Subject { id: String::new(), name: String::new() };
    let detail = Detail::Violation(violation);
    report.findings.push(Finding::new("x", Severity::Low, subject, String::new(), detail));
    assert_eq!(outcome(&report), "LOW");
}
