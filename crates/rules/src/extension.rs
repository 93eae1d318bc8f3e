//! What only Farguard reads of a rule: the mapping below the key `farguard`, which plain Falco passes
//! over with a warning.
//!
//! ```yaml
//! farguard:
//!   remediation: Stop the task and rotate its credentials.
//!   references: [https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html]
//!   window: {by: [ct.user.arn], within: 30m, count: 5}
//!   examples:
//!     fires: [{eventName: ExecuteCommand}]              # one event, or a list of events
//!     silent: [[{eventName: RunTask}, {eventName: StopTask}]]
//! ```

use farguard_authoring::{
    suggest,
    yaml::{Entry, Node, Place, Value},
};
use serde_json::{Map, Number, Value as Json};

use crate::window::Spec;

const KEYS: [&str; 4] = ["examples", "references", "remediation", "window"];
const EXAMPLES: [&str; 2] = ["fires", "silent"];

/// What only Farguard reads of a rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extension {
    /// What to do when the rule fires.
    pub remediation: Option<String>,
    /// Where to read more: addresses.
    pub references: Vec<String>,
    /// The rule looks at more than one event: see [`Spec::read`].
    pub window: Option<Node>,
    /// Events, each entry one after the other, for which the rule fires.
    pub fires: Vec<Vec<Node>>,
    /// Events, each entry one after the other, for which it does not.
    pub silent: Vec<Vec<Node>>,
}

/// What is wrong with an extension, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionIssue {
    /// Whether something cannot be used; otherwise something is not known.
    pub is_error: bool,
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Extension {
    /// Reads what is there, with everything that is wrong with it.
    #[must_use]
    pub fn read(node: &Node) -> (Self, Vec<ExtensionIssue>) {
        let mut reader = Reader { issues: Vec::new() };
        let mut extension = Self::default();
        for Entry { key, value, place } in reader.entries(node, "`farguard`", &KEYS) {
            match key.as_str() {
                "remediation" => extension.remediation = reader.text(key, value),
                "references" => extension.references = reader.texts(key, value),
                "window" => {
                    if let Err(error) = Spec::read(value) {
                        let place = if error.place.line == 0 { *place } else { error.place };
                        reader.error(place, error.message, error.help);
                    }
                    extension.window = Some(value.clone());
                }
                _ => {
                    for Entry { key, value, .. } in reader.entries(value, "`examples`", &EXAMPLES) {
                        let events = reader.examples(key, value);
                        match key.as_str() {
                            "fires" => extension.fires = events,
                            _ => extension.silent = events,
                        }
                    }
                }
            }
        }
        (extension, reader.issues)
    }
}

struct Reader {
    issues: Vec<ExtensionIssue>,
}

impl Reader {
    fn error(&mut self, place: Place, message: String, help: Option<String>) {
        self.issues.push(ExtensionIssue { is_error: true, place, message, help });
    }

    /// The entries of a mapping whose keys are known.
    fn entries<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&'static str],
    ) -> Vec<&'n Entry> {
        let Value::Map(entries) = &node.value else {
            self.error(node.place, format!("{what} is a mapping, not {}", node.what()), None);
            return Vec::new();
        };
        let mut found = Vec::new();
        for entry in entries {
            if known.contains(&entry.key.as_str()) {
                found.push(entry);
                continue;
            }
            let message = format!("{what} has no key `{}`", entry.key);
            let help = Some(suggest::help(&entry.key, known.iter().copied()));
            self.issues.push(ExtensionIssue { is_error: false, place: entry.place, message, help });
        }
        found
    }

    fn text(&mut self, key: &str, node: &Node) -> Option<String> {
        match &node.value {
            Value::Scalar { text, .. } if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.error(node.place, format!("`{key}` is a text, not {}", node.what()), None);
                None
            }
        }
    }

    fn texts(&mut self, key: &str, node: &Node) -> Vec<String> {
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| self.text(key, item)).collect(),
            _ => {
                self.error(node.place, format!("`{key}` is a list, not {}", node.what()), None);
                Vec::new()
            }
        }
    }

    fn examples(&mut self, key: &str, node: &Node) -> Vec<Vec<Node>> {
        let Value::List(items) = &node.value else {
            self.error(
                node.place,
                format!("`{key}` is a list of events, not {}", node.what()),
                None,
            );
            return Vec::new();
        };
        let mut examples = Vec::new();
        for item in items {
            let events = match &item.value {
                Value::List(events) => events.clone(),
                Value::Map(_) | Value::Scalar { .. } => vec![item.clone()],
            };
            match events.iter().find(|event| !matches!(event.value, Value::Map(_))) {
                Some(wrong) => {
                    self.error(
                        wrong.place,
                        format!("an event is a mapping, not {}", wrong.what()),
                        None,
                    );
                }
                None => examples.push(events),
            }
        }
        examples
    }
}

