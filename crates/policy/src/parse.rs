//! From the text of a policy to its rules, with every mistake in it.

mod condition;
mod exception;
mod lint;
mod selection;

use std::collections::{BTreeSet, HashMap};

use farguard_model::Outcome;
use jiff::civil::Date;

use crate::{
    diagnostic::Diagnostic,
    glob::Patterns,
    keys::{self, Section},
    policy::{Exception, Policy, Rule},
    reader::Reader,
    yaml::{self, Entry, Node, Place, Value},
};

/// Most rules and exceptions of one file.
const MAX_ENTRIES: usize = 10_000;

/// What policies are checked against beside their own grammar.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Today, to find exceptions that have expired; `None` leaves that out.
    pub today: Option<Date>,
    /// Ids of all checks; empty leaves `check` unchecked.
    pub checks: BTreeSet<String>,
    /// Ids of all patterns of secrets; empty leaves `secret` unchecked.
    pub secrets: BTreeSet<String>,
}

/// A policy that was read, and what is to be said of it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// `None` when there is an error among the remarks.
    pub policy: Option<Policy>,
    /// Errors and warnings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Policy {
    /// Reads the text of a policy, YAML or JSON. All mistakes are reported at once.
    #[must_use]
    pub fn parse(file: &str, text: &str, known: &Known) -> Parsed {
        let mut reader = Reader::new(file);
        let policy = match yaml::parse(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            Ok(root) => policy(&mut reader, &root, file, known),
            Err(error) => {
                reader.remarks.error(error.place, error.message);
                None
            }
        };
        if let Some(policy) = &policy {
            lint::check(policy, known, &mut reader.remarks);
        }
        let policy = policy.filter(|_| !reader.remarks.has_errors());
        Parsed { policy, diagnostics: reader.remarks.into_sorted() }
    }
}

fn names(sections: &[Section]) -> Vec<&'static str> {
    keys::names(sections).collect()
}

/// The value of a key among entries.
fn value<'n>(entries: &[&'n Entry], key: &str) -> Option<&'n Node> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

fn policy(reader: &mut Reader, root: &Node, file: &str, known: &Known) -> Option<Policy> {
    let entries = reader.entries(root, "a policy", &names(&[Section::Policy]))?;
    let name = required(reader, &entries, "name", "a policy", root.place);
    let description = value(&entries, "description");
    let description = description.and_then(|node| reader.text(node, "description"));
    let in_house = value(&entries, "in-house").and_then(|node| reader.patterns(node, "in-house"));
    let rules: Vec<Rule> =
        items(reader, &entries, "rules").filter_map(|node| rule(reader, node, known)).collect();
    let exceptions: Vec<Exception> = items(reader, &entries, "exceptions")
        .filter_map(|node| exception::read(reader, node))
        .collect();
    unique(reader, rules.iter().map(|rule| (rule.id.as_str(), rule.place)));
    unique(reader, exceptions.iter().map(|exception| (exception.id.as_str(), exception.place)));
    let written = value(&entries, "rules");
    if written.is_none_or(|node| matches!(&node.value, Value::List(list) if list.is_empty())) {
        let place = written.map_or(root.place, |node| node.place);
        let help = "add `rules:` with at least one rule";
        reader.remarks.error_with(place, "a policy without rules decides nothing", help);
    }
    Some(Policy {
        name: name?,
        description: description.unwrap_or_default(),
        file: file.to_owned(),
        in_house: in_house.unwrap_or_else(|| Patterns::new::<&str>([])),
        rules,
        exceptions,
    })
}

/// The entries of a list, if it is there.
fn items<'n>(
    reader: &mut Reader,
    entries: &[&'n Entry],
    key: &str,
) -> impl Iterator<Item = &'n Node> + use<'n> {
    let list = value(entries, key).filter(|node| !node.is_null());
    let list = list.and_then(|node| reader.list(node, key)).unwrap_or_default();
    if let Some(first_left) = list.get(MAX_ENTRIES) {
        let message = format!("`{key}` has more than {MAX_ENTRIES} entries");
        reader.remarks.error(first_left.place, message);
    }
    list.iter().take(MAX_ENTRIES)
}

/// A text that has to be there.
fn required(
    reader: &mut Reader,
    entries: &[&Entry],
    key: &str,
    what: &str,
    place: Place,
) -> Option<String> {
    match value(entries, key) {
        Some(node) => reader.text(node, key),
        None => {
            reader.remarks.error(place, format!("{what} has no `{key}`"));
            None
        }
    }
}

/// Ids that are used twice make decisions ambiguous.
fn unique<'p>(reader: &mut Reader, ids: impl Iterator<Item = (&'p str, Place)>) {
    let mut seen: HashMap<&str, Place> = HashMap::new();
    for (id, place) in ids {
        match seen.get(id) {
            Some(first) => {
                let message = format!("the id `{id}` is already used in line {}", first.line);
                reader.remarks.error(place, message);
            }
            None => {
                seen.insert(id, place);
            }
        }
    }
}

fn rule(reader: &mut Reader, node: &Node, known: &Known) -> Option<Rule> {
    let entries = reader.entries(node, "a rule", &names(&[Section::Rule]))?;
    let id = required(reader, &entries, "id", "a rule", node.place);
    let description = value(&entries, "description");
    let description = description.and_then(|node| reader.text(node, "description"));
    let when = value(&entries, "when").map(|node| selection::read(reader, node));
    let decides: Vec<(&Entry, Outcome)> =
        entries.iter().filter_map(|entry| Some((*entry, outcome(&entry.key)?))).collect();
    let mut conditions = Vec::new();
    for (entry, _) in &decides {
        conditions = condition::read(reader, entry, known);
    }
    let help = "write `fail:`, `warn:` or `pass:` with a list of conditions";
    match decides.as_slice() {
        [] => reader.remarks.error_with(node.place, "a rule without outcome", help),
        [_] => {}
        [_, (second, _), ..] => {
            let message = format!("`{}` beside another outcome", second.key);
            let help = "a rule has one of `fail`, `warn` and `pass`: write a second rule";
            reader.remarks.error_with(second.place, message, help);
        }
    }
    let (_, outcome) = decides.first()?;
    Some(Rule {
        id: id?,
        description,
        place: value(&entries, "id").map_or(node.place, |id| id.place),
        when: when.unwrap_or_default(),
        outcome: *outcome,
        conditions,
    })
}

fn outcome(key: &str) -> Option<Outcome> {
    [Outcome::Fail, Outcome::Warn, Outcome::Pass].into_iter().find(|one| one.as_str() == key)
}

#[cfg(test)]
mod tests;
