//! Files and directories.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use super::{ACCOUNT, args, gzip, ids, key, log, record, world};
use crate::support::World;

fn write(world: &World, name: &str, bytes: &[u8]) {
    let path = world.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Two accounts and regions over two days.
fn tree(world: &World) {
    for (account, region, time, ids) in [
        (ACCOUNT, "eu-west-1", "21T1000", ["a1", "x1"]),
        ("222222222222", "us-east-1", "21T1100", ["b1", "b2"]),
        (ACCOUNT, "eu-west-1", "22T0900", ["a2", "x2"]),
        (ACCOUNT, "us-east-1", "22T0800", ["c1", "x3"]),
    ] {
        let (hour, minute) = time.split_at(5);
        let when = format!("2026-11-{hour}:{minute}:00Z");
        write(world, &format!("tree/{}", key(account, region, time, "id")), &log(&ids, &when));
    }
}

#[test]
fn a_tree_is_read_in_the_order_of_time_with_any_number_of_workers() {
    let world = world();
    tree(&world);
    for workers in ["1", "3"] {
        let run = world.farguard(&args("tree", &["--workers", workers]));
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert_eq!(ids(&run), ["a1", "b1", "b2", "c1", "a2"]);
    }
    let run = world.farguard(&args("tree", &["--format", "json", "--stats"]));
    let first: serde_json::Value =
        serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(first["rule"], "Logging stopped");
    assert_eq!(first["output_fields"]["ct.id"], "a1");
    assert!(run.stderr.contains("8 records"), "{}", run.stderr);
}

#[test]
fn accounts_regions_and_times_are_selected() {
    let world = world();
    tree(&world);
    let check = |more: &[&str], expect: &[&str]| {
        assert_eq!(ids(&world.farguard(&args("tree", more))), expect, "{more:?}");
    };
    check(&["--account", ACCOUNT], &["a1", "c1", "a2"]);
    // Records are selected too: those of the test all say eu-west-1.
    check(&["--region", "eu-west-1"], &["a1", "a2"]);
    check(&["--since", "2026-11-22"], &["c1", "a2"]);
    check(&["--until", "2026-11-21T10:30:00Z"], &["a1"]);
    let run = world.farguard(&args("tree", &["--since", "2026-11-22", "--until", "2026-11-22"]));
    assert!(run.code == 2 && run.stderr.contains("nothing lies between"), "{}", run.stderr);
}

#[test]
fn every_shape_is_read_and_standard_input_too() {
    let world = world();
    let lines = format!(
        "{}\n{}\n",
        record("l1", "2026-11-22T10:00:00Z"),
        record("l2", "2026-11-22T10:00:00Z")
    );
    write(&world, "lines.jsonl", lines.as_bytes());
    write(&world, "lines.jsonl.gz", &gzip(lines.replace("\"l", "\"g").as_bytes()));
    let mut more = args("lines.jsonl", &["--trail", "lines.jsonl.gz"]);
    assert_eq!(ids(&world.farguard(&more)), ["l1", "l2", "g1", "g2"]);
    more = args("-", &[]);
    assert_eq!(ids(&world.farguard_reading(&more, &lines)), ["l1", "l2"]);
}

#[test]
fn damage_is_told_and_loses_nothing_else() {
    let world = world();
    let good = record("l1", "2026-11-22T10:00:00Z");
    write(
        &world,
        "d/a.jsonl",
        format!(
            "{good}\n{{\"eventVersion\": \"1.08\", \"eventNa\n{}\n",
            record("l2", "2026-11-22T10:00:00Z")
        )
        .as_bytes(),
    );
    let whole = log(&["l3"], "2026-11-22T10:00:00Z");
    write(&world, "d/b.json.gz", &whole[..whole.len() / 2]);
    write(&world, "d/c.json.gz", &log(&["l4"], "2026-11-22T10:00:00Z"));
    let run = world.farguard(&args("d", &[]));
    let ids = ids(&run);
    assert!(ids.contains(&"l1".to_owned()) && ids.contains(&"l2".to_owned()), "{ids:?}");
    assert_eq!((run.code, ids.last().map(String::as_str)), (1, Some("l4")));
    assert!(
        run.stderr.contains("d/a.jsonl") && run.stderr.contains("d/b.json.gz"),
        "{}",
        run.stderr
    );
    // Without alerts, what could not be read is no pass.
    write(&world, "e/a.jsonl", b"{\"eventVersion\": \"1.0");
    assert_eq!(world.farguard(&args("e", &[])).code, 2);
    assert_eq!(world.farguard(&args("nowhere", &[])).code, 2);
}

#[test]
fn jobs_go_on_where_the_last_one_ended() {
    let world = world();
    tree(&world);
    let more = ["--checkpoint", "state.json"];
    assert_eq!(ids(&world.farguard(&args("tree", &more))).len(), 5);
    let run = world.farguard(&args("tree", &more));
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    // One that comes late, a new one, and one whose records were all seen.
    for (time, id, records) in [
        ("22T0859", "late", ["n1", "x"]),
        ("22T1000", "new", ["n2", "x"]),
        ("22T1005", "twice", ["a2", "x"]),
    ] {
        let when = if id == "twice" { "2026-11-22T09:00:00Z" } else { "2026-11-22T10:00:00Z" };
        write(
            &world,
            &format!("tree/{}", key(ACCOUNT, "eu-west-1", time, id)),
            &log(&records, when),
        );
    }
    let run = world.farguard(&args("tree", &[more[0], more[1], "--stats"]));
    assert_eq!(ids(&run), ["n1", "n2"], "{}", run.stderr);
    assert!(run.stderr.contains("1 not repeated"), "{}", run.stderr);
    let run = world.farguard(&args("rules.yaml", &more));
    assert!(
        run.code == 2 && run.stderr.contains("each source needs a checkpoint"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_crash_loses_no_alert() {
    let world = world();
    // More alerts than a pipe holds that nobody reads.
    let mut all = BTreeSet::new();
    for file in 0..40 {
        let ids: Vec<String> = (0..100).map(|number| format!("a{file}-{number}")).collect();
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let key = key(ACCOUNT, "eu-west-1", &format!("22T10{file:02}"), "id");
        write(&world, &format!("tree/{key}"), &log(&names, "2026-11-22T10:00:00Z"));
        all.extend(ids);
    }
    let args = args("tree", &["--checkpoint", "state.json"]);
    let mut job =
        world.command(&args, &[]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut out = BufReader::new(job.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert!(first.contains("id=a0-0"), "{first}");
    job.kill().unwrap();
    job.wait().unwrap();
    drop(out);
    let run = world.farguard(&args);
    assert_eq!(ids(&run).into_iter().collect::<BTreeSet<_>>(), all, "{}", run.stderr);
    assert_eq!(world.farguard(&args).stdout, "");
}

#[test]
fn rules_are_chosen_and_their_errors_told() {
    let world = world();
    tree(&world);
    let alerts = |more: &[&str]| ids(&world.farguard(&args("tree", more))).len();
    assert_eq!(alerts(&["-D", "stopped"]), 0);
    assert_eq!(alerts(&["-T", "aws"]), 0);
    assert_eq!(alerts(&["-t", "aws"]), 5);
    assert_eq!(alerts(&["--min-priority", "error"]), 0);
    assert_eq!(alerts(&["-o", "rules[].disable.rule=Logging*", "-o", "rules[].enable.tag=aws"]), 5);
    world.write("rules.yaml", "- rule: R\n  desc: d\n  condition: ct.nmae = x\n  output: o\n  priority: INFO\n  source: aws_cloudtrail\n");
    let run = world.farguard(&args("tree", &[]));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("rules.yaml:3:") && run.stderr.contains("ct.nmae"),
        "{}",
        run.stderr
    );
}
