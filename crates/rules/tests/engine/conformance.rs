//! Cases of other engines: what compiles, with how many warnings, and what matches.

use std::{fs, path::PathBuf};

use farguard_rules::{SourceDef, check, syntax};
use serde_json::Value;

use crate::{Event, Mock, Owned, mock};

/// The cases of a file, if they are there.
fn cases(name: &str) -> Vec<Value> {
    let folder = std::env::var_os("FARGUARD_CONFORMANCE").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    match fs::read_to_string(folder.join("conformance").join(name)) {
        Ok(text) => text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect(),
        Err(error) => {
            eprintln!("skipped: {name}: {error}");
            Vec::new()
        }
    }
}

#[test]
fn filters_compile_as_in_falco() {
    let event = Event::new(
        "open",
        &[
            ("c.true", "1".into()),
            ("c.false", "0".into()),
            ("c.singlequote", "hello 'quoted'".into()),
            ("c.doublequote", "hello \"quoted\"".into()),
        ],
    );
    let source = SourceDef::of::<Mock>();
    let mut failed = Vec::new();
    let cases = cases("filter_compile_cases.jsonl");
    for case in &cases {
        let filter = case["filter"].as_str().expect("a filter");
        if let Some(expect) = case["result"].as_bool() {
            let result = mock::matches(filter, &event);
            if result != Ok(expect) {
                failed.push(format!("{filter}: {result:?}, not {expect}"));
            }
            continue;
        }
        let remarks = match syntax::parse(filter) {
            Ok(expr) => check::condition(&expr, &source),
            Err(error) => {
                if case["ok"] == true {
                    failed.push(format!("{filter}: {}", error.message));
                }
                continue;
            }
        };
        let ok = !remarks.iter().any(|remark| remark.is_error);
        let warnings = remarks.iter().filter(|remark| !remark.is_error).count();
        if case["ok"] != ok || case["warnings"] != warnings {
            failed.push(format!("{filter}: {remarks:?}"));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

/// The events of the tests that need no more than some fields.
fn event_of(test: &str) -> Option<Event> {
    let ip = |text: &str| Owned::Ip(text.parse().expect("an address"));
    let (server, client) = (ip("142.251.111.147"), ip("172.40.111.222"));
    let both = Owned::List(vec![server.clone(), client.clone()]);
    let values = match test {
        "filter_simple_evaluation" => vec![("evt.arg[res]", "0".into())],
        "filter_not_supported_transformers" | "filter_transformers_wrong_input_type" => vec![],
        "filter_str_op_modifier_evaluation" => vec![("evt.source", "syscall".into())],
        "net_ipv4_compare" => vec![
            ("fd.ip", both.clone()),
            ("fd.net", both),
            ("fd.sip", server.clone()),
            ("fd.lip", server),
            ("fd.cip", client.clone()),
            ("fd.rip", client),
        ],
        "signed_int_compare" => vec![
            ("evt.cpu", Owned::Int(1)),
            ("evt.rawarg[res]", Owned::Int(-2)),
            ("fd.num", Owned::Int(-1)),
        ],
        "multivalue_transformer_concat" => {
            vec![("fd.name", "/tmp/file_to_run".into()), ("fd.directory", "/tmp".into())]
        }
        test if test.starts_with("FILTERCHECK_MOD_") => vec![("proc.name", "myexe".into())],
        "EVT_FILTER_data_buffer_str" => vec![("evt.arg[data]", "gigi".into())],
        "PROC_FILTER_aname" => {
            vec![("proc.aname", Owned::List(vec!["bash".into(), "init".into()]))]
        }
        _ => return None,
    };
    Some(Event::new("getcwd", &values))
}

#[test]
fn filters_match_as_in_falco() {
    let (mut failed, mut tried) = (Vec::new(), 0);
    for case in cases("filter_eval_cases.jsonl") {
        let name = case["test"].as_str().and_then(|name| name.rsplit('.').next()).expect("a name");
        let Some(event) = event_of(name) else { continue };
        for assert in case["asserts"].as_array().expect("assertions") {
            let Some(filter) = assert["filter"].as_str() else { continue };
            let result = mock::matches(filter, &event);
            let agrees = match assert["kind"].as_str() {
                Some("compiles") => assert["result"] == result.is_ok(),
                _ => result.as_ref().is_ok_and(|result| assert["result"] == *result),
            };
            tried += 1;
            if !agrees {
                failed.push(format!("{name}: {filter}: {result:?}"));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {tried}:\n{}", failed.len(), failed.join("\n"));
}
