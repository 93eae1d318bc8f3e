#![allow(clippy::needless_pass_by_value, reason = "`json!` makes values for one use")]

use serde_json::{Value, json};

use super::*;
use crate::matcher::{
    MatchOptions, match_inventory,
    tests::{Table, advisory, inventory, options, pypi},
};

fn document(value: &Value) -> Result<VexDocument, VexError> {
    VexDocument::parse("vex.json", value.to_string().as_bytes())
}

/// The packages whose CVE-2024-1 still counts, of `a` and `my.b` (both version 1.0).
fn active(documents: &[Value]) -> Vec<String> {
    let table = Table::default().with("PyPI", "a", advisory("CVE-2024-1", "2")).with(
        "PyPI",
        "my-b",
        advisory("CVE-2024-1", "2"),
    );
    let vex = documents.iter().map(|value| document(value).unwrap()).collect();
    let options = MatchOptions { vex, ..options() };
    let packages = inventory(None, vec![pypi("a", "1.0"), pypi("my.b", "1.0")]);
    let matched = match_inventory(&packages, &table, &options).unwrap();
    let active = matched.findings.iter().filter(|finding| finding.suppression.is_none());
    active.map(|finding| finding.subject.name.clone()).collect()
}

fn openvex(statements: Value) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/1",
        "author": "x",
        "timestamp": "2024-06-01T00:00:00Z",
        "version": 1,
        "statements": statements,
    })
}

fn not_affected(products: Value) -> Value {
    json!({
        "vulnerability": {"name": "CVE-2024-1"},
        "products": products,
        "status": "not_affected",
        "justification": "vulnerable_code_not_present",
    })
}

#[track_caller]
fn check_product(product: Value, expect: &[&str]) {
    let document = openvex(json!([not_affected(json!([product.clone()]))]));
    assert_eq!(active(&[document]), expect, "{product}");
}

#[test]
fn products_are_packages() {
    check_product(json!({"@id": "pkg:pypi/a"}), &["my.b"]);
    check_product(json!({"@id": "pkg:pypi/a@1.0"}), &["my.b"]);
    check_product(json!({"@id": "pkg:pypi/a@1.1"}), &["a", "my.b"]);
    check_product(json!("pkg:pypi/my_b"), &["a"]);
    check_product(json!({"@id": "x", "identifiers": {"purl": "pkg:pypi/a"}}), &["my.b"]);
    check_product(json!({"@id": "pkg:pypi/a?arch=arm64"}), &["a", "my.b"]);
    check_product(json!({"@id": "pkg:npm/a"}), &["a", "my.b"]);
}

#[test]
fn products_are_images_with_parts() {
    let digest = "ab".repeat(32);
    let of = |id: &str| json!({"@id": id});
    check_product(of(&format!("pkg:oci/app@sha256%3A{digest}")), &[]);
    check_product(of("pkg:oci/app@sha256%3A00"), &["a", "my.b"]);
    check_product(of("pkg:oci/app?repository_url=index.docker.io/library/app&tag=1.2"), &[]);
    check_product(of("pkg:oci/app?repository_url=ghcr.io/me/app"), &["a", "my.b"]);
    check_product(of("pkg:oci/app?tag=1.3"), &["a", "my.b"]);
    check_product(of("docker.io/library/app:1.2"), &[]);
    check_product(of("app"), &[]);
    let with = |id: &str, part: &str| json!({"@id": id, "subcomponents": [{"@id": part}]});
    check_product(with("pkg:oci/app", "pkg:pypi/a"), &["my.b"]);
    check_product(with("pkg:oci/other", "pkg:pypi/a"), &["a", "my.b"]);
    check_product(with("pkg:pypi/a", "pkg:pypi/my-b@1.0"), &["a"]);
    check_product(with("pkg:pypi/absent", "pkg:pypi/my-b"), &["a", "my.b"]);
}

