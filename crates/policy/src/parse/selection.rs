//! `when`: the targets that a rule or an exception is for.

use crate::{
    glob::Patterns,
    keys::Section,
    policy::Selector,
    reader::Reader,
    yaml::{Node, Value},
};

/// Reads `when`; what is wrong in it is left out and remarked upon.
pub(super) fn read(reader: &mut Reader, node: &Node) -> Vec<Selector> {
    let Some(entries) = reader.entries(node, "`when`", &super::names(&[Section::When])) else {
        return Vec::new();
    };
    let mut selectors = Vec::new();
    for entry in entries {
        let (key, value) = (entry.key.as_str(), &entry.value);
        let selector = match key {
            "source" => reader.word(value, key).map(Selector::Source),
            "workflow" => reader.words(value, key).map(Selector::Workflow),
            "label" => labels(reader, value, key).map(Selector::Label),
            _ => reader.patterns(value, key).and_then(|patterns| by_pattern(key, patterns)),
        };
        selectors.extend(selector);
    }
    selectors
}

fn by_pattern(key: &str, patterns: Patterns) -> Option<Selector> {
    Some(match key {
        "image" => Selector::Image(patterns),
        "registry" => Selector::Registry(patterns),
        "repository" => Selector::Repository(patterns),
        "tag" => Selector::Tag(patterns),
        "family" => Selector::Family(patterns),
        "container" => Selector::Container(patterns),
        "application" => Selector::Application(patterns),
        "owner" => Selector::Owner(patterns),
        _ => return None,
    })
}

/// Labels and the patterns of their values; a list of labels asks for any value that is not empty.
pub(super) fn labels(
    reader: &mut Reader,
    node: &Node,
    key: &str,
) -> Option<Vec<(String, Patterns)>> {
    let labels: Vec<(String, Patterns)> = match &node.value {
        Value::Map(_) => {
            let entries = reader.mapping(node, &format!("`{key}`"))?;
            let read = entries.into_iter().filter_map(|entry| {
                Some((entry.key.clone(), reader.patterns(&entry.value, &entry.key)?))
            });
            read.collect()
        }
        _ => {
            let names = reader.pattern_texts(node, key)?;
            names.into_iter().map(|(name, _)| (name, Patterns::new(["?*"]))).collect()
        }
    };
    if labels.is_empty() {
        reader.remarks.error(node.place, format!("`{key}` names no label"));
        return None;
    }
    Some(labels)
}
