//! Rules and records that somebody made to break things.

use std::{
    fmt::Write,
    fs,
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};

use crate::support::{Run, World};

/// Longest that any of it may take, in a build for tests on a busy machine.
const TIME: Duration = Duration::from_secs(60);

const STOPPED: &str = "
- rule: Logging stopped
  desc: d
  condition: ct.name = StopLogging
  output: stopped (id=%ct.id)
  priority: WARNING
  source: aws_cloudtrail
";

fn rule(condition: &str) -> String {
    let condition = condition.replace('\'', "''");
    format!("- rule: R\n  desc: d\n  condition: '{condition}'\n  output: o\n  priority: INFO\n")
}

/// Macros `m0` to `m40`.
fn macros() -> String {
    let mut out = String::from("- macro: m0\n  condition: evt.num < 0\n");
    for level in 1..=40 {
        let below = level - 1;
        writeln!(out, "- macro: m{level}\n  condition: m{below} or m{below}").unwrap();
    }
    out
}

#[test]
fn hostile_rules_end_with_what_is_wrong() {
    let world = World::empty();
    let check = |text: &str, expect: &str| {
        world.write("rules.yaml", text);
        let start = Instant::now();
        let run = world.farguard(&["rules", "check", "rules.yaml"]);
        let stderr: String = run.stderr.chars().take(500).collect();
        let stdout: String = run.stdout.chars().take(2_000).collect();
        assert!(start.elapsed() < TIME, "{expect}: {:?}", start.elapsed());
        assert_eq!(run.code, i32::from(!expect.is_empty()), "`{expect}`: {stdout}{stderr}");
        assert!(stdout.contains(expect), "`{expect}` is not in: {stdout}");
        // What is wrong is told, not the text with all its megabytes.
        assert!(run.stdout.len() < 100_000, "{}", run.stdout.len());
    };
    let deep = 100_000;
    let nested = format!("{}evt.num > 0{}", "(".repeat(deep), ")".repeat(deep));
    check(&rule(&nested), "LOAD_ERR_COMPILE_CONDITION");
    check(&rule(&format!("{}evt.num > 0", "not ".repeat(deep))), "");
    check(&rule(&vec!["evt.num = 1"; 20_000].join(" or ")), "");
    check(&rule(&format!("proc.name = {}", "x".repeat(10 << 20))), "filter parameter too long");
    check(&rule(&format!("proc.name in ({}x)", "x, ".repeat(300_000))), "");
    check(&rule("proc.name regex '(a+)+$'"), "");
    check(&rule("proc.name regex '((a{1000}){1000}){1000}'"), "exceeds size limit");
    check(&rule("proc.nmae = x"), "did you mean `proc.name`?");
    check(&rule("evt.num = many"), "LOAD_ERR_COMPILE_CONDITION");
    check(&rule("evt.num startswith 1"), "LOAD_ERR_COMPILE_CONDITION");
    check("- rule: [R]\n  condition: {a: b}\n", "LOAD_ERR_YAML_VALIDATE");
    check("- macro: a\n  condition: b\n- macro: b\n  condition: a\n", "Undefined macro");
    check(&format!("{}{}", "[".repeat(deep), "]".repeat(deep)), "LOAD_ERR_YAML");
    check("- list: a\n  items: [b]\n- list: b\n  items: [a]\n", "");
    // Each macro is twice the one before: 2^40 comparisons, if they were written out.
    check(&(macros() + &rule("m40")), "");
    let mut lists = String::from("- list: l0\n  items: [a, b]\n");
    for level in 1..=40 {
        let below = level - 1;
        writeln!(lists, "- list: l{level}\n  items: [l{below}, l{below}]").unwrap();
    }
    check(&(lists + &rule("proc.name in (l40)")), "lists hold more than");
}

fn record(id: &str, more: &str) -> String {
    format!(
        "{{\"eventVersion\":\"1.08\",\"eventTime\":\"2026-11-22T10:00:00Z\",\
         \"eventName\":\"StopLogging\",\"eventSource\":\"cloudtrail.amazonaws.com\",\
         \"awsRegion\":\"eu-west-1\",\"eventID\":\"{id}\",\
         \"userIdentity\":{{\"type\":\"Root\"}}{more}}}"
    )
}

fn world() -> World {
    let world = World::empty();
    world.write("rules.yaml", STOPPED);
    world
}

fn detect(world: &World, trail: &str) -> Run {
    let start = Instant::now();
    let args = ["detect", "--no-builtin-rules", "-r", "rules.yaml", "--stats", "--trail", trail];
    let run = world.farguard(&args);
    assert!(start.elapsed() < TIME, "{trail}: {:?}", start.elapsed());
    run
}

