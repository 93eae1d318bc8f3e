//! Where a file differs from the JSON schema of rule files: Falco loads it, and says so in its
//! validation JSON.
//!
//! # Source
//! `rule_json_schema.h` of falcosecurity/falco; the words are those of its validator, valijson.

use farguard_authoring::yaml::{Entry, Node, Value};

use super::keys::EXTENSION;

/// What a value has to be.
enum Shape {
    Anything,
    /// Any scalar is one, and so is nothing.
    Text,
    Bool,
    Integer,
    OneOf(&'static [&'static str]),
    List(&'static Self),
    Map(&'static Mapping),
}

/// A mapping: its keys, sorted; those that must be there; how many at least.
struct Mapping {
    keys: &'static [(&'static str, Shape)],
    required: &'static [&'static str],
    at_least: usize,
}

const OPERATION: Shape = Shape::OneOf(&["append", "replace"]);

static OVERRIDE: Mapping = Mapping {
    keys: &[
        ("capture", OPERATION),
        ("capture_duration", OPERATION),
        ("capture_events", OPERATION),
        ("capture_filesize", OPERATION),
        ("condition", OPERATION),
        ("desc", OPERATION),
        ("enabled", OPERATION),
        ("exceptions", OPERATION),
        ("items", OPERATION),
        ("output", OPERATION),
        ("priority", OPERATION),
        ("skip-if-unknown-filter", OPERATION),
        ("tags", OPERATION),
        ("warn_evttypes", OPERATION),
    ],
    required: &[],
    at_least: 1,
};

static EXCEPTION: Mapping = Mapping {
    keys: &[
        ("comps", Shape::Anything),
        ("fields", Shape::Anything),
        ("name", Shape::Text),
        ("values", Shape::Anything),
    ],
    required: &["name"],
    at_least: 0,
};

static ALTERNATIVE: Mapping = Mapping {
    keys: &[("name", Shape::Text), ("version", Shape::Text)],
    required: &["name", "version"],
    at_least: 0,
};

static PLUGIN: Mapping = Mapping {
    keys: &[
        ("alternatives", Shape::List(&Shape::Map(&ALTERNATIVE))),
        ("name", Shape::Text),
        ("version", Shape::Text),
    ],
    required: &["name", "version"],
    at_least: 0,
};

static ITEM: Mapping = Mapping {
    keys: &[
        ("append", Shape::Bool),
        ("capture", Shape::Bool),
        ("capture_duration", Shape::Integer),
        ("capture_events", Shape::Integer),
        ("capture_filesize", Shape::Integer),
        ("condition", Shape::Text),
        ("desc", Shape::Text),
        ("enabled", Shape::Bool),
        ("exceptions", Shape::List(&Shape::Map(&EXCEPTION))),
        (EXTENSION, Shape::Anything),
        ("items", Shape::List(&Shape::Text)),
        ("list", Shape::Text),
        ("macro", Shape::Text),
        ("output", Shape::Text),
        ("override", Shape::Map(&OVERRIDE)),
        ("priority", Shape::OneOf(PRIORITIES)),
        ("required_engine_version", Shape::Text),
        ("required_plugin_versions", Shape::List(&Shape::Map(&PLUGIN))),
        ("rule", Shape::Text),
        ("skip-if-unknown-filter", Shape::Bool),
        ("source", Shape::Text),
        ("tags", Shape::List(&Shape::Text)),
        ("warn_evttypes", Shape::Bool),
    ],
    required: &[],
    at_least: 0,
};

static ITEMS: Shape = Shape::Map(&ITEM);

const PRIORITIES: &[&str] = &[
    "EMERGENCY",
    "ALERT",
    "CRITICAL",
    "ERROR",
    "WARNING",
    "NOTICE",
    "INFO",
    "INFORMATIONAL",
    "DEBUG",
];

/// Most remarks on one file.
const MAX_REMARKS: usize = 100;

/// What is wrong with a document; nothing when it is as the schema wants it.
pub(super) fn check(document: &Node) -> Vec<String> {
    let mut out = Vec::new();
    if !document.is_null() {
        visit(document, &Shape::List(&ITEMS), "<root>", &mut out);
    }
    out
}

/// Whether a node has the shape. Reports from the inside to the outside.
fn visit(node: &Node, shape: &Shape, path: &str, out: &mut Vec<String>) -> bool {
    let right = match (shape, &node.value) {
        (Shape::Anything, _) => true,
        (Shape::Text, Value::Scalar { .. }) => true,
        (Shape::Bool, Value::Scalar { text, .. }) => is_bool(text),
        (Shape::Integer, Value::Scalar { text, .. }) => text.parse::<i64>().is_ok(),
        (Shape::OneOf(known), Value::Scalar { text, .. }) if known.contains(&text.as_str()) => true,
        (Shape::OneOf(_), _) => {
            push(out, path, "Failed to match against any enum values.");
            return false;
        }
        (Shape::List(inner), Value::List(items)) => return list(items, inner, path, out),
        (Shape::Map(inner), Value::Map(entries)) => return mapping(entries, inner, path, out),
        _ => false,
    };
    if !right {
        push(out, path, "Value type not permitted by 'type' constraint.");
    }
    right
}

fn list(items: &[Node], shape: &Shape, path: &str, out: &mut Vec<String>) -> bool {
    let mut right = true;
    for (index, item) in items.iter().enumerate() {
        if out.len() < MAX_REMARKS && !visit(item, shape, &format!("{path}[{index}]"), out) {
            push(out, path, &format!("Failed to validate item #{index} in array."));
            right = false;
        }
    }
    right
}

fn mapping(entries: &[Entry], shape: &Mapping, path: &str, out: &mut Vec<String>) -> bool {
    let mut right = true;
    if entries.len() < shape.at_least {
        push(
            out,
            path,
            &format!("Object should have no fewer than {} properties.", shape.at_least),
        );
        right = false;
    }
    for (key, shape) in shape.keys {
        let Some(entry) = entries.iter().find(|entry| entry.key == *key) else { continue };
        if !visit(&entry.value, shape, &format!("{path}[{key}]"), out) {
            let message = "Failed to validate against schema associated with property name";
            push(out, path, &format!("{message} '{key}'."));
            right = false;
        }
    }
    let is_known = |entry: &&Entry| shape.keys.iter().any(|(key, _)| *key == entry.key);
    if let Some(unknown) = entries.iter().find(|entry| !is_known(entry)) {
        let message = "Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints:";
        push(out, path, &format!("{message} '{}'.", unknown.key));
        right = false;
    }
    let missing =
        shape.required.iter().filter(|key| !entries.iter().any(|entry| entry.key == **key));
    for key in missing {
        push(out, path, &format!("Missing required property '{key}'."));
        right = false;
    }
    right
}

fn push(out: &mut Vec<String>, path: &str, message: &str) {
    if out.len() < MAX_REMARKS {
        out.push(format!("failed for {path}: {message}"));
    }
}

fn is_bool(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "yes" | "true" | "on" | "n" | "no" | "false" | "off"
    )
}
