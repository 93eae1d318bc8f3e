//! `farguard investigate` over the trail of the demo.

use std::fs;

use serde_json::Value;

use crate::support::{Run, World};

const TRAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/trail");
const KEY: &str = "AKIAEXAMPLEDEPLOYBOT";
const TASK: &str = "0f9de17a6465404e8b1b2356dc13c2f8";

fn investigate(actor: &str, more: &[&str]) -> Run {
    let args = ["investigate", actor, "--trail", TRAIL];
    World::empty().farguard(&[&args[..], more].concat())
}

#[test]
fn actors_are_found_by_what_is_known_of_them() {
    let check = |actor: &str, code, expect: &[&str]| {
        let run = investigate(actor, &[]);
        assert_eq!((run.code, run.stderr.as_str()), (code, ""), "{actor}");
        for text in expect {
            assert!(run.stdout.contains(text), "{actor}: `{text}` is not in: {}", run.stdout);
        }
    };
    check(KEY, 1, &["19 calls", "user/deploy-bot", "A command was run inside a running task"]);
    // The role that the task took on, and the user that was made with it, belong to the task.
    let chain = ["18 calls", "-> arn:aws:sts::111122223333:assumed-role/maintenance/backup", "->"];
    check(TASK, 1, &chain);
    check(&format!("arn:aws:ecs:eu-west-1:111122223333:task/shop/{TASK}"), 1, &["18 calls"]);
    check("arn:aws:iam::111122223333:role/shop-task", 1, &chain);
    check("10.0.12.7", 0, &["10.0.12.7: 1 call\n", "shop/database"]);
    check("203.0.113.77", 1, &["deploy-bot", "shop-task"]);
    check("nobody", 0, &["0 calls"]);
}

#[test]
fn timelines_are_text_json_and_a_drawing() {
    let run = investigate(TASK, &["--format", "json"]);
    let timeline: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &timeline["calls"]), (1, &18.into()));
    assert_eq!(timeline["events"].as_array().unwrap().len(), 18);
    assert_eq!(timeline["chain"].as_array().unwrap().len(), 2);
    let run = investigate(TASK, &["--format", "mermaid"]);
    assert!(run.stdout.starts_with("flowchart LR\n"), "{}", run.stdout);
    assert!(run.stdout.contains("secretsmanager"), "{}", run.stdout);
}

#[test]
fn times_rules_and_outputs_are_chosen() {
    let run = investigate(KEY, &["--until", "2026-11-20T09:32:00Z"]);
    assert!(run.stdout.contains("15 calls") && !run.stdout.contains("ExecuteCommand"));
    let run = investigate(KEY, &["--no-builtin-rules"]);
    assert!(run.code == 0 && run.stdout.contains("19 calls"), "{}", run.stdout);
    let world = World::empty();
    let run = world.farguard(&[
        "investigate",
        KEY,
        "--trail",
        TRAIL,
        "--output",
        "timeline",
        "-t",
        "ecs",
    ]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    assert!(world.read("timeline").contains("19 calls"));
}

#[test]
fn standard_input_and_damage_are_told() {
    let world = World::empty();
    let file = format!(
        "{TRAIL}/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/\
         111122223333_CloudTrail_eu-west-1_20261120T1010Z_0a1B2c3D4e5F6g7H.json"
    );
    let text = fs::read_to_string(file).unwrap();
    let read =
        |actor, text: &str| world.farguard_reading(&["investigate", actor, "--trail", "-"], text);
    let run = read(KEY, &text);
    assert!(run.code == 1 && run.stdout.contains("19 calls"), "{}", run.stdout);
    assert!(run.stderr.contains("standard input is read once"), "{}", run.stderr);
    let cut = text.split_at(text.len() - 100).0;
    let run = read("10.0.12.7", cut);
    assert!(run.code == 2 && run.stdout.contains("1 call"), "{}", run.stdout);
    assert!(run.stderr.contains("warning"), "{}", run.stderr);
    let run = world.farguard(&["investigate", KEY, "--trail", "nowhere"]);
    assert!(run.code == 2 && run.stderr.contains("cannot read `nowhere`"), "{}", run.stderr);
}
