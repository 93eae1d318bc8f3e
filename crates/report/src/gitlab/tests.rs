use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::{golden, sample, schemas};

fn document(format: &str, reports: &[ScanReport]) -> Value {
    serde_json::from_str(&golden::text(format, reports, &RenderOptions::default())).unwrap()
}

fn everything() -> Vec<ScanReport> {
    let mut reports = sample::task();
    reports.extend([sample::build_file(), sample::hostile(), sample::compared()]);
    reports
}

#[test]
fn golden_reports() {
    for format in ["gitlab", "gitlab-secrets", "gitlab-codequality"] {
        let text = golden::text(
            format,
            &[sample::gated(), sample::build_file()],
            &RenderOptions::default(),
        );
        golden::check(&format!("report.{format}.json"), &text);
    }
}

#[test]
fn reports_keep_to_what_gitlab_demands() {
    for format in ["gitlab", "gitlab-secrets", "gitlab-codequality"] {
        schemas::check(format, &document(format, &everything()));
        schemas::check(format, &document(format, &[]));
    }
}

#[test]
fn ids_outlive_the_tag() {
    let ids = |report: ScanReport| -> Vec<String> {
        let document = document("gitlab", &[report]);
        let vulnerabilities = document["vulnerabilities"].as_array().unwrap().iter();
        vulnerabilities.map(|v| v["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut next = sample::gated();
    next.target.name = "registry.example.com/shop/checkout:1.5.0".into();
    assert_eq!(ids(sample::gated()), ids(next));
}

#[test]
fn issues_of_one_kind_in_one_file_are_told_apart() {
    let mut report = sample::build_file();
    report.findings.push(report.findings[1].clone());
    let issues = document("gitlab-codequality", &[report]);
    let issues = issues.as_array().unwrap();
    let fingerprints: BTreeSet<_> =
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), issues.len());
    assert_eq!(issues[1]["location"]["path"], "services/checkout/Dockerfile");
    assert_eq!(issues[1]["location"]["lines"]["begin"], 7);
}

#[test]
fn what_was_not_read_is_a_message_of_the_scan() {
    let document = document("gitlab", &[sample::report()]);
    let message = document["scan"]["messages"][0]["value"].as_str().unwrap();
    assert!(message.contains("not assessed: cannot read `rpmdb.sqlite`"), "{message}");
}
