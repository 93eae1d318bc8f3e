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
