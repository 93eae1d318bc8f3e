//! Reads the patterns of `content/scan/secrets/`.

use farguard_model::{
    Severity,
    content::{ContentError, load},
};
use serde::Deserialize;

/// The files of patterns. Where two patterns find the same text, the one that is listed first
/// counts: what names a provider goes before what is general.
const FILES: [&str; 7] = ["cloud", "development", "services", "models", "files", "keys", "generic"];

/// What holds for all patterns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Common {
    /// Endings of files that hold no text, without their dot, in lower case.
    pub(super) binary_endings: Vec<String>,
    /// Where package managers put what others wrote (regex on the path).
    pub(super) installed: String,
    /// Files in which nothing is a secret (regexes on the path).
    pub(super) public: Vec<String>,
    /// Values that say where the secret is: variables, templates (regexes).
    pub(super) references: Vec<String>,
    /// Values that stand for a secret (regexes).
    pub(super) placeholders: Vec<String>,
    /// Values that are settings rather than secrets, for patterns that go by a name (regexes).
    pub(super) settings: Vec<String>,
    /// Passwords that everybody tries first (regex on the whole value).
    pub(super) defaults: String,
}

/// One pattern as written. `docs/guide/secrets.md` explains the fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPattern {
    pub(super) id: String,
    pub(super) provider: String,
    pub(super) what: String,
    pub(super) severity: Severity,
    pub(super) keywords: Vec<String>,
    /// Finds it; the secret is in a group whose name starts with `secret`.
    pub(super) regex: Option<String>,
    /// Instead of `regex`: the names of variables whose values are secrets (regex).
    pub(super) name: Option<String>,
    /// Where a variable that `name` names gets a value.
    #[serde(default)]
    pub(super) style: Style,
    #[serde(default)]
    pub(super) ignore_case: bool,
    /// Whether `regex` looks beyond the line of the keyword.
    #[serde(default)]
    pub(super) lines: bool,
    /// Bits per character that the secret has at least.
    #[serde(default)]
    pub(super) entropy: f64,
    /// Only in files whose path matches (regex).
    pub(super) paths: Option<String>,
    /// Whether it is looked for in what package managers have installed.
    #[serde(default = "yes")]
    pub(super) installed: bool,
    /// What is no secret although the pattern finds it (regexes on the secret).
    #[serde(default)]
    pub(super) allow: Vec<String>,
    /// Text in which it must be found, and text in which it must not.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are for tests"))]
    pub(super) leak: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are for tests"))]
    pub(super) harmless: Vec<String>,
}

/// How a variable gets its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Style {
    /// As in configuration: `name=value`, `name: value`, quoted or not.
    #[default]
    Config,
    /// As in source code: the value is quoted.
    Code,
    /// Nowhere but in environments, and only a password that everybody tries first.
    Default,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct File {
    pattern: Vec<RawPattern>,
}

pub(super) fn common() -> Result<Common, ContentError> {
    load("scan/secrets/common.toml")
}

/// All patterns, most specific first.
pub(super) fn patterns() -> Result<Vec<RawPattern>, ContentError> {
    let mut patterns = Vec::new();
    for name in FILES {
        let file: File = load(&format!("scan/secrets/{name}.toml"))?;
        patterns.extend(file.pattern);
    }
    Ok(patterns)
}
