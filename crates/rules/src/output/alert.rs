//! An alert, as text and as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::time;
use crate::rule::Priority;

/// An event that matched a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// Name of the rule.
    pub rule: String,
    /// How urgent.
    pub priority: Priority,
    /// The source of the event.
    pub source: &'static str,
    /// The output of the rule with the values of this event: one line.
    pub output: String,
    /// The fields of the output, in its order, each once; typed as the fields are.
    pub fields: Vec<(String, Value)>,
    /// Tags of the rule.
    pub tags: Vec<String>,
}

/// How moments are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimeFormat {
    /// `16:17:57.881785348`
    #[default]
    Clock,
    /// `2016-08-04T16:17:57.881785348+0000`
    Iso8601,
    /// `2016-08-04T16:17:57.881785348Z`
    Rfc3339,
}

/// What alerts tell of themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// How text begins.
    pub time: TimeFormat,
    /// Whether JSON has `output`: the text.
    pub output: bool,
    /// Whether JSON has `tags`.
    pub tags: bool,
    /// Whether JSON has `message`: the text without time and priority.
    pub message: bool,
    /// Whether JSON has `output_fields`.
    pub fields: bool,
    /// The host to name in JSON.
    pub hostname: Option<String>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            time: TimeFormat::Clock,
            output: true,
            tags: true,
            message: false,
            fields: true,
            hostname: None,
        }
    }
}

impl Alert {
    /// One line: `16:17:57.881785348: Warning A shell was started (user=root)`.
    #[must_use]
    pub fn to_text(&self, style: &Style) -> String {
        let time = time::print(self.time_ns, style.time);
        format!("{time}: {} {}", self.priority.as_str(), self.output)
    }

    /// One line of JSON with Falco's keys, sorted.
    #[must_use]
    pub fn to_json(&self, style: &Style) -> String {
        let mut keys = BTreeMap::from([
            ("time", Value::from(time::print(self.time_ns, TimeFormat::Rfc3339))),
            ("rule", Value::from(self.rule.as_str())),
            ("priority", Value::from(self.priority.as_str())),
            ("source", Value::from(self.source)),
        ]);
        if let Some(hostname) = &style.hostname {
            keys.insert("hostname", hostname.as_str().into());
        }
        if style.output {
            keys.insert("output", self.to_text(style).into());
        }
        if style.message {
            keys.insert("message", self.output.as_str().into());
        }
        if style.tags {
            let mut tags: Vec<&str> = self.tags.iter().map(String::as_str).collect();
            tags.sort_unstable();
            tags.dedup();
            keys.insert("tags", tags.into());
        }
        if style.fields {
            let mut fields: BTreeMap<&str, &Value> =
                self.fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
            let time = Value::from(self.time_ns);
            let field = match style.time {
                TimeFormat::Clock => "evt.time",
                TimeFormat::Iso8601 | TimeFormat::Rfc3339 => "evt.time.iso8601",
            };
            fields.insert(field, &time);
            keys.insert("output_fields", json!(fields));
        }
        json!(keys).to_string()
    }
}
