use super::*;

const HEAD: &str = "name: p\nrules:\n";

/// Checks the remarks on rules, each `line:column: level: message; help`, in order.
fn check(text: &str, expect: &[&str]) {
    let known = Known {
        today: Some("2026-11-22".parse().unwrap()),
        checks: ["image-runs-as-root", "no-health-check"].map(str::to_owned).into(),
        secrets: ["aws-access-key"].map(str::to_owned).into(),
    };
    let parsed = Policy::parse("p.yaml", text, &known);
    let said: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), expect.len(), "{said:#?}");
    for (said, expect) in said.iter().zip(expect) {
        let said = said.strip_prefix("p.yaml:").unwrap();
        assert!(said.starts_with(expect), "{said}\nfor {text}");
    }
    let fails = parsed.diagnostics.iter().any(|one| one.level == crate::Level::Error);
    assert_eq!(parsed.policy.is_none(), fails);
}

/// As [`check`], for the text of rules; lines count from the first of them.
fn check_rules(rules: &str, expect: &[&str]) {
    check(&format!("{HEAD}{rules}"), expect);
}

#[test]
fn a_small_policy_is_read() {
    let text = "name: small\ndescription: for tests\nin-house: [r.example/*]\nrules:\n  \
                - id: worst\n    fail: [{severity: critical, fix: available}]\n";
    let policy = Policy::parse("p", text, &Known::default()).policy.unwrap();
    assert_eq!((policy.name(), policy.description()), ("small", "for tests"));
    let rule = policy.rules.first().unwrap();
    assert_eq!((rule.id.as_str(), rule.outcome), ("worst", Outcome::Fail));
    assert_eq!(rule.conditions.len(), 1);
}

#[test]
fn json_is_yaml() {
    check("{\"name\":\"p\",\n\t\"rules\":[{\"id\":\"a\",\"fail\":[{\"age-days\":30}]}]}", &[]);
}

#[test]
fn every_mistake_is_said_at_once() {
    check_rules(
        "  - id: a\n    wen: {source: public}\n    fail:\n      - severty: high\n      \
         - severity: hihg\n      - fix: maybe\n        epss-above: 7\n",
        &[
            "4:5: error: unknown key `wen` in a rule; did you mean `when`?",
            "6:9: error: unknown key `severty` in a condition; did you mean `severity`?",
            "7:19: error: `severity` cannot be `hihg`; did you mean `high`?",
            "8:14: error: `fix` cannot be `maybe`; use one of available, none, wont-fix",
            "9:21: error: `epss-above` is a number from 0 to 1, not `7`",
        ],
    );
}

#[test]
fn what_a_policy_needs_is_asked_for() {
    check("rules: [{id: a, fail: [{exploited: true}]}]", &["1:1: error: a policy has no `name`"]);
    check("name: p\n", &["1:1: error: a policy without rules decides nothing; add `rules:`"]);
    check("name: p\nrules: []\n", &["2:8: error: a policy without rules decides nothing"]);
    check(
        "name: [p]\nrules: x\n",
        &[
            "1:7: error: `name` is a text, not a list",
            "2:8: error: `rules` is a list, not a single value",
        ],
    );
    check("- name: p\n", &["1:1: error: a policy is a mapping, not a list"]);
    check_rules("  - fail: [{exploited: true}]\n", &["3:5: error: a rule has no `id`"]);
    check_rules("  - id: a\n", &["3:5: error: a rule without outcome; write `fail:`, `warn:`"]);
    check_rules("  - {id: a, fail: []}\n", &["3:13: error: `fail` without conditions never holds"]);
    check_rules("  - {id: a, fail: [{}]}\n", &["3:20: error: a condition without keys; write `id"]);
    check_rules(
        "  - {id: a, fail: {severity: low}}\n",
        &["3:19: error: `fail` is a list, not a map"],
    );
}

#[test]
fn keys_that_do_not_go_together() {
    check_rules(
        "  - {id: a, fail: [{exploited: true}], warn: [{severity: low}]}\n",
        &["3:40: error: `warn` beside another outcome; a rule has one of"],
    );
    check_rules(
        "  - id: a\n    fail:\n      - severity: low\n        severity-exactly: low\n",
        &["6:27: error: `severity-exactly` beside `severity`; keep one of them"],
    );
    check_rules(
        "  - {id: a, fail: [{severity: low, signature: required}]}\n",
        &["3:36: error: `signature` is demanded of the target and stands beside what is asked"],
    );
    check_rules(
        "  - {id: a, fail: [{maximum-size: 1GB, maximum-age-days: 3}]}\n",
        &["3:40: error: `maximum-age-days` beside `maximum-size`: a condition has one demand"],
    );
    check_rules(
        "  - {id: a, fail: [{signer: x}]}\n",
        &["3:21: error: `signer` alone demands nothing; write it beside `signature`"],
    );
    check_rules(
        "  - id: a\n    id: b\n    fail: [{exploited: true}]\n",
        &["4:5: error: `id` is already written in line 3"],
    );
}

