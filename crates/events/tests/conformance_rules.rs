//! Rule files that Falco's own tests load and refuse, when the cases are at hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test panics when what it reads is missing, and tells what it skipped"
)]

use std::{fs, path::PathBuf};

use farguard_events::Syscalls;
use farguard_rules::{
    Catalog, FileReport, Loaded, Loader, Selection, SourceDef,
    diagnostic::{json, text},
    load::validate,
};
use serde_json::Value;

/// The directory that `FARGUARD_CONFORMANCE` names, or `../shared` beside the repository.
fn root() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root =
        std::env::var_os("FARGUARD_CONFORMANCE").map_or_else(|| beside.into(), PathBuf::from);
    if !root.is_dir() {
        println!("skipped: FARGUARD_CONFORMANCE names no directory");
        return None;
    }
    Some(root)
}

fn cases(name: &str) -> Vec<Value> {
    let Some(root) = root() else { return Vec::new() };
    let text = fs::read_to_string(root.join("conformance").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn catalog() -> Catalog {
    Catalog { sources: vec![SourceDef::of::<Syscalls>()], plugins: Vec::new() }
}

fn load(catalog: &Catalog, text: &str) -> Loaded {
    let mut loader = Loader::new(catalog);
    loader.file("rules.yaml", text);
    loader.finish()
}

fn told(loaded: &Loaded) -> String {
    let remarks = loaded.files.iter().flat_map(|file| &file.diagnostics);
    remarks.map(text::diagnostic).collect()
}

/// Whether what was loaded is what a step expects.
fn holds(step: &Value, loaded: &Loaded) -> bool {
    let remarks = || loaded.files.iter().flat_map(|file| &file.diagnostics);
    let says = |errors: bool| {
        let wanted = step["value"].as_str().unwrap();
        let found = remarks().any(|it| it.is_error() == errors && it.message.contains(wanted));
        found == step["expect"].as_bool().unwrap_or(true)
    };
    let rule = |name: &str| loaded.rules.rules.iter().find(|rule| rule.name == name);
    match step["op"].as_str().unwrap() {
        "load" => loaded.is_ok() == step["ok"].as_bool().unwrap(),
        "validation_status" => {
            let valid = loaded.files.iter().all(|file| file.schema.is_empty());
            valid == (step["value"] == "validation_ok")
        }
        "check_warning_message" => says(false),
        "check_error_message" => says(true),
        "has_warnings" => remarks().any(|it| !it.is_error()) == step["expect"].as_bool().unwrap(),
        "num_enabled_rules" => {
            let enabled = loaded.rules.rules.iter().filter(|rule| rule.enabled).count();
            enabled as u64 == step["value"].as_u64().unwrap()
        }
        "get_compiled_rule_condition" => rule(step["rule"].as_str().unwrap())
            .is_some_and(|rule| rule.condition.expr.to_string() == step["value"].as_str().unwrap()),
        "describe_rule" => {
            let rule = &loaded.rules.rules[0];
            let value = step["value"].as_str().unwrap();
            match step["path"].as_str().unwrap().rsplit('"').nth(1).unwrap() {
                "condition" => rule.condition.text == value,
                "output" => rule.output == value,
                "description" => rule.desc == value,
                "capture" => rule.capture.is_some() == (value == "expr:true"),
                "capture_duration" => {
                    format!("expr:{}u", rule.capture.unwrap_or_default()) == value
                }
                other => panic!("{other}"),
            }
        }
        // What the command line appends to outputs is not a matter of loading.
        "get_compiled_rule_output" => true,
        other => panic!("{other}"),
    }
}

#[test]
fn rules_are_loaded_as_upstream() {
    let catalog = catalog();
    let (mut total, mut failed) = (0, Vec::new());
    for case in cases("rule_loader_cases.jsonl") {
        let mut loaded = Loaded::default();
        for step in case["steps"].as_array().unwrap() {
            if step["op"] == "load" {
                loaded = load(&catalog, step["rules"].as_str().unwrap());
            }
            total += 1;
            if !holds(step, &loaded) {
                failed.push(format!(
                    "{} {step}\n{:?}\n{}",
                    case["test"],
                    compiled(&loaded),
                    told(&loaded)
                ));
            }
        }
    }
    println!("{} of {total} steps as upstream", total - failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn compiled(loaded: &Loaded) -> Vec<String> {
    loaded.rules.rules.iter().map(|rule| rule.condition.expr.to_string()).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().unwrap().join("conformance").join(path)).unwrap()
}

#[test]
fn files_are_validated_as_upstream() {
    let catalog = catalog();
    let (mut total, mut failed) = (0, Vec::new());
    for case in cases("suite_cases.jsonl") {
        let Some(observed) = case["observed"]["validation"]["all"].as_array() else { continue };
        let names = |key: &str| case[key].as_array().unwrap().clone();
        let mut names: Vec<Value> = names("validate_rules_files");
        if names.is_empty() || names.len() < observed.len() {
            names = case["rules_files"].as_array().unwrap().clone();
        }
        let files: Vec<(String, String)> = names
            .iter()
            .map(|name| (name.as_str().unwrap().to_owned(), read(name.as_str().unwrap())))
            .collect();
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        let reports = validate(&catalog, &files);
        let found = json::validation(&reports);
        for (expect, got) in observed.iter().zip(found["falco_load_results"].as_array().unwrap()) {
            total += 1;
            if expect != got {
                failed.push(format!("{}\n expect {expect}\n    got {got}", case["id"]));
            }
        }
    }
    println!("{} of {total} files validated as upstream", total - failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn rules_of_the_suite_load_as_upstream() {
    let catalog = catalog();
    for case in cases("suite_cases.jsonl") {
        let names: Vec<&str> = case["rules_files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        if names.is_empty() || case["observed"]["validation"].is_object() {
            continue;
        }
        let mut loader = Loader::new(&catalog);
        for name in &names {
            loader.file(name, &read(name));
        }
        let mut loaded = loader.finish();
        // Falco also fails for other reasons, which have nothing to do with rules.
        if case["observed"]["exit"] == 0 {
            assert!(loaded.is_ok(), "{} {}", case["id"], told(&loaded));
        }
        let fired = case["observed"]["rule_counts"].as_object().unwrap();
        selection(&case).apply(&mut loaded.rules);
        for name in fired.keys() {
            let rule = loaded.rules.rules.iter().find(|rule| rule.name == *name);
            assert!(rule.is_some_and(|rule| rule.enabled), "{} {name}", case["id"]);
        }
        for (name, count) in case["expect"]["rule_counts"].as_object().into_iter().flatten() {
            let is_left_out = case["options"]["DisabledTags"].is_array()
                || case["options"]["EnabledTags"].is_array();
            if count == 0 && is_left_out {
                let rule = loaded.rules.rules.iter().find(|rule| rule.name == *name);
                assert!(!rule.unwrap().enabled, "{} {name}", case["id"]);
            }
        }
    }
}

/// What the options of a case turn on and off.
fn selection(case: &Value) -> Selection {
    let all = |key: &str| {
        let values = case["options"][key].as_array().cloned().unwrap_or_default();
        values.into_iter().map(|value| value.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut selection = Selection::default();
    for tag in all("DisabledTags") {
        selection = selection.tag(&tag, false);
    }
    let enabled = all("EnabledTags");
    if !enabled.is_empty() {
        selection = selection.all(false);
    }
    for tag in enabled {
        selection = selection.tag(&tag, true);
    }
    for part in all("DisabledRules") {
        selection = selection.part(&part, false);
    }
    for priority in all("MinRulePriority") {
        selection = selection.minimum(farguard_rules::Priority::parse(&priority).unwrap());
    }
    selection
}

#[test]
fn stock_rules_load() {
    let Some(root) = root() else { return };
    let catalog = catalog();
    let check = |files: &[&str], rules: usize, macros: usize, lists: usize| {
        let mut loader = Loader::new(&catalog);
        for file in files {
            loader.file(file, &fs::read_to_string(root.join("falco-rules").join(file)).unwrap());
        }
        let loaded = loader.finish();
        assert!(loaded.is_ok(), "{}", told(&loaded));
        println!("{files:?}:\n{}", told(&loaded));
        let set = &loaded.rules;
        assert_eq!(
            (set.rules.len(), set.macros.len(), set.lists.len()),
            (rules, macros, lists),
            "{files:?}"
        );
    };
    check(&["falco_rules.yaml"], 25, 87, 49);
    check(&["falco-incubating_rules.yaml"], 31, 82, 54);
    check(&["falco-sandbox_rules.yaml"], 37, 183, 60);
    let unknown = |file: &str| {
        let bytes = fs::read(root.join("falco-rules").join(file)).unwrap();
        let report: Vec<FileReport> = validate(&catalog, &[(file, &bytes)]);
        assert!(report[0].is_ok());
        report[0].diagnostics.iter().filter(|it| it.code.as_str() == "LOAD_UNKNOWN_SOURCE").count()
    };
    assert_eq!(unknown("aws_cloudtrail_rules.yaml"), 22);
    assert!(unknown("k8s_audit_rules.yaml") > 30);
}
