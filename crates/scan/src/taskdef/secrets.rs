//! Secrets in plain sight in a task definition.

use farguard_model::{Finding, Location};

use super::{Container, TaskDefinition, Value};
use crate::secrets::{task_environment, task_setting};

/// The secrets in the environment, commands, labels and log options of all containers.
#[must_use]
pub fn findings(definition: &TaskDefinition) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for container in &definition.containers {
        for value in &container.values {
            findings.extend(in_value(container, value).into_iter().map(|finding| Finding {
                location: Some(Location {
                    path: definition.path.clone(),
                    layer: None,
                    line: value.line,
                    column: None,
                }),
                ..finding
            }));
        }
    }
    findings
}

fn in_value(container: &Container, value: &Value) -> Vec<Finding> {
    match value.setting {
        "environment" => {
            task_environment(&container.name, &value.name, &value.text).into_iter().collect()
        }
        setting if value.name.is_empty() => task_setting(&container.name, setting, &value.text),
        // The name of a label or option says as much as that of a variable.
        setting => {
            let text = format!("{}={}", value.name, value.text);
            task_setting(&container.name, setting, &text)
        }
    }
}

#[cfg(test)]
mod tests {
    use farguard_model::{Detail, SecretPlace};

    use super::*;
    use crate::taskdef::parse;

    /// `ID LINE` of every finding, none of which may show the secret.
    fn check(settings: &str, expect: &[&str]) -> Vec<Finding> {
        let text = format!(
            "{{\"containerDefinitions\": [{{\"name\": \"app\", \"image\": \"i\",\n{settings}}}]}}"
        );
        let found = findings(&parse("t.json", text.as_bytes()).unwrap());
        let told: Vec<String> = found
            .iter()
            .map(|f| format!("{} {}", f.id, f.location.as_ref().unwrap().line.unwrap()))
            .collect();
        assert_eq!(told, expect, "{settings}");
        assert!(!format!("{found:?}").contains("rT7hGz0qWx2mK"), "{found:?}");
        found
    }

    #[test]
    fn plaintext_is_found_and_references_are_fine() {
        let found = check(
            "\"environment\": [{\"name\": \"LEVEL\", \"value\": \"debug\"},\n\
             {\"name\": \"DB_PASSWORD\", \"value\": \"rT7hGz0qWx2mK\"}]",
            &["plaintext-password 3"],
        );
        let Detail::Secret(secret) = &found[0].detail else { panic!("a secret") };
        assert_eq!(secret.place, SecretPlace::TaskEnvironment("DB_PASSWORD".into()));
        check(
            "\"secrets\": [{\"name\": \"DB_PASSWORD\", \"valueFrom\": \"arn:aws:ssm:eu-west-1:1:parameter/db\"}]",
            &[],
        );
    }

    #[test]
    fn commands_and_log_options_are_looked_at_as_well() {
        let found = check(
            "\"command\": [\"sh\", \"-c\",\n\"DB_PASSWORD=rT7hGz0qWx2mK exec app\"]",
            &["plaintext-password 2"],
        );
        let Detail::Secret(secret) = &found[0].detail else { panic!("a secret") };
        assert_eq!(secret.place, SecretPlace::TaskSetting("command".into()));
        check(
            "\"logConfiguration\": {\"options\": {\"api_password\": \"rT7hGz0qWx2mK\"}}",
            &["plaintext-password 2"],
        );
        check("\"dockerLabels\": {\"team\": \"shop\"}", &[]);
    }
}
