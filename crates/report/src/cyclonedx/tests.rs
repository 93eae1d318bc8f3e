use std::collections::HashSet;

use farguard_model::PackageType;
use serde_json::Value;

use super::*;
use crate::{golden, sample, schemas};

fn bom(report: &ScanReport) -> Value {
    let reports = std::slice::from_ref(report);
    serde_json::from_str(&golden::text("cyclonedx", reports, &RenderOptions::default())).unwrap()
}

#[test]
fn golden_bom() {
    let text = golden::text("cyclonedx", &[sample::report()], &RenderOptions::default());
    golden::check("report.cdx.json", &text);
}

#[test]
fn boms_are_valid() {
    let listed = ScanReport { database: None, findings: Vec::new(), ..sample::report() };
    for report in [sample::report(), sample::bare(), sample::hostile(), listed] {
        schemas::check("cyclonedx", &bom(&report));
    }
}

#[test]
fn every_reference_leads_somewhere_and_is_unique() {
    let mut report = sample::report();
    report.packages.push(report.packages[0].clone());
    report.packages.push(report.packages[0].clone());
    let bom = bom(&report);
    let mut refs = HashSet::from([bom["metadata"]["component"]["bom-ref"].clone()]);
    for component in bom["components"].as_array().unwrap() {
        assert!(refs.insert(component["bom-ref"].clone()), "{component}");
    }
    for vulnerability in bom["vulnerabilities"].as_array().unwrap() {
        for affected in vulnerability["affects"].as_array().unwrap() {
            assert!(refs.contains(&affected["ref"]), "{affected}");
        }
    }
}

#[test]
fn one_id_in_two_packages_is_one_vulnerability() {
    let bom = bom(&sample::report());
    let list = bom["vulnerabilities"].as_array().unwrap();
    let found: Vec<_> = list.iter().filter(|entry| entry["id"] == "CVE-2023-5363").collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["affects"].as_array().unwrap().len(), 2);
}

#[test]
fn several_targets_are_refused() {
    let reports = [sample::bare(), sample::bare()];
    let error = CycloneDx.render(&reports, &RenderOptions::default(), &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("exactly one target, not 2"), "{error}");
}

#[test]
fn groups_and_scopes_are_apart_from_names() {
    let check = |kind, name: &str, group: Option<&str>, short: &str| {
        let mut report = sample::bare();
        report.packages.push(farguard_model::Package::new(kind, name, "1", ""));
        let component = bom(&report)["components"][1].clone();
        assert_eq!((component["group"].as_str(), component["name"].as_str()), (group, Some(short)));
    };
    check(PackageType::Npm, "@babel/core", Some("@babel"), "core");
    check(PackageType::Npm, "lodash", None, "lodash");
    check(PackageType::Maven, "org.slf4j:slf4j-api", Some("org.slf4j"), "slf4j-api");
    check(PackageType::Golang, "golang.org/x/net", None, "golang.org/x/net");
}