#[test]
fn the_newest_statement_counts() {
    let statement = |status: &str, time: &str| {
        json!({"vulnerability": "CVE-2024-1", "products": ["pkg:pypi/a"], "status": status,
               "timestamp": time})
    };
    let (old, new) = ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z");
    let check = |statements: Value, expect: &[&str]| {
        assert_eq!(active(&[openvex(statements)]), expect);
    };
    check(json!([statement("fixed", new), statement("affected", old)]), &["my.b"]);
    check(json!([statement("affected", new), statement("fixed", old)]), &["a", "my.b"]);
    check(
        json!([statement("under_investigation", old), statement("not_affected", old)]),
        &["my.b"],
    );
    check(json!([statement("not_affected", old), statement("affected", old)]), &["a", "my.b"]);
    let documents = [
        openvex(json!([statement("affected", new)])),
        openvex(json!([statement("not_affected", old)])),
    ];
    assert_eq!(active(&documents), ["a", "my.b"]);
}

fn cyclonedx(state: &str, affects: Value) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"bom-ref": "root", "type": "container", "name": "app"}},
        "components": [{"bom-ref": "c1", "type": "library", "name": "a", "purl": "pkg:pypi/a@1.0"}],
        "vulnerabilities": [{
            "id": "GHSA-x",
            "references": [{"id": "CVE-2024-1"}],
            "analysis": {"state": state, "detail": "not shipped"},
            "affects": affects,
        }],
    })
}

#[test]
fn cyclonedx_analyses_count() {
    let check = |state: &str, reference: &str, expect: &[&str]| {
        let document = cyclonedx(state, json!([{"ref": reference}]));
        assert_eq!(active(&[document]), expect, "{state} {reference}");
    };
    for state in ["not_affected", "false_positive", "resolved", "resolved_with_pedigree"] {
        check(state, "c1", &["my.b"]);
    }
    check("exploitable", "c1", &["a", "my.b"]);
    check("in_triage", "c1", &["a", "my.b"]);
    check("not_affected", "pkg:pypi/a", &["my.b"]);
    check("not_affected", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#c1", &["my.b"]);
    check(
        "not_affected",
        "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:pypi%2Fa%401.0",
        &["my.b"],
    );
    check("not_affected", "unknown", &["a", "my.b"]);
    check("not_affected", "root", &[]);
    let listed = json!([{"ref": "c1", "versions": [{"version": "1.0", "status": "affected"}]}]);
    assert_eq!(active(&[cyclonedx("not_affected", listed)]), ["a", "my.b"]);
    let listed = json!([{"ref": "c1", "versions": [{"version": "1.0", "status": "unaffected"}]}]);
    assert_eq!(active(&[cyclonedx("not_affected", listed)]), ["my.b"]);
}

#[test]
fn the_reason_is_kept() {
    let vex = vec![document(&openvex(json!([not_affected(json!(["pkg:pypi/a"]))]))).unwrap()];
    let table = Table::default().with("PyPI", "a", advisory("CVE-2024-1", "2"));
    let options = MatchOptions { vex, ..options() };
    let matched =
        match_inventory(&inventory(None, vec![pypi("a", "1")]), &table, &options).unwrap();
    let suppression = matched.findings[0].suppression.as_ref().unwrap();
    assert_eq!(suppression.reason, "not affected: vulnerable_code_not_present");
    assert_eq!(suppression.source, "vex.json");
}

#[test]
fn mistakes_are_named() {
    let check = |value: Value, expect: &str| {
        let error = document(&value).unwrap_err().to_string();
        assert_eq!(error, format!("cannot read vex document `vex.json`: {expect}"));
    };
    check(json!({}), "neither `@context` of OpenVEX nor `bomFormat` of CycloneDX");
    check(
        openvex(json!([{"vulnerability": "CVE-1", "products": ["pkg:pypi/a"], "status": "fine"}])),
        "statements[0]: `status` is `fine`, not one of not_affected, affected, fixed, \
         under_investigation",
    );
    check(
        openvex(json!([{"vulnerability": "CVE-1", "products": [], "status": "fixed"}])),
        "statements[0]: `products` is empty, so it is about nothing",
    );
    check(
        openvex(json!([{"vulnerability": "CVE-1", "products": ["pkg:pypi"], "status": "fixed"}])),
        "statements[0]: `pkg:pypi` is not a package url",
    );
    check(
        cyclonedx("meh", json!([])),
        "vulnerabilities[0]: `analysis.state` is `meh`, not one of not_affected, false_positive, \
         resolved, resolved_with_pedigree, exploitable, in_triage",
    );
}
