//! The suite of Falco's own regression tests, where it is at hand: the same rules over the same
//! captures, alert for alert.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::World;

/// Where the cases are; `None`, with the reason printed, where they are not.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("FARGUARD_CONFORMANCE").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let folder = folder.join("conformance");
    if !folder.join("suite_cases.jsonl").exists() {
        println!("skipped: there are no cases in {}", folder.display());
        return None;
    }
    Some(folder)
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The flags that mean what the options of a case mean.
fn flags(case: &Value, folder: &Path) -> Vec<String> {
    let mut flags = Vec::new();
    for file in texts(&case["rules_files"]) {
        flags.extend(["-r".to_owned(), folder.join(file).display().to_string()]);
    }
    for (option, flag) in [
        ("EnabledTags", "-t"),
        ("DisabledTags", "-T"),
        ("DisabledRules", "-D"),
        ("MinRulePriority", "--min-priority"),
    ] {
        for text in texts(&case["options"][option]) {
            flags.extend([flag.to_owned(), text.to_owned()]);
        }
    }
    if case["options"]["OutputJSON"] == true {
        flags.extend(["--format".to_owned(), "json".to_owned()]);
    }
    flags.extend(texts(&case["args"]).into_iter().map(str::to_owned));
    flags
}

/// An alert without the machine that it was given on.
fn comparable(alert: &Value) -> Value {
    let mut alert = alert.clone();
    if let Some(keys) = alert.as_object_mut() {
        keys.remove("hostname");
    }
    alert
}

#[test]
fn captures_give_the_alerts_that_falco_gives() {
    let Some(folder) = folder() else { return };
    let world = World::empty();
    let cases = fs::read_to_string(folder.join("suite_cases.jsonl")).unwrap();
    let (mut compared, mut failed) = (0, Vec::new());
    for case in cases.lines() {
        let case: Value = serde_json::from_str(case).unwrap();
        // What Falco does with its own drops and output programs is not about rules.
        let (Some(capture), Value::Null) = (case["capture"].as_str(), &case["config"]) else {
            continue;
        };
        let capture = folder.join(capture).display().to_string();
        let mut args = vec!["detect".to_owned(), "--capture".to_owned(), capture];
        args.extend(flags(&case, &folder));
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let run = world.farguard(&args);
        compared += 1;
        let id = &case["id"];
        let observed = &case["observed"];
        let expect: Vec<Value> =
            observed["events"].as_array().into_iter().flatten().map(comparable).collect();
        if observed["exit"] != 0 {
            // Falco needs a plugin for fields of containers, so it fails where the suite itself
            // says that rules fire; they do here.
            let expect = if case["expect"]["detect"] == true { 1 } else { 2 };
            if run.code != expect {
                failed.push(format!("{id}: exit {} instead of {expect}", run.code));
            }
            continue;
        }
        if run.code == 2 {
            failed.push(format!("{id}: {}", run.stderr));
            continue;
        }
        let alerts: Vec<Value> = run
            .stdout
            .lines()
            .filter(|line| line.starts_with('{'))
            .map(|line| comparable(&serde_json::from_str(line).unwrap()))
            .collect();
        if alerts != expect {
            failed.push(format!("{id}:\n expect {expect:?}\n    got {alerts:?}"));
        }
    }
    println!("{} of {compared} cases as in Falco", compared - failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
