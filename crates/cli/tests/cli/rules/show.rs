//! `farguard rules list`, `explain` and `fields`.

use serde_json::Value;

use super::{rules, world};

#[test]
fn rules_are_listed() {
    let world = world();
    let list = |args: &[&str]| rules(&world, 0, &[&["list", "-r", "good.yaml"], args].concat());
    let text = "Warning       syscall         Shell started  T1059 shell\n\
                Informational syscall         Quiet (disabled)\n\
                2 rules, 1 of them disabled\n";
    assert_eq!(list(&[]).stdout, text);
    let table = "| rule | priority | source | tags |\n|---|---|---|---|\n\
                 | Shell started | Warning | syscall | T1059, shell |\n\
                 | Quiet | Informational | syscall |  |\n";
    assert_eq!(list(&["-f", "markdown"]).stdout, table);
    let all: Value = serde_json::from_str(&list(&["-f", "json"]).stdout).unwrap();
    assert_eq!((&all[0]["name"], &all[0]["line"]), (&"Shell started".into(), &7.into()));
    assert_eq!(all[1]["enabled"], false);
    assert_eq!(list(&["--source", "aws_cloudtrail"]).stdout, "0 rules, 0 of them disabled\n");
    let run = rules(&world, 2, &["list", "-r", "bad.yaml"]);
    assert!(run.stdout.contains("Fine") && run.stderr.contains("bad.yaml:3"), "{}", run.stderr);
}

#[test]
fn built_in_rules_fit_a_hundred_columns() {
    let run = rules(&world(), 0, &["list"]);
    assert!(run.stdout.lines().count() > 80);
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 100 && line == line.trim_end(), "`{line}`");
    }
}

#[test]
fn a_rule_is_explained_with_its_macros_opened() {
    let world = world();
    let run = rules(&world, 0, &["explain", "shell STARTED", "-r", "good.yaml"]);
    let expect = "Shell started
  A shell is started by the web server.

source        syscall
priority      Warning
enabled       yes
tags          T1059, shell
output        a shell (user=%user.name command=%proc.cmdline)
fields        evt.type, proc.name, proc.pname
shows         proc.cmdline, user.name
events        execve, execveat
rule          good.yaml:7:3

condition
  all of
    shell_started (good.yaml:5)
      all of
        spawned (good.yaml:3)
          evt.type in (execve, execveat)
        proc.name in (bash, sh)
    proc.pname = nginx
";
    assert_eq!(run.stdout, expect);
    let run = rules(&world, 2, &["explain", "Shell startd", "-r", "good.yaml"]);
    assert!(run.stderr.contains("did you mean `Shell started`?"), "{}", run.stderr);
}

#[test]
fn fields_are_found_by_text_and_source() {
    let world = world();
    let run = rules(&world, 0, &["fields", "proc.cmdline"]);
    assert!(run.stdout.starts_with("syscall\n  proc.cmdline"), "{}", run.stdout);
    let args = ["fields", "user.arn", "--source", "aws_cloudtrail", "-f", "json"];
    let found: Value = serde_json::from_str(&rules(&world, 0, &args).stdout).unwrap();
    let names: Vec<&str> =
        found.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"ct.user.arn"), "{names:?}");
    assert_eq!(found[0]["source"], "aws_cloudtrail");
    let run = rules(&world, 0, &["fields", "-f", "markdown", "ct.srcip"]);
    assert!(run.stdout.contains("| `ct.srcip`") || run.stdout.contains("| ct.srcip"));
}
