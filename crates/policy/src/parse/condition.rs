//! Conditions: what is asked of a finding, and what is demanded of a target.

use std::collections::BTreeSet;

use farguard_model::Outcome;

use super::{Known, names, selection, value};
use crate::{
    demand::{Demand, List},
    glob::Patterns,
    keys::{self, Section},
    policy::{Condition, Test},
    reader::Reader,
    suggest,
    yaml::{Entry, Node},
};

/// Demands that need another one beside them.
const COMPANIONS: [(&str, &[&str]); 3] = [
    ("unknown-licenses", &["allowed-licenses", "forbidden-licenses"]),
    ("signer", &["signature"]),
    ("issuer", &["signature"]),
];

/// Reads the list behind `fail`, `warn` or `pass`.
pub(super) fn read(reader: &mut Reader, outcome: &Entry, known: &Known) -> Vec<Condition> {
    let Some(items) = reader.list(&outcome.value, &outcome.key) else { return Vec::new() };
    if items.is_empty() {
        let message = format!("`{}` without conditions never holds", outcome.key);
        reader.remarks.error(outcome.place, message);
    }
    items.iter().filter_map(|node| condition(reader, node, known)).collect()
}

fn condition(reader: &mut Reader, node: &Node, known: &Known) -> Option<Condition> {
    let sections = [Section::Finding, Section::Demand];
    let entries = reader.entries(node, "a condition", &names(&sections))?;
    let demands: Vec<&str> = keys::names(&[Section::Demand]).collect();
    let demanded: Vec<&Entry> =
        entries.iter().copied().filter(|entry| demands.contains(&entry.key.as_str())).collect();
    match demanded.first() {
        None if entries.is_empty() => {
            // An unknown key has been remarked upon already.
            if node.what() == "a mapping" && is_empty(node) {
                let help = "write `id: \"*\"` to mean every finding";
                reader.remarks.error_with(node.place, "a condition without keys", help);
            }
            None
        }
        None => tests(reader, &entries, known).map(Condition::Finding),
        Some(first) if demanded.len() < entries.len() => {
            let message = format!(
                "`{}` is demanded of the target and stands beside what is asked of findings",
                first.key
            );
            let help = "make it a condition of its own, with its own `-`";
            reader.remarks.error_with(first.place, message, help);
            None
        }
        Some(_) => demand(reader, &demanded),
    }
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.value, crate::yaml::Value::Map(entries) if entries.is_empty())
}

fn tests(reader: &mut Reader, entries: &[&Entry], known: &Known) -> Option<Vec<Test>> {
    let mut tests = Vec::new();
    let mut complete = true;
    for entry in entries {
        match test(reader, &entry.key, &entry.value, known) {
            Some(test) => tests.push(test),
            None => complete = false,
        }
    }
    if let (Some(_), Some(exactly)) =
        (value(entries, "severity"), value(entries, "severity-exactly"))
    {
        let help = "keep one of them";
        let message = "`severity-exactly` beside `severity`";
        reader.remarks.error_with(exactly.place, message, help);
    }
    tests.sort_by_key(Test::cost);
    // Half a condition would hold for more than was meant.
    complete.then_some(tests)
}

fn test(reader: &mut Reader, key: &str, node: &Node, known: &Known) -> Option<Test> {
    Some(match key {
        "kind" => Test::Kind(reader.words(node, key)?),
        "severity" => Test::Severity(reader.word(node, key)?),
        "severity-exactly" => Test::SeverityExactly(reader.words(node, key)?),
        "age-days" => Test::AgeDays(reader.number(node, key)?),
        "grace-days" => Test::GraceDays(reader.number(node, key)?),
        "fix" => Test::Fix(reader.words(node, key)?),
        "exploited" => Test::Exploited(reader.boolean(node, key)?),
        "epss-above" => Test::EpssAbove(reader.share(node, key)?),
        "id" => Test::Id(reader.lower_patterns(node, key)?),
        "package" => Test::Package(reader.patterns(node, key)?),
        "path" => Test::Path(reader.patterns(node, key)?),
        "origin" => Test::Origin(reader.word(node, key)?),
        "check" => Test::Check(ids(reader, node, key, &known.checks)?),
        "secret" => Test::Secret(ids(reader, node, key, &known.secrets)?),
        "development" => Test::Development(reader.boolean(node, key)?),
        _ => return None,
    })
}