#[test]
fn values_of_the_wrong_kind() {
    let check_value = |condition: &str, expect: &str| {
        check_rules(&format!("  - id: a\n    fail:\n      - {condition}\n"), &[expect]);
    };
    check_value("age-days: -1", "5:19: error: `age-days` is a whole number, not `-1`");
    check_value("age-days: 99999999999", "5:19: error: `age-days` is a whole number");
    check_value("epss-above: nan", "5:21: error: `epss-above` is a number from 0 to 1");
    check_value("exploited: yes", "5:20: error: `exploited` is true or false, not `yes`");
    check_value("maximum-size: 5", "5:23: error: `maximum-size` is a size, not `5`; write a whole");
    check_value("maximum-size: 99999999999GB", "5:23: error: `maximum-size` is a size");
    check_value(
        "signature: wanted",
        "5:20: error: `signature` cannot be `wanted`; use one of requ",
    );
    check_value("id: []", "5:13: error: `id` is an empty list");
    check_value("id:", "5:11: error: `id` is one value or a list of them, not nothing");
    check_value("id: {a: b}", "5:13: error: `id` is one value or a list of them, not a mapping");
    check_value("required-labels: {}", "5:26: error: `required-labels` names no label");
    check_value("severity", "5:9: error: a condition is a mapping, not a single value");
    let long = format!("id: {}", "x".repeat(600));
    check_value(&long, "5:13: error: a pattern is longer than 512 bytes");
}

#[test]
fn ids_that_nothing_has() {
    let check_value = |condition: &str, expect: &[&str]| {
        check_rules(&format!("  - id: a\n    fail:\n      - {condition}\n"), expect);
    };
    check_value(
        "check: image-runs-as-rot",
        &["5:16: error: there is no check `image-runs-as-rot`; did you mean `image-runs-as-root`?"],
    );
    check_value("check: [no-health-check, DL3008, image-*]", &[]);
    check_value(
        "secret: [aws-access-key, nothing-like-it]",
        &["5:34: error: there is no secret `nothing-like-it`"],
    );
}

#[test]
fn exceptions_say_what_who_why_and_until_when() {
    let rules = "name: p\nrules: [{id: a, fail: [{exploited: true}]}]\nexceptions:\n";
    let check = |exception: &str, expect: &[&str]| check(&format!("{rules}{exception}"), expect);
    let full = "findings: x, owner: o, reason: r";
    check(&format!("  - {{id: e, {full}, expires: 2027-01-31}}\n"), &[]);
    check(
        "  - {id: e}\n",
        &[
            "4:5: error: an exception has no `owner`",
            "4:5: error: an exception has no `reason`",
            "4:5: error: an exception has no `expires`; write the last day",
            "4:5: error: an exception does not say what it lets pass; write `findings`",
        ],
    );
    check(
        &format!("  - {{id: e, {full}, expires: soon}}\n"),
        &["4:56: error: `expires` is a date, not `soon`; write it as 2027-03-31"],
    );
    check(
        &format!("  - {{id: e, {full}, expires: 2026-11-21}}\n"),
        &["4:10: warning: exception `e` expired on 2026-11-21; remove it, or decide anew"],
    );
}

#[test]
fn rules_that_never_decide_are_warned_of() {
    let shadowed = |first: &str, second: &str, expect: bool| {
        let rules = format!("  - {{id: a, {first}}}\n  - {{id: b, {second}}}\n");
        let warning = "4:10: warning: rule `b` never decides; the first rule that matches decides";
        let expect: &[&str] = if expect { &[warning] } else { &[] };
        check_rules(&rules, expect);
    };
    shadowed("fail: [{id: '*'}]", "warn: [{id: CVE-1}]", true);
    shadowed("warn: [{severity: low}]", "fail: [{severity: high, exploited: true}]", true);
    shadowed("fail: [{severity: high}]", "warn: [{severity: low}]", false);
    shadowed("fail: [{severity: high}]", "warn: [{severity: high}, {exploited: true}]", false);
    shadowed("when: {source: public}, fail: [{severity: low}]", "warn: [{severity: low}]", false);
    shadowed(
        "when: {registry: 'docker.*'}, fail: [{severity: low}]",
        "when: {registry: docker.io, tag: latest}, warn: [{severity: low}]",
        true,
    );
    shadowed("fail: [{severity: low}]", "warn: [{kind: violation, severity: low}]", false);
    shadowed("warn: [{signature: required}]", "fail: [{signature: required}]", true);
    shadowed("fail: [{age-days: 10}]", "warn: [{age-days: 30}]", true);
    shadowed("fail: [{age-days: 30}]", "warn: [{age-days: 10}]", false);
}

#[test]
fn ids_are_used_once() {
    check_rules(
        "  - {id: a, fail: [{exploited: true}]}\n  - {id: a, warn: [{severity: low}]}\n",
        &["4:10: error: the id `a` is already used in line 3"],
    );
}

#[test]
fn hostile_files_end_with_one_error() {
    check(&"[".repeat(100_000), &["1:33: error: not YAML"]);
    check(&format!("name: p\nrules: {}x", "&a [*a, ".repeat(10)), &["2:12: error: this alias"]);
    let many = "  - {id: a, fail: [{severty: x}]}\n".repeat(3_000);
    let parsed = Policy::parse("p", &format!("{HEAD}{many}"), &Known::default());
    assert!(parsed.policy.is_none());
    assert!(parsed.diagnostics.len() <= 200);
    let wide = format!("{HEAD}  - {{id: a, fail: [{{id: [{}]}}]}}\n", "x, ".repeat(100_000));
    assert!(Policy::parse("p", &wide, &Known::default()).policy.is_some());
}
