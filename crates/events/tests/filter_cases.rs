//! Filters that libs' own tests compile and try on events, over the fields of system calls.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test panics when what it reads is missing, and tells what it skipped"
)]

use std::path::PathBuf;

use farguard_events::Syscalls;
use farguard_rules::{Catalog, Engine, Loader, Options, SourceDef, check, syntax};
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

#[test]
fn stock_rules_compile() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("FARGUARD_CONFORMANCE").unwrap_or_else(|| beside.into());
    let catalog = Catalog { sources: vec![SourceDef::of::<Syscalls>()], plugins: Vec::new() };
    let mut loader = Loader::new(&catalog);
    for name in ["falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"] {
        let Ok(text) = std::fs::read_to_string(PathBuf::from(&root).join("falco-rules").join(name))
        else {
            eprintln!("skipped: no {name}");
            return;
        };
        loader.file(name, &text);
    }
    let loaded = loader.finish();
    let (engine, diagnostics) = Engine::<Syscalls>::compile(&loaded.rules, &Options::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(engine.len() > 70, "{} rules", engine.len());
}

#[test]
fn arguments_of_calls_are_known_by_name() {
    let source = SourceDef::of::<Syscalls>();
    for (filter, expect) in [
        ("evt.arg.flags contains O_CREAT", None),
        ("evt.arg[flags] contains O_CREAT", None),
        ("evt.arg[0] = 0", None),
        ("evt.rawarg.res < 0", None),
        ("evt.arg.flag contains x", Some("did you mean `evt.arg.flags`?")),
        ("evt.rawarg.qqqqqqqq = 1", Some("")),
    ] {
        let remarks = check::condition(&syntax::parse(filter).unwrap(), &source);
        let help = remarks.first().map(|remark| remark.help.clone().unwrap_or_default());
        assert_eq!(help.as_deref(), expect, "{filter}");
    }
}