/// A YAML value as JSON: words without quotes that are numbers, `true`, `false` and `null` are so.
#[must_use]
pub fn json(node: &Node) -> Json {
    match &node.value {
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            let entries = entries.iter().map(|entry| (entry.key.clone(), json(&entry.value)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
        Value::Scalar { .. } if node.is_null() => Json::Null,
        Value::Scalar { text, plain: true } => scalar(text),
        Value::Scalar { text, .. } => Json::from(text.as_str()),
    }
}

fn scalar(text: &str) -> Json {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    match text {
        "true" | "True" | "TRUE" => Json::Bool(true),
        "false" | "False" | "FALSE" => Json::Bool(false),
        // What would not be printed as it was written is no number, as `0123` and `1_000`.
        _ if is_number && text.parse::<i64>().is_ok_and(|number| number.to_string() == text) => {
            text.parse::<i64>().map_or(Json::Null, Json::from)
        }
        _ if is_number && text.bytes().all(|byte| b"0123456789.eE+-".contains(&byte)) => {
            let number = text.parse::<f64>().ok().filter(|_| text.contains(['.', 'e', 'E']));
            let number = number.and_then(Number::from_f64);
            number.map_or_else(|| Json::from(text), Json::Number)
        }
        _ => Json::from(text),
    }
}

#[cfg(test)]
mod tests {
    use farguard_authoring::yaml::parse;

    use super::*;

    fn read(text: &str) -> (Extension, Vec<ExtensionIssue>) {
        Extension::read(&parse(text).expect("YAML"))
    }

    #[test]
    fn everything_is_read() {
        let (extension, issues) = read(
            "remediation: >\n  Stop it.\nreferences: [https://example.com]\n\
             window: {within: 10m, count: 2}\nexamples: {fires: [{a: 1}, [{a: 1}, {a: 2}]], silent: []}",
        );
        assert_eq!(issues, []);
        assert_eq!(extension.remediation.as_deref(), Some("Stop it."));
        assert_eq!(extension.references, ["https://example.com"]);
        assert_eq!(extension.fires.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        assert!(extension.window.is_some() && extension.silent.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let check = |text: &str, line, is_error, message: &str| {
            let (_, issues) = read(text);
            let issue = issues.first().unwrap_or_else(|| panic!("{text}"));
            assert_eq!((issue.place.line, issue.is_error), (line, is_error), "{text}: {issue:?}");
            assert!(issue.message.contains(message), "{text}: {issue:?}");
        };
        check("[]", 1, true, "`farguard` is a mapping, not a list");
        check("references: []\nremedation: x", 2, false, "`farguard` has no key `remedation`");
        check("remediation: []", 1, true, "`remediation` is a text, not a list");
        check("references: x", 1, true, "`references` is a list, not a single value");
        check("window: {count: 0, within: 1h}", 1, true, "`count`");
        check("examples:\n  fires: {}", 2, true, "`fires` is a list of events");
        check("examples:\n  fires:\n    - [x]", 3, true, "an event is a mapping");
        check("examples: {fire: []}", 1, false, "`examples` has no key `fire`");
    }

    #[test]
    fn yaml_becomes_json() {
        let check = |text: &str, expect: &str| {
            assert_eq!(json(&parse(text).expect("YAML")).to_string(), expect, "{text}");
        };
        check(
            "{a: 1, b: '1', c: 1.5, d: true, e: ~, f: [x]}",
            r#"{"a":1,"b":"1","c":1.5,"d":true,"e":null,"f":["x"]}"#,
        );
        check(
            "[0123, 1_000, 10.0.0.1, -7, 123456789012, 99999999999999999999]",
            r#"["0123","1_000","10.0.0.1",-7,123456789012,"99999999999999999999"]"#,
        );
        check(
            "['true', 2026-03-01T00:00:00Z, 1e3, '']",
            r#"["true","2026-03-01T00:00:00Z",1000.0,""]"#,
        );
    }
}
