use farguard_model::{Finding, Severity, Subject, TargetInfo, TargetKind};

use super::*;
use crate::Known;

const POLICY: &str = "
name: p
rules:
  - {id: elsewhere, when: {registry: quay.io}, fail: [{severity: low}]}
  - {id: exploited, fail: [{exploited: true}]}
  - {id: severe, fail: [{kind: secret, severity: high}, {maximum-size: 1GB}]}
  - {id: size, fail: [{maximum-size: 2GB}]}
  - {id: rest, warn: [{severity: medium}]}
exceptions:
  - {id: known, findings: aws-*, owner: a, reason: a test key, expires: 2027-01-01}
  - {id: over, findings: '*', owner: a, reason: old, expires: 2020-01-01}
";

fn secret(id: &str, severity: Severity) -> Finding {
    let detail = Detail::Secret(farguard_model::Secret {
        provider: "generic".into(),
        masked: String::new(),
        place: farguard_model::SecretPlace::File,
        removed_by_layer: None,
    });
    let subject = Subject { id: "app/.env".into(), name: "app/.env".into() };
    Finding::new(id, severity, subject, id.to_owned(), detail)
}

#[test]
fn every_decision_names_what_was_passed_over() {
    let policy = Policy::parse("p", POLICY, &Known::default()).policy.unwrap();
    let target = TargetInfo::new("nginx", TargetKind::Registry);
    let mut report = ScanReport::new("2026-11-22T00:00:00Z".parse().unwrap(), target);
    report.findings = vec![
        secret("aws-key", Severity::Critical),
        secret("token", Severity::High),
        secret("password", Severity::Medium),
        secret("word", Severity::Low),
    ];
    let explanation = explain(&policy, &report, &Context::default());

    let entries: Vec<String> = explanation
        .entries
        .iter()
        .map(|one| format!("{} {} {}", one.id, one.decided, one.idle.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(
        entries,
        [
            "known 1 -",
            "over 0 expired on 2020-01-01",
            "elsewhere 0 not for this target: registry is `docker.io`, not `quay.io`",
            "exploited 0 matches no finding that is left for it",
            "severe 1 -",
            "size 0 the target meets its demands",
            "rest 1 -",
        ]
    );
    let groups: Vec<String> = explanation
        .groups
        .iter()
        .map(|group| {
            let ids: Vec<&str> = group.findings.iter().map(|one| one.id.as_str()).collect();
            let over: Vec<String> =
                group.passed_over.iter().map(|(id, why)| format!("{id}: {why}")).collect();
            format!("{} {} {} <- {}", group.outcome, group.by, ids.join(" "), over.join(" | "))
        })
        .collect();
    let before = "known: id is not `aws-*` | exploited: it is a secret, not a vulnerability";
    assert_eq!(
        groups,
        [
            format!("fail severe token <- {before}"),
            format!(
                "warn rest password <- {before} | severe: severity is medium, not high or worse"
            ),
            "pass known aws-key <- ".to_owned(),
            format!(
                "pass  word <- {before} | severe: severity is low, not high or worse | rest: \
                 severity is low, not medium or worse"
            ),
        ]
    );
}
