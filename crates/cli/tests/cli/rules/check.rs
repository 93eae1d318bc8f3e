//! `farguard rules check`.

use std::fs;

use serde_json::Value;

use super::{BAD, rules, world};

#[test]
fn mistakes_are_shown_where_they_stand() {
    let world = world();
    let run = rules(&world, 1, &["check", "good.yaml", "bad.yaml"]);
    let expect =
        "error[LOAD_ERR_COMPILE_CONDITION]: filter_check called with nonexistent field proc.nmae
  --> bad.yaml:3:34
   |
 3 |   condition: evt.type = open and proc.nmae = cat
   |                                  ^^^^^^^^^
   = in rule `Reads`, rule condition
   = help: did you mean `proc.name`?

good.yaml: Ok
bad.yaml: Invalid, 1 error
";
    assert_eq!(run.stdout, expect);
    assert_eq!(run.stderr, "");
}

#[test]
fn each_file_counts_with_those_before_it_and_mistakes_are_told_once() {
    let world = world();
    fs::write(world.path("latin.yaml"), b"- list: l\n  items: [\"\xff\"]\n").unwrap();
    let run = rules(&world, 1, &["check", "bad.yaml", "latin.yaml", "good.yaml"]);
    assert_eq!(run.stdout.matches("proc.nmae = cat").count(), 1, "{}", run.stdout);
    assert!(run.stdout.contains("the file is not UTF-8: byte 21"), "{}", run.stdout);
    let ends = "bad.yaml: Invalid, 1 error\nlatin.yaml: Invalid, 1 error\ngood.yaml: Ok\n";
    assert!(run.stdout.ends_with(ends), "{}", run.stdout);
    world.write("use.yaml", &BAD.replace("proc.nmae = cat", "later"));
    world.write("macro.yaml", "- macro: later\n  condition: proc.name = cat\n");
    rules(&world, 0, &["check", "macro.yaml", "use.yaml"]);
    let run = rules(&world, 1, &["check", "use.yaml", "macro.yaml"]);
    assert!(run.stdout.contains("use.yaml: Invalid"), "{}", run.stdout);
}

#[test]
fn programs_get_the_keys_of_falco() {
    let world = world();
    let run = rules(&world, 1, &["check", "--format", "json", "good.yaml", "bad.yaml"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let [good, bad] = answer["falco_load_results"].as_array().unwrap().as_slice() else {
        panic!("{answer}")
    };
    assert_eq!((&good["name"], &good["successful"]), (&"good.yaml".into(), &true.into()));
    assert_eq!((&bad["successful"], &bad["schema_valid"]), (&false.into(), &true.into()));
    let error = &bad["errors"][0];
    assert_eq!(error["code"], "LOAD_ERR_COMPILE_CONDITION");
    assert_eq!(error["codedesc"], "Error compiling condition");
    let place = error["context"]["locations"].as_array().unwrap().last().unwrap();
    assert_eq!(place["item_type"], "condition expression");
    assert!(error["context"]["snippet"].as_str().unwrap().ends_with("^\n"), "{error}");
    rules(&world, 0, &["check", "-f", "json", "good.yaml"]);
}

#[test]
fn windows_are_checked_too() {
    let world = world();
    let window = "  priority: WARNING\n  farguard: {window: {by: proc.nmae, within: 1m, count: 2}}";
    world.write("window.yaml", &super::GOOD.replacen("  priority: WARNING", window, 1));
    let run = rules(&world, 1, &["check", "window.yaml"]);
    assert!(run.stdout.contains("proc.nmae"), "{}", run.stdout);
    let run = rules(&world, 1, &["check", "-f", "json", "window.yaml"]);
    assert!(run.stderr.contains("proc.nmae"), "{}", run.stderr);
    serde_json::from_str::<Value>(&run.stdout).unwrap();
}

#[test]
fn conditions_are_checked_alone() {
    let world = world();
    let check = |code, args: &[&str], expect: &str| {
        let run = rules(&world, code, &[&["check", "--condition"], args].concat());
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(expect), "{args:?}: {said}");
    };
    check(0, &["evt.type = open and fd.name startswith /etc"], "");
    check(0, &["ct.name = StopLogging", "--source", "aws_cloudtrail"], "");
    check(0, &["evt.num > 1", "-f", "json"], "{\"successful\":true}");
    check(1, &["evt.num > 0 and fd.nmae = x"], "did you mean `fd.name`?");
    check(1, &["evt.num > 0 and fd.nmae = x"], "error at byte 16: ");
    check(1, &["evt.num >", "-f", "json"], "\"successful\":false");
    check(2, &["evt.num > 0", "--source", "syscal"], "did you mean `syscall`?");
}

#[test]
fn what_cannot_be_read_is_no_answer() {
    let world = world();
    fs::create_dir(world.path("empty")).unwrap();
    for (args, expect) in [
        (&["check", "nowhere.yaml"][..], "cannot read the rule file `nowhere.yaml`"),
        (&["check", "empty"], "there is no rule file (*.yaml, *.yml) in `empty`"),
        (&["check"], "required"),
        (&["list", "-r", "nowhere.yaml"], "nowhere.yaml"),
    ] {
        let run = rules(&world, 2, args);
        assert!(run.stderr.contains(expect), "{}", run.stderr);
    }
}