fn ids(run: &Run) -> Vec<&str> {
    let id = |line: &'_ str| line.split_once("(id=").map(|(_, rest)| rest.len());
    run.stdout
        .lines()
        .filter_map(|line| line.get(line.len() - id(line)?..)?.strip_suffix(')'))
        .collect()
}

#[test]
fn records_around_damage_still_alert() {
    let world = world();
    let deep =
        format!(",\"requestParameters\":{}1{}", "{\"a\":".repeat(200_000), "}".repeat(200_000));
    let check = |name: &str, middle: &[u8], between: &[&str], told: &str| {
        let (before, after) = (record("before", ""), record("after", ""));
        let lines = [before.as_bytes(), middle, after.as_bytes()];
        fs::write(world.path(name), lines.join(&b'\n')).unwrap();
        let run = detect(&world, name);
        let mut expect = between.to_vec();
        expect.insert(0, "before");
        expect.push("after");
        assert_eq!((run.code, ids(&run)), (1, expect), "{name}: {}", run.stderr);
        assert!(run.stderr.contains(told), "{name}: `{told}` is not in: {}", run.stderr);
        assert!(run.stderr.len() < 10_000, "{name}");
    };
    check(
        "deep",
        record("deep", &deep).as_bytes(),
        &[],
        "deep: the record is nested deeper than 128 levels (line 2, byte 200)",
    );
    let wrong = b"{\"eventName\":[\"StopLogging\"],\"eventID\":{\"a\":1},\"eventTime\":7,\"userIdentity\":\"x\"}";
    check("types", wrong, &[], "");
    // The last one counts.
    check("twice", record("a", ",\"eventID\":\"b\"").as_bytes(), &["b"], "");
    let mut bytes = record("utf8", "").into_bytes();
    let at = bytes.len() - 4;
    bytes[at] = 0xff;
    check("utf8", &bytes, &["utf8"], "");
    check("cut", b"{\"eventVersion\":\"1.08\",\"eventNa", &[], "(line 2, ");
    check("numbers", record("n", ",\"a\":1e999999,\"b\":-0").as_bytes(), &["n"], "");
}

#[test]
fn clocks_that_jump_forget_nothing() {
    let world = world();
    let window = "  farguard: {window: {by: ct.user, within: 1m, count: 3}}\n";
    world.write("rules.yaml", &format!("{}{window}", STOPPED.trim_start()));
    let at = |id, time| record(id, "").replace("2026-11-22T10:00:00Z", time);
    let records = [
        at("1", "2026-11-22T10:00:00Z"),
        at("2", "9999-12-31T23:59:59Z"),
        at("3", "2026-11-22T10:00:10Z"),
        at("4", "0001-01-01T00:00:00Z"),
        at("5", "2026-11-22T10:00:20Z"),
    ];
    world.write("jumps", &records.join("\n"));
    let run = detect(&world, "jumps");
    assert_eq!((run.code, ids(&run)), (1, vec!["5"]), "{}{}", run.stdout, run.stderr);
}

/// Writes a gzip file of records, one of which has a text of 100 MB.
fn write_huge(world: &World) {
    let file = fs::File::create(world.path("huge.json.gz")).unwrap();
    let mut gz = GzEncoder::new(file, Compression::fast());
    let mut put = |text: &str| std::io::Write::write_all(&mut gz, text.as_bytes()).unwrap();
    put(&format!("{{\"Records\":[{},", record("before", "")));
    let huge = record("huge", ",\"requestParameters\":{\"text\":\"#\"}");
    let (start, end) = huge.split_once('#').unwrap();
    put(start);
    let text = "x".repeat(1 << 20);
    (0..100).for_each(|_| put(&text));
    put(&format!("{end},{}]}}", record("after", "")));
    gz.finish().unwrap();
}

#[test]
fn a_text_of_100_megabytes_does_not_fill_the_memory() {
    let world = world();
    write_huge(&world);
    let args = ["detect", "--no-builtin-rules", "-r", "rules.yaml", "--trail", "huge.json.gz"];
    let mut child =
        world.command(&args, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let most =
            |line: &str| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok();
        // A program that has just ended has none.
        peak = peak.max(status.lines().find_map(most).unwrap_or(0_u64));
        sleep(Duration::from_millis(5));
    }
    let run = Run::of(&child.wait_with_output().unwrap(), &world.path(""));
    assert_eq!((run.code, ids(&run)), (1, vec!["before", "after"]), "{}", run.stderr);
    assert!(run.stderr.contains("huge.json.gz"), "{}", run.stderr);
    assert!(peak > 0 && peak < 120 << 10, "{peak} kB");
}
