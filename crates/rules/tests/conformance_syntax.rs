//! Conditions that Falco's own tests accept and reject, when the cases are at hand.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test panics when what it reads is missing, and tells what it skipped"
)]

use std::path::PathBuf;

use farguard_rules::syntax::parse;
use serde_json::Value;

/// The cases of a file in the directory that `FARGUARD_CONFORMANCE` names, or `../shared` beside the
/// repository; none, with the reason printed, when it is not there.
fn cases(name: &str) -> Vec<Value> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root =
        std::env::var_os("FARGUARD_CONFORMANCE").map_or_else(|| beside.into(), PathBuf::from);
    if !root.is_dir() {
        println!("skipped: FARGUARD_CONFORMANCE names no directory");
        return Vec::new();
    }
    let text = std::fs::read_to_string(root.join("conformance").join(name)).expect("cases");
    text.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect()
}

#[test]
fn conditions_are_accepted_and_rejected_as_upstream() {
    let mut failed = Vec::new();
    let mut total = 0;
    for case in cases("filter_parser_cases.jsonl") {
        total += 1;
        let filter = case["filter"].as_str().unwrap_or_default();
        let parsed = parse(filter);
        let right = match case["kind"].as_str() {
            Some("accept") => parsed.is_ok(),
            Some("reject") => parsed.is_err(),
            Some("reject_msg") => {
                let wanted = case["message"].as_str().unwrap_or_default();
                parsed.as_ref().is_err_and(|error| error.message.contains(wanted))
            }
            _ => false,
        };
        if let Ok(expr) = &parsed {
            assert!(parse(&expr.to_string()).is_ok(), "{filter} printed as {expr}");
        }
        if !right {
            failed.push(format!("{case}: {parsed:?}"));
        }
    }
    println!("{} of {total} conditions as upstream", total - failed.len());
    assert!(failed.is_empty(), "{failed:#?}");
}
