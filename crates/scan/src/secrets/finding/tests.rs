use farguard_model::{Severity, TargetInfo, TargetKind};

use super::*;
use crate::{
    secrets::example::expand,
    source::config::{HistoryStep, RunConfig},
};

fn leak(path: &str, line: u32, layer: u32, removed_by_layer: Option<u32>) -> Leak {
    Leak {
        path: path.to_owned(),
        line,
        column: 1,
        rule: "plaintext-password".to_owned(),
        masked: "PASSWORD=********".to_owned(),
        layer: Some(layer),
        removed_by_layer,
    }
}

fn image(leaks: Vec<Leak>, config: RunConfig) -> Inventory {
    let target = TargetInfo::new("x", TargetKind::OciLayout);
    Inventory { leaks, config: Some(config), ..Inventory::new(target) }
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), expand(value))).collect()
}

#[test]
fn a_secret_is_told_once_however_many_layers_repeat_its_file() {
    let leaks = vec![
        leak("a", 1, 0, Some(1)),
        leak("a", 1, 1, None),
        leak("a", 9, 1, None),
        leak("b", 1, 0, Some(2)),
    ];
    let findings = findings(&image(leaks, RunConfig::default()));
    let told: Vec<_> = findings
        .iter()
        .map(|finding| {
            let location = finding.location.as_ref().unwrap();
            (location.path.as_str(), location.line, location.layer)
        })
        .collect();
    assert_eq!(told, [("a", Some(1), Some(1)), ("a", Some(9), Some(1)), ("b", Some(1), Some(0))]);
    assert!(findings[2].evidence.contains("layer 2 deletes"), "{}", findings[2].evidence);
    assert_ne!(findings[0].fingerprint, findings[1].fingerprint);
}

#[test]
fn environment_labels_and_history_are_looked_at() {
    let steps = [
        "ENV DB_PASSWORD=tr0ub4dor",
        "ARG NPM_TOKEN={{alnum:36}}",
        "RUN |1 B_PASSWORD=qX7vN2mK /bin/sh -c make",
        "RUN /bin/sh -c PASSWORD=oNlyH3re ./x",
        "COPY a b",
    ];
    let step = |text: &&str| HistoryStep { created_by: expand(text), ..HistoryStep::default() };
    let config = RunConfig {
        env: pairs(&[("DB_PASSWORD", "tr0ub4dor"), ("PATH", "/bin")]),
        labels: pairs(&[("key", "AKIA{{base32:16}}")]),
        history: steps.iter().map(step).collect(),
        ..RunConfig::default()
    };
    let findings = findings(&image(Vec::new(), config));
    let told: Vec<_> = findings
        .iter()
        .map(|finding| match &finding.detail {
            Detail::Secret(secret) => {
                (finding.id.as_str(), secret.place.clone(), secret.masked.as_str())
            }
            _ => panic!("no secret"),
        })
        .collect();
    let env = SecretPlace::ImageEnvironment("DB_PASSWORD".to_owned());
    let label = SecretPlace::ImageLabel("key".to_owned());
    assert_eq!(
        told,
        [
            ("plaintext-password", env, "DB_PASSWORD=********"),
            ("aws-access-key-id", label, "key=AKIA********"),
            ("plaintext-secret", SecretPlace::ImageHistory(2), "NPM_TOKEN=********"),
            ("plaintext-password", SecretPlace::ImageHistory(3), "B_PASSWORD=********"),
            ("plaintext-password", SecretPlace::ImageHistory(4), "PASSWORD=********"),
        ]
    );
    assert_eq!(findings[0].severity, Severity::High);
}

#[test]
fn the_environment_of_a_task_is_judged_the_same() {
    let finding = task_environment("web", "DB_PASSWORD", "tr0ub4dor").unwrap();
    assert_eq!(finding.id, "plaintext-password");
    assert!(finding.evidence.contains("`web`") && !format!("{finding:?}").contains("tr0ub4dor"));
    assert_eq!(task_environment("web", "LOG_LEVEL", "debug"), None);
}
