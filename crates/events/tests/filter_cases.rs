//! Filters that libs' own tests compile and try on events, over the fields of system calls.

use std::path::PathBuf;

use farguard_events::Syscalls;
use farguard_rules::{SourceDef, check, syntax};
use serde_json::Value;

/// The cases of a file, if they are there.
fn cases(name: &str) -> Vec<Value> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("FARGUARD_CONFORMANCE").unwrap_or_else(|| beside.into());
    match std::fs::read_to_string(PathBuf::from(root).join("conformance").join(name)) {
        Ok(text) => text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        Err(error) => {
            eprintln!("skipped: {name}: {error}");
            Vec::new()
        }
    }
}

#[test]
fn operators_fit_the_types_of_fields() {
    let source = SourceDef::of::<Syscalls>();
    let (mut tried, mut failed) = (0, Vec::new());
    for case in cases("filter_compile_cases.jsonl") {
        if case["factory"] != "sinsp" {
            continue;
        }
        let filter = case["filter"].as_str().unwrap();
        let remarks = syntax::parse(filter).map(|expr| check::condition(&expr, &source));
        let remarks = remarks.map_err(|error| error.message);
        let errors = |remarks: &Vec<check::Remark>| remarks.iter().any(|remark| remark.is_error);
        let ok = remarks.as_ref().is_ok_and(|remarks| !errors(remarks));
        tried += 1;
        if case["ok"] != ok || (ok && case["warnings"] != remarks.as_ref().map_or(0, Vec::len)) {
            failed.push(format!("{filter}: {remarks:?}"));
        }
    }
    assert!(failed.is_empty(), "{} of {tried}:\n{}", failed.len(), failed.join("\n"));
    eprintln!("{tried} cases");
}
