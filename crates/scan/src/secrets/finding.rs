//! From secrets to findings.

use std::collections::HashMap;

use farguard_model::{Detail, Finding, Location, Secret, SecretPlace, Subject, fingerprint};

use super::{Detector, Leak, Pattern, history, in_value};
use crate::inventory::Inventory;

/// The secrets of a target: in files of all its layers, environment, labels and build history.
#[must_use]
pub fn findings(inventory: &Inventory) -> Vec<Finding> {
    let Some(detector) = Detector::builtin() else { return Vec::new() };
    let mut findings = in_files(detector, &inventory.leaks);
    findings.extend(in_configuration(detector, inventory));
    findings
}

/// The secret in an environment variable of a container in a task definition, if there is one.
/// `container` is the name of the container.
#[must_use]
pub fn task_environment(container: &str, name: &str, value: &str) -> Option<Finding> {
    let found = in_value(name, value)?;
    let place = SecretPlace::TaskEnvironment(name.to_owned());
    let remediation = "pass it through `secrets` of the container definition, from Secrets Manager \
                       or Parameter Store, and replace it where it is valid";
    let mut finding = Found {
        pattern: Detector::builtin()?.by_id(found.rule)?,
        masked: &found.masked,
        identity: &[container, name],
        place,
        removed_by_layer: None,
        subject: format!("{container}: {name}"),
        remediation,
    }
    .finding();
    finding.evidence = format!(
        "the environment of the container `{container}` holds it in plain text: `{}`",
        found.masked
    );
    Some(finding)
}

/// The secrets in another text of a container in a task definition. `setting` says which one:
/// `command`, `logConfiguration`.
#[must_use]
pub fn task_setting(container: &str, setting: &str, text: &str) -> Vec<Finding> {
    let Some(detector) = Detector::builtin() else { return Vec::new() };
    let leaks = detector.scan("", text.as_bytes()).leaks;
    let finding = |leak: &Leak| {
        let mut finding = Found {
            pattern: detector.by_id(&leak.rule)?,
            masked: &leak.masked,
            identity: &[container, setting, &leak.masked],
            place: SecretPlace::TaskSetting(setting.to_owned()),
            removed_by_layer: None,
            subject: format!("{container}: {setting}"),
            remediation: "pass it through `secrets` of the container definition (`secretOptions` \
                          for logs) and replace it where it is valid",
        }
        .finding();
        finding.evidence = format!(
            "`{setting}` of the container `{container}` holds it in plain text: `{}`",
            leak.masked
        );
        Some(finding)
    };
    leaks.iter().filter_map(finding).collect()
}

/// What becomes a finding.
struct Found<'a> {
    pattern: &'a Pattern,
    masked: &'a str,
    /// What a person would call it, besides the pattern.
    identity: &'a [&'a str],
    place: SecretPlace,
    removed_by_layer: Option<u32>,
    subject: String,
    remediation: &'a str,
}

impl Found<'_> {
    fn finding(self) -> Finding {
        let mut parts = vec!["secret", &self.pattern.id];
        parts.extend(self.identity);
        let secret = Secret {
            provider: self.pattern.provider.clone(),
            masked: self.masked.to_owned(),
            place: self.place,
            removed_by_layer: self.removed_by_layer,
        };
        let subject = Subject { id: self.subject.clone(), name: self.subject };
        let (id, severity) = (&self.pattern.id, self.pattern.severity);
        let mut finding =
            Finding::new(id, severity, subject, fingerprint(&parts), Detail::Secret(secret));
        finding.title.clone_from(&self.pattern.what);
        finding.remediation = Some(self.remediation.to_owned());
        finding
    }
}

/// One finding for each secret, however many layers repeat the file.
fn in_files(detector: &Detector, leaks: &[Leak]) -> Vec<Finding> {
    // Which of several secrets that look the same in the same file and layer it is.
    let mut numbers: HashMap<(&str, &str, &str, Option<u32>), u32> = HashMap::new();
    let mut places: HashMap<(&str, &str, &str, u32), usize> = HashMap::new();
    let mut findings: Vec<Finding> = Vec::new();
    for leak in leaks {
        let Some(pattern) = detector.by_id(&leak.rule) else { continue };
        let what = (leak.path.as_str(), leak.rule.as_str(), leak.masked.as_str());
        let number = numbers.entry((what.0, what.1, what.2, leak.layer)).or_default();
        *number += 1;
        let finding = in_file(pattern, leak, *number);
        match places.get(&(what.0, what.1, what.2, *number)) {
            None => {
                places.insert((what.0, what.1, what.2, *number), findings.len());
                findings.push(finding);
            }
            // What a container sees says more than what is hidden.
            Some(at) if leak.removed_by_layer.is_none() => {
                if let Some(known) = findings.get_mut(*at) {
                    *known = finding;
                }
            }
            Some(_) => {}
        }
    }
    findings
}

