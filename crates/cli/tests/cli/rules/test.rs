//! `farguard rules test`.

use std::fs;

use super::{rules, world};

/// Rules of both sources, and of events one after the other.
const RULES: &str = "
- rule: Web shell
  desc: d
  condition: >
    evt.type = execve and proc.name = bash and proc.pname = nginx and container.id != host
  output: o
  priority: WARNING
- rule: Written below etc
  desc: d
  condition: evt.type in (open, openat) and evt.is_open_write = true and fd.name startswith /etc/
  output: o
  priority: WARNING
- rule: Env
  desc: d
  condition: evt.type = execve and proc.name = env and container.id = c0ffee35a5a5
  output: o
  priority: INFO
- rule: Logging stopped thrice
  desc: d
  condition: ct.name = StopLogging
  output: o
  priority: WARNING
  source: aws_cloudtrail
  farguard: {window: {by: ct.user.arn, within: 1m, count: 3}}
";

const CASES: &str = "rules: [rules.yaml]
cases:
  - name: in a container
    events:
      - type: execve
        process: {name: bash, args: [-i], container: c0ffee35a5a5, parent: {name: nginx}}
    fires: [Web shell]
  - name: on the host
    events: [{type: execve, process: {name: bash, parent: {name: nginx}}}]
    silent: [Web shell]
  - name: written
    events: [{type: openat, args: {name: /etc/passwd, flags: O_WRONLY, fd: 3, dirfd: -100}}]
    fires: [Written below etc]
    silent: [Env]
  - name: read
    events: [{type: openat, args: {name: /etc/passwd, flags: O_RDONLY, fd: 3, dirfd: -100}}]
    fires: []
  - name: a capture
    capture: containers.scap.gz
    fires: [Env]
    silent: [Web shell]
  - name: three in a minute
    source: aws_cloudtrail
    events:
      - {eventName: StopLogging, eventTime: '2026-11-20T10:00:00Z', userIdentity: {arn: a}}
      - {eventName: StopLogging, eventTime: '2026-11-20T10:00:10Z', userIdentity: {arn: a}}
      - {eventName: StopLogging, eventTime: '2026-11-20T10:00:20Z', userIdentity: {arn: a}}
    fires: [Logging stopped thrice]
  - name: three in an hour
    source: aws_cloudtrail
    events:
      - {eventName: StopLogging, eventTime: '2026-11-20T10:00:00Z', userIdentity: {arn: a}}
      - {eventName: StopLogging, eventTime: '2026-11-20T10:30:00Z', userIdentity: {arn: a}}
      - {eventName: StopLogging, eventTime: '2026-11-20T11:00:00Z', userIdentity: {arn: a}}
    fires: []
";

#[test]
fn tests_pass_fail_or_cannot_run() {
    let world = world();
    let fixture =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/captures/containers.scap.gz");
    fs::copy(fixture, world.path("containers.scap.gz")).unwrap();
    world.write("rules.yaml", RULES);
    let check = |cases: &str, code, expect: &[&str]| {
        world.write("cases.yaml", cases);
        let run = rules(&world, code, &["test", "cases.yaml"]);
        let said = format!("{}{}", run.stdout, run.stderr);
        for text in expect {
            assert!(said.contains(text), "`{text}` is not in: {said}");
        }
    };
    check(CASES, 0, &["7 tests passed, 0 failed"]);
    check(
        &CASES.replacen("silent: [Web shell]", "fires: [Web shell]", 1),
        1,
        &["FAILED  cases.yaml: on the host: did not fire: Web shell", "6 tests passed, 1 failed"],
    );
    check(
        &CASES.replace("O_RDONLY", "O_RDWR"),
        1,
        &["FAILED  cases.yaml: read: fired: Written below etc", "6 tests passed, 1 failed"],
    );
    check(&CASES.replace("O_RDONLY", "O_RDOLNY"), 1, &["`O_RDOLNY` is no value", "O_RDONLY"]);
    check(
        &CASES.replace("fires: [Env]", "fires: [Evn]"),
        2,
        &["cases.yaml:18:5: there is no rule 'Evn'"],
    );
    check(&CASES.replace("rules.yaml", "none.yaml"), 2, &["none.yaml"]);
    check("cases: [", 2, &["cases.yaml"]);
    rules(&world, 2, &["test", "nowhere.yaml"]);
}

#[test]
fn examples_of_built_in_rules_hold() {
    let run = rules(&world(), 0, &["test"]);
    assert!(run.stdout.ends_with(" tests passed, 0 failed\n"), "{}", run.stdout);
}
