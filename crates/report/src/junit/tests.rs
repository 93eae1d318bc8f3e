use std::{io::ErrorKind, process::Command};

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
    golden::check("report.junit.xml", &junit(&[sample::report()]));
}

#[test]
fn each_package_is_a_case_and_each_problem_an_error() {
    let report = sample::report();
    let elements = elements(&junit(&[report.clone(), sample::bare(), sample::hostile()]));
    assert_eq!(elements["testsuite"], 3);
    let hostile = sample::hostile();
    let cases = |r: &ScanReport| r.packages.len() + r.problems.len();
    assert_eq!(elements["testcase"], cases(&report) + cases(&hostile));
    assert_eq!(elements["error"], report.problems.len() + hostile.problems.len());
}

#[test]
fn packages_without_advisories_are_skipped_not_passed() {
    let listed = ScanReport { database: None, findings: Vec::new(), ..sample::report() };
    assert_eq!(elements(&junit(&[listed]))["skipped"], 8);
}

#[test]
fn the_schema_of_jenkins_accepts_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("report.xml");
    std::fs::write(&file, junit(&[sample::report(), sample::hostile()])).unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas/jenkins-junit.xsd");
    match Command::new("xmllint").args(["--noout", "--schema", schema]).arg(&file).output() {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(error) if error.kind() == ErrorKind::NotFound => println!("skipped: no xmllint"),
        Err(error) => panic!("{error}"),
    }
}
