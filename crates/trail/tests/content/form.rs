//! What every rule has to say, and how.

use std::collections::BTreeSet;

use farguard_rules::{Rule, RuleSet, window::Spec};

use crate::support::{extension, files, items, load, text};

/// The least number of rules that are on by default or not.
const LEAST: usize = 80;

const TACTICS: [&str; 14] = [
    "mitre_collection",
    "mitre_command_and_control",
    "mitre_credential_access",
    "mitre_defense_evasion",
    "mitre_discovery",
    "mitre_execution",
    "mitre_exfiltration",
    "mitre_impact",
    "mitre_initial_access",
    "mitre_lateral_movement",
    "mitre_persistence",
    "mitre_privilege_escalation",
    "mitre_reconnaissance",
    "mitre_resource_development",
];

/// What alerts can be selected by: services, and what belongs together over services.
const SERVICES: [&str; 24] = [
    "ai",
    "automation",
    "detection",
    "discovery",
    "ec2",
    "ecr",
    "ecs",
    "fargate",
    "guardduty",
    "iam",
    "identity-center",
    "kms",
    "lambda",
    "logging",
    "messaging",
    "network",
    "organizations",
    "rds",
    "s3",
    "secrets",
    "sharing",
    "sign-in",
    "ssm",
    "sts",
];

/// What ECS, Fargate and ECR call that no other open rule set covers.
const FARGATE: [&str; 16] = [
    "BatchDeleteImage",
    "CreatePullThroughCacheRule",
    "DeleteCluster",
    "DeregisterTaskDefinition",
    "ExecuteCommand",
    "PutClusterCapacityProviders",
    "PutImage",
    "PutImageScanningConfiguration",
    "PutImageTagMutability",
    "PutReplicationConfiguration",
    "RegisterTaskDefinition",
    "RunTask",
    "SetRepositoryPolicy",
    "StopTask",
    "UpdateClusterSettings",
    "UpdateService",
];

fn rules() -> &'static RuleSet {
    &load().rules
}

#[test]
fn everything_loads_without_a_remark() {
    let loaded = load();
    for report in &loaded.files {
        assert_eq!(report.diagnostics, [], "{}", report.name);
    }
    assert!(loaded.rules.rules.len() >= LEAST, "{} rules", loaded.rules.rules.len());
}

#[test]
fn each_file_loads_without_the_others_of_its_kind() {
    let names: Vec<String> = files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.first().map(String::as_str), Some("00-shared.yaml"), "others need it first");
    for rule in &rules().rules {
        let file = rule.origins.first().map(|(_, origin)| origin.file.as_str());
        assert!(file.is_some_and(|file| names.iter().any(|name| name == file)), "{rule:?}");
    }
}

#[test]
fn macros_and_lists_are_used() {
    let rules = rules();
    for named in rules.macros.iter().chain(&rules.lists) {
        assert!(named.used, "nothing uses {}", named.name);
    }
}

#[test]
fn names_are_titles_and_unique() {
    let rules = rules();
    let mut names = BTreeSet::new();
    for Rule { name, .. } in &rules.rules {
        assert!(names.insert(name.to_lowercase()), "{name} is there twice");
        assert!(name.starts_with(char::is_uppercase), "{name}");
        assert!(name.len() <= 72 && !name.ends_with('.'), "{name}");
    }
}

/// Of rules without a window only the first that matches is told, unless all are asked for.
#[test]
fn the_most_urgent_come_first_in_each_file() {
    let rules = rules();
    let place = |rule: &Rule| (rule.origins[0].1.file.clone(), rule.priority);
    for pair in rules.rules.windows(2) {
        assert!(place(&pair[0]) <= place(&pair[1]), "{} before {}", pair[0].name, pair[1].name);
    }
}

#[test]
fn tags_name_provider_service_tactic_and_technique() {
    for Rule { name, tags, source, .. } in &rules().rules {
        assert_eq!(source, "aws_cloudtrail", "{name}");
        let has = |tag: &str| tags.iter().any(|it| it == tag);
        assert!(has("aws") && SERVICES.iter().any(|tag| has(tag)), "{name}: {tags:?}");
        assert!(tags.iter().any(|tag| TACTICS.contains(&tag.as_str())), "{name}: {tags:?}");
        assert!(tags.iter().any(|tag| is_technique(tag)), "{name}: {tags:?}");
        let known = |tag: &String| tag.starts_with("mitre_") == TACTICS.contains(&tag.as_str());
        assert!(tags.iter().all(known), "{name}: {tags:?}");
        let service = |tag: &String| SERVICES.contains(&tag.as_str());
        let other = |tag: &String| tag == "aws" || tag.starts_with("mitre_") || is_technique(tag);
        assert!(tags.iter().all(|tag| service(tag) || other(tag)), "{name}: {tags:?}");
    }
}

/// `T1651` or `T1078.004`.
fn is_technique(tag: &str) -> bool {
    let Some(rest) = tag.strip_prefix('T') else { return false };
    let (number, sub) = rest.split_once('.').unwrap_or((rest, "001"));
    let digits =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(number, 4) && digits(sub, 3)
}

#[test]
fn each_says_who_where_and_what_to_do() {
    for rule in &rules().rules {
        let name = &rule.name;
        for field in ["%ct.user", "%ct.user.arn", "%ct.srcip", "%ct.region", "%ct.user.accountid"] {
            assert!(rule.output.contains(field), "{name} does not tell {field}");
        }
        assert!(rule.desc.len() >= 40, "{name}: {}", rule.desc);
        let remediation = extension(rule, "remediation").map(text).unwrap_or_default();
        assert!(remediation.len() >= 12 && remediation.ends_with('.'), "{name}: {remediation}");
        let references = extension(rule, "references").map(items).unwrap_or_default();
        assert!(!references.is_empty(), "{name} refers to nothing");
        let aws = |url: &str| url.starts_with("https://docs.aws.amazon.com/");
        assert!(references.iter().all(|node| aws(text(node))), "{name}");
    }
}

#[test]
fn windows_are_understood() {
    let rules = rules();
    let windows = rules.rules.iter().filter_map(|rule| Some((rule, extension(rule, "window")?)));
    let mut count = 0;
    for (rule, window) in windows {
        let spec = Spec::read(window).unwrap_or_else(|error| panic!("{}: {error:?}", rule.name));
        assert!(!spec.by.is_empty(), "{} mixes all callers", rule.name);
        count += 1;
    }
    assert!(count >= 20, "{count} windows");
}

#[test]
fn fargate_is_covered() {
    let rules = rules();
    for call in FARGATE {
        let names = |rule: &Rule| rule.enabled && rule.condition.text.contains(call);
        assert!(rules.rules.iter().any(names), "no rule asks for {call}");
    }
}
