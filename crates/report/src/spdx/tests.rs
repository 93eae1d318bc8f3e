use serde_json::Value;

use super::*;
use crate::{golden, sample, schemas};

fn document(report: &ScanReport) -> Value {
    let reports = std::slice::from_ref(report);
    serde_json::from_str(&golden::text("spdx", reports, &RenderOptions::default())).unwrap()
}

#[test]
fn golden_document() {
    let text = golden::text("spdx", &[sample::report()], &RenderOptions::default());
    golden::check("report.spdx.json", &text);
}

#[test]
fn documents_are_valid() {
    for report in [sample::report(), sample::bare(), sample::hostile()] {
        schemas::check("spdx", &document(&report));
    }
}

#[test]
fn licences_become_valid_expressions() {
    let check = |declared: &[&str], expect: &str, defined: &[&str]| {
        let declared: Vec<_> = declared.iter().map(|&text| text.to_owned()).collect();
        let mut extracted = Extracted::default();
        assert_eq!(extracted.expression(&declared), expect);
        let texts = extracted.into_infos().into_iter().map(|info| info.extracted_text);
        assert_eq!(texts.collect::<Vec<_>>(), defined);
    };
    check(&[], "NOASSERTION", &[]);
    check(&[""], "NOASSERTION", &[]);
    check(&["MIT"], "MIT", &[]);
    check(&["MIT OR Zlib"], "MIT OR Zlib", &[]);
    check(&["MIT OR Zlib", "ISC"], "(MIT OR Zlib) AND ISC", &[]);
    check(&["BSD License"], "LicenseRef-dfaba64cba1605da", &["BSD License"]);
}

#[test]
fn every_id_is_unique_and_well_formed() {
    let mut report = sample::hostile();
    report.packages.push(report.packages[0].clone());
    let document = document(&report);
    let packages = document["packages"].as_array().unwrap();
    let mut ids: Vec<_> = packages.iter().map(|p| p["SPDXID"].as_str().unwrap()).collect();
    let well_formed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    assert!(ids.iter().all(|id| id.starts_with("SPDXRef-") && id.chars().all(well_formed)));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), packages.len());
}