fn in_file(pattern: &Pattern, leak: &Leak, number: u32) -> Finding {
    let number = number.to_string();
    let remediation = if leak.removed_by_layer.is_some() {
        "replace it where it is valid, and rebuild without the layer: deleting the file in a later \
         one leaves it in the image"
    } else {
        "replace it where it is valid, and give it to the container when it starts: ECS `secrets`, \
         or a build secret that stays out of the image"
    };
    let mut finding = Found {
        pattern,
        masked: &leak.masked,
        identity: &[&leak.path, &leak.masked, &number],
        place: SecretPlace::File,
        removed_by_layer: leak.removed_by_layer,
        subject: leak.path.clone(),
        remediation,
    }
    .finding();
    let removed = leak.removed_by_layer.map_or(String::new(), |layer| {
        format!("; layer {layer} deletes or replaces the file, and it is still in the image")
    });
    finding.evidence =
        format!("line {} holds it in plain text: `{}`{removed}", leak.line, leak.masked);
    finding.location = Some(Location {
        path: leak.path.clone(),
        layer: leak.layer,
        line: Some(leak.line),
        column: Some(leak.column),
    });
    finding
}

fn in_configuration(detector: &Detector, inventory: &Inventory) -> Vec<Finding> {
    let Some(config) = &inventory.config else { return Vec::new() };
    let mut findings = Vec::new();
    let mut add = |place: SecretPlace, name: &str, rule: &str, masked: &str| {
        findings.extend(configured(detector, &place, name, rule, masked));
    };
    for (name, value) in &config.env {
        if let Some(found) = in_value(name, value) {
            add(SecretPlace::ImageEnvironment(name.clone()), name, found.rule, &found.masked);
        }
    }
    for (name, value) in &config.labels {
        if let Some(found) = in_value(name, value) {
            add(SecretPlace::ImageLabel(name.clone()), name, found.rule, &found.masked);
        }
    }
    for (index, step) in config.history.iter().enumerate() {
        let place = SecretPlace::ImageHistory(index + 1);
        for (name, value) in history::variables(&step.created_by) {
            // What the step sets and the image still has is told above.
            let has =
                |list: &[(String, String)]| list.iter().any(|(n, v)| *n == name && *v == value);
            if !has(&config.env)
                && !has(&config.labels)
                && let Some(found) = in_value(&name, &value)
            {
                add(place.clone(), &name, found.rule, &found.masked);
            }
        }
        for leak in detector.scan("", history::command(&step.created_by).as_bytes()).leaks {
            add(place.clone(), "", &leak.rule, &leak.masked);
        }
    }
    let mut seen = std::collections::HashSet::new();
    findings.retain(|finding| seen.insert(finding.fingerprint.clone()));
    findings
}

fn configured(
    detector: &Detector,
    place: &SecretPlace,
    name: &str,
    rule: &str,
    masked: &str,
) -> Option<Finding> {
    let (area, subject, remediation) = match place {
        SecretPlace::ImageEnvironment(name) => (
            "the environment of the image",
            format!("ENV {name}"),
            "replace it where it is valid, and set it when the container starts, from ECS `secrets`",
        ),
        SecretPlace::ImageLabel(name) => (
            "a label of the image",
            format!("LABEL {name}"),
            "replace it where it is valid, and take it out of the label",
        ),
        _ => (
            "the build history of the image",
            "build history".to_owned(),
            "replace it where it is valid, and use `RUN --mount=type=secret`: arguments and \
             commands of a build stay in the image",
        ),
    };
    let mut finding = Found {
        pattern: detector.by_id(rule)?,
        masked,
        identity: &[area, name, masked],
        place: place.clone(),
        removed_by_layer: None,
        subject,
        remediation,
    }
    .finding();
    let step = match place {
        SecretPlace::ImageHistory(step) => format!(", step {step},"),
        _ => String::new(),
    };
    finding.evidence = format!("{area}{step} holds it in plain text: `{masked}`");
    Some(finding)
}

#[cfg(test)]
mod tests;
