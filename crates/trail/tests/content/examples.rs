//! Each rule alone over the records that it brings along.

use farguard_authoring::yaml::{Node, Value};
use farguard_rules::{Rule, RuleSet};

use crate::support::{extension, get, items, load, record, run};

/// The records of an example: one, or several in a row.
fn records(example: &Node) -> Vec<String> {
    match &example.value {
        Value::List(records) => records.iter().map(record).collect(),
        _ => vec![record(example)],
    }
}

fn check(rule: &Rule, key: &str, expect: bool, wrong: &mut Vec<String>) {
    let examples = extension(rule, "examples").and_then(|node| get(node, key));
    let examples = examples.map(items).unwrap_or_default();
    if examples.is_empty() {
        wrong.push(format!("{} has no example that it {key} on", rule.name));
    }
    let alone =
        RuleSet { rules: vec![Rule { enabled: true, ..rule.clone() }], ..RuleSet::default() };
    for example in examples {
        let fires = !run(&alone, &records(example)).is_empty();
        if fires != expect {
            let line = example.place.line;
            wrong.push(format!("{}: line {line} fires: {fires}, expected: {expect}", rule.name));
        }
    }
}

#[test]
fn rules_fire_on_their_examples_and_not_near_them() {
    let mut wrong = Vec::new();
    for rule in &load().rules.rules {
        check(rule, "fires", true, &mut wrong);
        check(rule, "silent", false, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_read_alone_is_no_alert() {
    let calls = [
        ("ec2", "DescribeInstances"),
        ("ecr", "DescribeRepositories"),
        ("ecs", "DescribeTasks"),
        ("ecs", "ListClusters"),
        ("iam", "ListRoles"),
        ("s3", "ListBuckets"),
        ("secretsmanager", "GetSecretValue"),
        ("ssm", "GetParameter"),
        ("sts", "GetCallerIdentity"),
    ];
    let record = |(service, name): &(&str, &str)| {
        format!(
            r#"{{"eventTime":"2026-03-01T09:00:00Z","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.15.0","readOnly":true,"requestParameters":{{"withDecryption":true,"name":"a","secretId":"a"}},"userIdentity":{{"type":"IAMUser","userName":"alice","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333"}},"recipientAccountId":"111122223333"}}"#
        )
    };
    let records: Vec<String> = calls.iter().map(record).collect();
    assert_eq!(run(&load().rules, &records), []);
}
