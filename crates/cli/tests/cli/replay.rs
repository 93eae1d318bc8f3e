//! `farguard detect --capture`.

use std::{fs, io::Read, process::Stdio};

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::support::{Run, World};

const FIXTURE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/captures/containers.scap.gz");

/// Two rules that match the same program in a container, and one that matches it everywhere.
const RULES: &str = "
- rule: In a container
  desc: d
  condition: evt.type = execve and proc.name = env and container.id != host
  output: in a container (parent=%proc.pname)
  priority: WARNING
  tags: [containers]
- rule: Anywhere
  desc: d
  condition: evt.type = execve and proc.name = env
  output: anywhere (parent=%proc.pname)
  priority: NOTICE
  tags: [everywhere]
";

fn world() -> World {
    let world = World::empty();
    world.write("rules.yaml", RULES);
    world.write("none.yaml", &RULES.replace("= env", "= nothing-of-the-kind"));
    world
}

fn detect(world: &World, capture: &str, more: &[&str]) -> Run {
    let args = ["detect", "--capture", capture, "-r"];
    let rules: &[&str] = if more.contains(&"-r") { &[] } else { &["rules.yaml"] };
    let args = if rules.is_empty() { &args[..3] } else { &args[..] };
    world.farguard(&[args, rules, more].concat())
}

/// What alerts say, without time and priority.
fn said(run: &Run) -> Vec<&str> {
    run.stdout.lines().map(|line| line.splitn(3, ' ').nth(2).unwrap()).collect()
}

const HOST: &str = "anywhere (parent=cron)";
const CONTAINER: &str = "in a container (parent=sh)";
const AGAIN: &str = "anywhere (parent=sh)";

#[test]
fn rules_alert_and_are_chosen() {
    let world = world();
    let check = |more: &[&str], code, expect: &[&str]| {
        let run = detect(&world, FIXTURE, more);
        assert_eq!((run.code, said(&run)), (code, expect.to_vec()), "{more:?}: {}", run.stderr);
    };
    check(&[], 1, &[HOST, CONTAINER]);
    check(&["--all-matches"], 1, &[HOST, CONTAINER, AGAIN]);
    check(&["-o", "rule_matching=all"], 1, &[HOST, CONTAINER, AGAIN]);
    check(&["-D", "In a"], 1, &[HOST, AGAIN]);
    check(&["-T", "everywhere"], 1, &[CONTAINER]);
    check(&["-t", "everywhere"], 1, &[HOST, AGAIN]);
    check(&["--min-priority", "warning"], 1, &[CONTAINER]);
    check(&["-r", "none.yaml"], 0, &[]);
}

#[test]
fn alerts_are_json_and_counted() {
    let world = world();
    let run = detect(&world, FIXTURE, &["--format", "json", "--stats"]);
    let first: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&first["rule"], &first["source"]), (&"Anywhere".into(), &"syscall".into()));
    assert_eq!(first["output_fields"]["proc.pname"], "cron");
    assert!(first["output_fields"]["evt.time"].is_u64(), "{first}");
    assert!(run.stderr.contains("In a container"), "{}", run.stderr);
}

#[test]
fn standard_input_is_read() {
    let world = world();
    let run = world
        .command(&["detect", "--capture", "-", "-r", "rules.yaml"], &[])
        .stdin(Stdio::from(fs::File::open(FIXTURE).unwrap()))
        .output()
        .unwrap();
    let run = Run::of(&run, &world.path(""));
    assert_eq!((run.code, said(&run)), (1, vec![HOST, CONTAINER]), "{}", run.stderr);
}

#[test]
fn damage_is_told_and_what_came_before_counts() {
    let world = world();
    let mut whole = Vec::new();
    GzDecoder::new(fs::File::open(FIXTURE).unwrap()).read_to_end(&mut whole).unwrap();
    fs::write(world.path("cut.scap"), &whole[..whole.len() - 5]).unwrap();
    let run = detect(&world, "cut.scap", &[]);
    assert_eq!((run.code, said(&run)), (1, vec![HOST, CONTAINER]));
    assert!(run.stderr.contains("cut.scap: offset "), "{}", run.stderr);
    // Without alerts, what could not be read is no pass.
    assert_eq!(detect(&world, "cut.scap", &["-r", "none.yaml"]).code, 2);
    world.write("text.scap", "this is a text, and not at all a capture");
    for (capture, expect) in [("nowhere.scap", "nowhere.scap"), ("text.scap", "not a capture")] {
        let run = detect(&world, capture, &[]);
        assert!(run.code == 2 && run.stderr.contains(expect), "{}", run.stderr);
    }
    world.write(
        "broken.yaml",
        "- rule: R\n  desc: d\n  condition: a b\n  output: o\n  priority: X\n",
    );
    let run = detect(&world, FIXTURE, &["-r", "broken.yaml"]);
    assert!(run.code == 2 && run.stderr.contains("broken.yaml:"), "{}", run.stderr);
}
