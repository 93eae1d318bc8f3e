use farguard_model::{ImageFacts, TargetInfo, TargetKind};
use jiff::Timestamp;

use super::*;

/// A report of an image with this `USER` and findings of these ids, all of them medium.
fn report(user: &str, ids: &[&str]) -> ScanReport {
    let target = TargetInfo::new("i:1", TargetKind::Registry);
    let mut report = ScanReport::new(Timestamp::UNIX_EPOCH, target);
    report.image = Some(ImageFacts { user: user.to_owned(), ..ImageFacts::default() });
    report.findings = ids
        .iter()
        .map(|id| {
            let subject = Subject { id: "i:1".into(), name: "i:1".into() };
            let detail = Detail::Misconfiguration(Misconfiguration {
                area: Area::Image,
                aliases: Vec::new(),
                excerpt: None,
                fix: None,
            });
            Finding::new(*id, Severity::Medium, subject, String::new(), detail)
        })
        .collect();
    report
}

fn container(settings: &str) -> (TaskDefinition, Container) {
    let text = format!(
        r#"{{"family": "f", "tags": [{{"key": "DB_PASSWORD", "value": "rT7hGz0qWx2"}}],
            "containerDefinitions": [{{"name": "app", "image": "i:1"{settings}}}]}}"#
    );
    let definition = super::super::parse("t.json", text.as_bytes()).unwrap();
    let container = definition.containers[0].clone();
    (definition, container)
}

/// `ID SEVERITY`, with `-` in front of what is suppressed.
fn check(of_image: &str, ids: &[&str], settings: &str, expect: &[&str], effects: usize) {
    let (definition, container) = container(settings);
    let accounts = [Account { name: "toor".into(), uid: Some(0), has_no_password: false }];
    let mut report = report(of_image, ids);
    apply(&mut report, &definition, &container, &accounts);
    let told: Vec<String> = report
        .findings
        .iter()
        .map(|f| {
            format!("{}{} {}", if f.suppression.is_some() { "-" } else { "" }, f.id, f.severity)
        })
        .collect();
    assert_eq!(told, expect, "{of_image} {settings}");
    assert_eq!(report.container.unwrap().effects.len(), effects, "{of_image} {settings}");
}

const ROOT: &str = "container-runs-as-root";
const OVERRIDES: &str = "task-definition-overrides-user-with-root medium";

#[test]
fn the_user_of_the_container_goes_before_that_of_the_image() {
    let medium = "container-runs-as-root medium";
    check("", &[ROOT], "", &[medium], 0);
    check("", &[ROOT], r#", "user": "1000""#, &["-container-runs-as-root medium"], 1);
    check("toor", &[ROOT], r#", "user": "app:app""#, &["-container-runs-as-root medium"], 1);
    check("", &[ROOT], r#", "user": "root""#, &[medium], 0);
    check("app", &[], r#", "user": "0:0""#, &[OVERRIDES], 1);
    check("app", &[], r#", "user": "toor""#, &[OVERRIDES], 1);
    check("app", &[], r#", "user": "1000""#, &[], 0);
}

#[test]
fn what_is_read_only_is_not_written_to() {
    let ids = ["world-writable-directory", "world-writable-file", "setuid-or-setgid-file"];
    let lowered = [
        "world-writable-directory negligible",
        "world-writable-file negligible",
        "setuid-or-setgid-file medium",
    ];
    check("app", &ids, r#", "readonlyRootFilesystem": true"#, &lowered, 2);
    let same = ids.map(|id| format!("{id} medium"));
    let same: Vec<&str> = same.iter().map(String::as_str).collect();
    check("app", &ids, r#", "readonlyRootFilesystem": false"#, &same, 0);
}

#[test]
fn a_health_check_of_the_container_will_do() {
    let id = "missing-health-check";
    let health = r#", "healthCheck": {"command": ["CMD-SHELL", "true"]}"#;
    check("app", &[id], health, &["-missing-health-check medium"], 1);
    check(
        "app",
        &[id],
        r#", "healthCheck": {"command": ["NONE"]}"#,
        &["missing-health-check medium"],
        0,
    );
}

#[test]
fn the_report_says_how_the_image_is_used() {
    let (definition, mut container) = container("");
    let mut report = report("app", &[]);
    apply(&mut report, &definition, &container, &[]);
    let uses = report.container.clone().unwrap();
    assert_eq!((uses.family.as_str(), uses.name.as_str()), ("f", "app"));
    assert!(uses.tag_can_move);
    assert!(!uses.tags[0].1.contains("rT7hGz0qWx2"), "{:?}", uses.tags);
    container.image = format!("i:1@sha256:{}", "0".repeat(64));
    apply(&mut report, &definition, &container, &[]);
    assert!(!report.container.unwrap().tag_can_move);
}
