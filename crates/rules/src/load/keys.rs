//! The keys that each kind of item may have.

use farguard_authoring::{suggest, yaml::Entry};

use super::place::Scope;
use crate::diagnostic::{Code, Diagnostic};

/// What only Farguard reads.
pub(crate) const EXTENSION: &str = "farguard";

pub(crate) const RULE: &[&str] = &[
    "append",
    "capture",
    "capture_duration",
    "condition",
    "desc",
    "enabled",
    "exceptions",
    EXTENSION,
    "output",
    "override",
    "priority",
    "rule",
    "skip-if-unknown-filter",
    "source",
    "tags",
    "warn_evttypes",
];
pub(crate) const MACRO: &[&str] = &["append", "condition", "macro", "override"];
pub(crate) const LIST: &[&str] = &["append", "items", "list", "override"];
pub(crate) const ENGINE_VERSION: &[&str] = &["required_engine_version"];
pub(crate) const PLUGIN_VERSIONS: &[&str] = &["required_plugin_versions"];
pub(crate) const PLUGIN: &[&str] = &["alternatives", "name", "version"];
pub(crate) const ALTERNATIVE: &[&str] = &["name", "version"];
pub(crate) const EXCEPTION: &[&str] = &["comps", "fields", "name", "values"];

/// The keys that tell what an item is.
pub(crate) const ITEMS: [&str; 5] =
    ["required_engine_version", "required_plugin_versions", "list", "macro", "rule"];

/// What an override can do to a rule: key, whether `append` is possible. All can be replaced.
pub(crate) const RULE_OVERRIDES: &[(&str, bool)] = &[
    ("capture", false),
    ("capture_duration", false),
    ("condition", true),
    ("desc", true),
    ("enabled", false),
    ("exceptions", true),
    ("output", true),
    ("priority", false),
    ("skip-if-unknown-filter", false),
    ("tags", true),
    ("warn_evttypes", false),
];
pub(crate) const MACRO_OVERRIDES: &[(&str, bool)] = &[("condition", true)];
pub(crate) const LIST_OVERRIDES: &[(&str, bool)] = &[("items", true)];

/// A warning for each key that nothing reads.
pub(crate) fn unknown(entries: &[Entry], known: &[&str], scope: &Scope, out: &mut Vec<Diagnostic>) {
    for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        let message = format!("Unknown key '{}'", entry.key);
        let mut remark = scope.remark_at(Code::UnknownKey, message, entry.place);
        let missing = known.iter().filter(|key| !entries.iter().any(|other| other.key == **key));
        remark.help = did_you_mean(&entry.key, missing.copied());
        out.push(remark);
    }
}

/// `did you mean ...?`, if something is near.
pub(crate) fn did_you_mean<'k>(
    word: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<String> {
    suggest::nearest(word, known).map(|found| format!("did you mean `{found}`?"))
}
