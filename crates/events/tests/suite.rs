//! Captures of Falco's own tests, replayed through their rules: the alerts are those that Falco
//! printed, key for key.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test panics when what it reads is missing, and tells what it skipped"
)]

use std::{
    fs::{self, File},
    path::PathBuf,
};

use farguard_events::{
    State, Syscalls,
    capture::{Item, Reader},
};
use farguard_rules::{
    Catalog, Engine, Loader, Options, Priority, Selection, SourceDef,
    output::{Style, TimeFormat},
};
use serde_json::Value;

fn root() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("FARGUARD_CONFORMANCE").unwrap_or_else(|| beside.into());
    PathBuf::from(root).join("conformance")
}

/// The texts of a list, if there is one.
fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn selection(options: &Value) -> Selection {
    let mut selection = Selection::default();
    for tag in texts(&options["DisabledTags"]) {
        selection = selection.tag(tag, false);
    }
    if options["EnabledTags"].is_array() {
        selection = selection.all(false);
    }
    for tag in texts(&options["EnabledTags"]) {
        selection = selection.tag(tag, true);
    }
    for part in texts(&options["DisabledRules"]) {
        selection = selection.part(part, false);
    }
    for priority in texts(&options["MinRulePriority"]) {
        selection = selection.minimum(Priority::parse(priority).unwrap());
    }
    selection
}

/// How the arguments of a case want alerts to look.
fn style(case: &Value) -> Style {
    let has = |word: &str| texts(&case["args"]).any(|arg| arg == word);
    let mut style = Style { hostname: Some("vm".to_owned()), ..Style::default() };
    style.output = !has("json_include_output_property=false");
    style.tags = !has("json_include_tags_property=false");
    if has("time_format_iso_8601=true") {
        style.time = TimeFormat::Iso8601;
    }
    style
}

fn engine(case: &Value) -> Engine<Syscalls> {
    let catalog = Catalog { sources: vec![SourceDef::of::<Syscalls>()], plugins: Vec::new() };
    let mut loader = Loader::new(&catalog);
    for name in texts(&case["rules_files"]) {
        loader.file(name, &fs::read_to_string(root().join(name)).unwrap());
    }
    let mut loaded = loader.finish();
    selection(&case["options"]).apply(&mut loaded.rules);
    let (engine, diagnostics) = Engine::compile(&loaded.rules, &Options::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    engine
}

fn replay(case: &Value) -> Vec<Value> {
    let engine = engine(case);
    let (style, mut scratch) = (style(case), engine.scratch());
    let capture = File::open(root().join(case["capture"].as_str().unwrap())).unwrap();
    let mut reader = Reader::new(capture).unwrap();
    let (mut state, mut alerts) = (State::default(), Vec::new());
    while let Some(item) = reader.read().unwrap() {
        let (event, shown) = match item {
            Item::Event(event) => (event, true),
            Item::StateOnly(event) => (event, false),
            Item::Head(head) => {
                state.take(head);
                continue;
            }
        };
        state.enter(&event);
        if shown {
            engine.alerts(&state.view(&event), &mut scratch, &mut |_, alert| {
                alerts.push(serde_json::from_str(&alert.to_json(&style)).unwrap());
            });
        }
        state.leave(&event);
    }
    alerts
}

#[test]
fn alerts_are_those_of_falco() {
    let Ok(text) = fs::read_to_string(root().join("suite_cases.jsonl")) else {
        eprintln!("skipped: no suite_cases.jsonl");
        return;
    };
    let (mut cases, mut alerts, mut failed) = (0, 0, Vec::new());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let observed = &case["observed"];
        // Alerts as text were not kept.
        let is_known = observed["exit"] == 0 && case["options"]["OutputJSON"] == true;
        if !is_known || case["capture_kind"] != "scap" || case["capture_present"] != true {
            continue;
        }
        let found = replay(&case);
        cases += 1;
        alerts += found.len();
        if observed["events"] != Value::Array(found.clone()) {
            let found = Value::Array(found);
            failed.push(format!("{}\n{found}\nFalco\n{}", case["id"], observed["events"]));
        }
    }
    eprintln!("{cases} cases, {alerts} alerts");
    assert!(failed.is_empty(), "{} of {cases}\n{}", failed.len(), failed.join("\n"));
}
