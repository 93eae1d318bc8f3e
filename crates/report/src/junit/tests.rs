use std::{io::ErrorKind, process::Command};

use std::collections::BTreeMap;

use quick_xml::{Reader, events::Event};

use super::*;
use crate::{golden, sample};

fn junit(reports: &[ScanReport]) -> String {
    golden::text("junit", reports, &RenderOptions::default())
}

/// Number of elements of each name; fails on XML that is not well formed.
fn elements(xml: &str) -> BTreeMap<String, usize> {
    let mut reader = Reader::from_str(xml);
    let mut elements = BTreeMap::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                assert!(tag.attributes().all(|attribute| attribute.is_ok()));
                let name = tag.name().as_ref().to_owned();
                *elements.entry(name).or_default() += 1;
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

#[test]
fn golden_junit() {
    golden::check("report.junit.xml", &junit(&[sample::gated(), sample::build_file()]));
}

#[test]
fn each_package_is_a_case_and_each_problem_an_error() {
    let report = sample::report();
    let elements = elements(&junit(&[report.clone(), sample::bare(), sample::hostile()]));
    assert_eq!(elements["testsuite"], 3);
    let hostile = sample::hostile();
    // The first two were looked through for secrets and checks and have none.
    let others =
        |r: &ScanReport| r.active_findings().filter(|f| f.vulnerability().is_none()).count();
    let cases = |r: &ScanReport| r.packages.len() + r.problems.len() + others(r);
    assert_eq!(elements["testcase"], cases(&report) + 2 + 2 + cases(&hostile));
    assert_eq!(elements["error"], report.problems.len() + hostile.problems.len());
}

#[test]
fn packages_without_advisories_are_skipped_not_passed() {
    let listed = ScanReport {
        database: None,
        findings: Vec::new(),
        scanners: Vec::new(),
        ..sample::report()
    };
    assert_eq!(elements(&junit(&[listed]))["skipped"], 8);
}

#[test]
fn the_schema_of_jenkins_accepts_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("report.xml");
    let reports = [sample::gated(), sample::build_file(), sample::hostile()];
    std::fs::write(&file, junit(&reports)).unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas/jenkins-junit.xsd");
    match Command::new("xmllint").args(["--noout", "--schema", schema]).arg(&file).output() {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(error) if error.kind() == ErrorKind::NotFound => println!("skipped: no xmllint"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn only_what_the_policy_fails_is_a_failure() {
    let report = sample::gated();
    let failing = |f: &&farguard_model::Finding| {
        f.decision.as_ref().is_some_and(|d| d.outcome == farguard_model::Outcome::Fail)
    };
    // Each finding that fails is in another package.
    let failures = report.active_findings().filter(failing).count();
    let elements = elements(&junit(&[report]));
    assert_eq!(elements["failure"], failures);
    assert!(elements["system-out"] > 0);
}

#[test]
fn what_was_not_looked_for_is_skipped() {
    let report =
        ScanReport { scanners: vec![farguard_model::Scanner::Vulnerabilities], ..sample::bare() };
    let xml = junit(&[report]);
    assert!(xml.contains(r#"classname="secret" name="secrets"><skipped>not looked for"#), "{xml}");
}