/// Patterns of ids of ours: one that nothing has is a mistake. An alias such as `DL3008` is not
/// looked up.
fn ids(reader: &mut Reader, node: &Node, key: &str, known: &BTreeSet<String>) -> Option<Patterns> {
    let texts = reader.pattern_texts(node, key)?;
    for (text, place) in &texts {
        let is_alias = text.bytes().any(|b| b.is_ascii_uppercase());
        let is_known = text.contains(['*', '?']) || is_alias || known.contains(text);
        if !known.is_empty() && !is_known {
            let message = format!("there is no {key} `{text}`");
            match suggest::nearest(text, known.iter().map(String::as_str)) {
                Some(near) => {
                    reader.remarks.error_with(*place, message, format!("did you mean `{near}`?"));
                }
                None => reader.remarks.error(*place, message),
            }
        }
    }
    Some(Patterns::new(texts.into_iter().map(|(text, _)| text.to_ascii_lowercase())))
}

/// The one demand of a condition, with what stands beside it.
fn demand(reader: &mut Reader, entries: &[&Entry]) -> Option<Condition> {
    let is_companion = |key: &str| COMPANIONS.iter().find(|(name, _)| *name == key);
    let mut main: Option<&Entry> = None;
    for entry in entries {
        if let Some((name, beside)) = is_companion(&entry.key) {
            if !entries.iter().any(|other| beside.contains(&other.key.as_str())) {
                let help = format!("write it beside `{}`", beside.join("` or `"));
                let message = format!("`{name}` alone demands nothing");
                reader.remarks.error_with(entry.place, message, help);
            }
        } else if let Some(main) = main {
            let message =
                format!("`{}` beside `{}`: a condition has one demand", entry.key, main.key);
            let help = "make it a condition of its own, with its own `-`";
            reader.remarks.error_with(entry.place, message, help);
        } else {
            main = Some(entry);
        }
    }
    let main = main?;
    let (key, node) = (main.key.as_str(), &main.value);
    Some(Condition::Demand(match key {
        "not-assessed" => return Some(Condition::NotAssessed(reader.lower_patterns(node, key)?)),
        "required-labels" => Demand::Labels(selection::labels(reader, node, key)?),
        "maximum-size" => Demand::MaximumSize(reader.size(node, key)?),
        "maximum-age-days" => Demand::MaximumAgeDays(reader.number(node, key)?),
        "signature" => {
            reader.word::<Required>(node, key)?;
            let mut beside = |key| value(entries, key).and_then(|node| reader.patterns(node, key));
            Demand::Signature { signer: beside("signer"), issuer: beside("issuer") }
        }
        _ => listed(reader, entries, key, node)?,
    }))
}

/// `allowed-X` and `forbidden-X`.
fn listed(reader: &mut Reader, entries: &[&Entry], key: &str, node: &Node) -> Option<Demand> {
    let (list, what) = match key.split_once('-')? {
        ("allowed", what) => (List::Allowed(reader.patterns(node, key)?), what),
        (_, what) => (List::Forbidden(reader.patterns(node, key)?), what),
    };
    Some(match what {
        "packages" => Demand::Packages(list),
        "base-images" => Demand::BaseImages(list),
        "registries" => Demand::Registries(list),
        "licenses" => {
            let unknown = value(entries, "unknown-licenses");
            let unknown = unknown.and_then(|node| reader.word(node, "unknown-licenses"));
            Demand::Licenses { list, unknown: unknown.unwrap_or(Outcome::Warn) }
        }
        _ => return None,
    })
}

/// The only word behind `signature`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Required;

impl crate::policy::Words for Required {
    const ALL: &'static [Self] = &[Self];

    fn word(self) -> &'static str {
        "required"
    }
}
