//! One kind of secret: how it looks and where it counts.

use std::sync::OnceLock;

use farguard_model::Severity;
use regex::bytes::{Captures, Regex, RegexBuilder};

use super::content::{RawPattern, Style};

/// What a compiled pattern may take; the largest takes a tenth of it.
const MAX_REGEX_BYTES: usize = 4 << 20;

/// Matches nothing: an empty class.
const NOTHING: &str = r"[^\s\S]";

/// One kind of secret.
#[derive(Debug)]
pub struct Pattern {
    /// Kebab-case: the id of findings.
    pub id: String,
    /// Who issues such secrets: `AWS`, `GitHub`, `generic`.
    pub provider: String,
    /// What it is, as the start of a sentence: `AWS secret access key`.
    pub what: String,
    /// How bad it is to find one.
    pub severity: Severity,
    pub(super) keywords: Vec<String>,
    pub(super) ignore_case: bool,
    pub(super) lines: bool,
    pub(super) installed: bool,
    entropy: f64,
    paths: Option<LazyRegex>,
    allow: LazyRegex,
    finds: LazyRegex,
    /// The names of variables that it goes by.
    names: Option<LazyRegex>,
    /// Whether it is about passwords that everybody tries first.
    pub(super) is_default: bool,
    groups: OnceLock<Vec<usize>>,
}

/// Compiled when first needed: a scan needs a few of the patterns.
#[derive(Debug)]
pub(super) struct LazyRegex {
    text: String,
    ignore_case: bool,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    pub(super) fn new(text: impl Into<String>, ignore_case: bool) -> Self {
        Self { text: text.into(), ignore_case, compiled: OnceLock::new() }
    }

    /// Any of these; none matches nothing.
    pub(super) fn any(texts: &[String], ignore_case: bool) -> Self {
        let alternatives: Vec<String> = texts.iter().map(|text| format!("(?:{text})")).collect();
        let text = if texts.is_empty() { NOTHING.to_owned() } else { alternatives.join("|") };
        Self::new(text, ignore_case)
    }

    /// The regex. Content is tested, so `None` is not seen outside of tests.
    pub(super) fn get(&self) -> Option<&Regex> {
        let compile = || {
            let mut builder = RegexBuilder::new(&self.text);
            builder.unicode(false).multi_line(true).case_insensitive(self.ignore_case);
            builder.size_limit(MAX_REGEX_BYTES).build().ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }

    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }
}

impl Pattern {
    pub(super) fn new(raw: RawPattern) -> Self {
        let has_paths = raw.paths.is_some();
        let finds = match (&raw.name, raw.regex) {
            (Some(name), _) => assignment(name, raw.style),
            (None, regex) => regex.unwrap_or_default(),
        };
        let whole_name = |name: &String| LazyRegex::new(format!(r"\A[\w.-]*(?:{name})\z"), true);
        Self {
            is_default: raw.style == Style::Default,
            names: raw.name.as_ref().map(whole_name),
            finds: LazyRegex::new(finds, raw.ignore_case || raw.name.is_some()),
            ignore_case: raw.ignore_case || raw.name.is_some(),
            paths: raw.paths.map(|paths| LazyRegex::new(paths, true)),
            allow: LazyRegex::any(&raw.allow, true),
            id: raw.id,
            provider: raw.provider,
            what: raw.what,
            severity: raw.severity,
            keywords: raw.keywords,
            lines: raw.lines,
            // Files of certain names are not what package managers install.
            installed: raw.installed && !has_paths,
            entropy: raw.entropy,
            groups: OnceLock::new(),
        }
    }

    /// Where it is looked for, in a few words.
    #[must_use]
    pub fn scope(&self) -> &'static str {
        match (self.is_default, &self.paths, self.installed) {
            (true, ..) => "environments",
            (_, Some(_), _) => "files of certain names",
            (_, None, false) => "own files",
            (_, None, true) => "everywhere",
        }
    }

    #[cfg(test)]
    pub(super) fn compiles(&self) -> bool {
        let conditions = [Some(&self.allow), self.paths.as_ref(), self.names.as_ref()];
        conditions.into_iter().flatten().all(|condition| condition.get().is_some())
    }

    /// The regex that finds it.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.finds.get()
    }

    /// Whether it is looked for in the file at `path`, wherever that is.
    pub(super) fn wants_path(&self, path: &str) -> bool {
        self.paths.as_ref().is_none_or(|paths| paths.is_match(path.as_bytes()))
    }

    /// Whether it is looked for in text that is in no file.
    pub(super) fn wants_any_text(&self) -> bool {
        self.goes_by_name() || self.wants_path("")
    }

    /// Whether it finds values by the names of their variables.
    pub(super) fn goes_by_name(&self) -> bool {
        self.names.is_some()
    }

    /// Whether the value of a variable of this name is such a secret.
    pub(super) fn names(&self, variable: &str) -> bool {
        self.names.as_ref().is_some_and(|names| names.is_match(variable.as_bytes()))
    }

    /// Whether the pattern itself says that this is no secret.
    pub(super) fn allows(&self, secret: &[u8]) -> bool {
        entropy(secret) < self.entropy || self.allow.is_match(secret)
    }

    /// Where the secret is in a match.
    pub(super) fn secret(&self, captures: &Captures<'_>) -> Option<std::ops::Range<usize>> {
        let groups = self.groups.get_or_init(|| {
            let names =
                self.regex().into_iter().flat_map(|regex| regex.capture_names().enumerate());
            let is_secret =
                |name: Option<&str>| name.is_some_and(|name| name.starts_with("secret"));
            names.filter(|(_, name)| is_secret(*name)).map(|(index, _)| index).collect()
        });
        groups.iter().find_map(|group| captures.get(*group)).map(|found| found.range())
    }
}

/// A variable with one of these names gets a value.
fn assignment(name: &str, style: Style) -> String {
    let quoted = r#""(?P<secret_a>[^"\r\n\\]{4,256})"|'(?P<secret_b>[^'\r\n\\]{4,256})'"#;
    match style {
        // `name=value`, `"name": "value"`, `name => 'value'`, `<name>value</name>`,
        // `key="name" value="value"`.
        Style::Config => format!(
            r#"(?:^|[^\w.-]|--?)[\w.-]*(?:{name})["'\]]{{0,2}}(?:[ \t]*(?:=>|:=|=|:)[ \t]*(?:{quoted}|(?P<secret_c>[^\s"'`,;<>\[{{(|&][^\s"'`,;<>]{{3,255}}))|[ \t]*>[ \t]*(?P<secret_d>[^<>\s]{{4,256}})[ \t]*</|[ \t]+value[ \t]*=[ \t]*(?:"(?P<secret_e>[^"\r\n]{{4,256}})"))"#
        ),
        Style::Default => NOTHING.to_owned(),
        Style::Code => format!(
            r#"(?:^|[^\w.-])[\w.-]*(?:{name})["'\]]{{0,2}}[ \t]*(?::[ \t]*(?:str|string|String)[ \t]*)?(?:=>|:=|=|:|,)[ \t]*(?:{quoted})"#
        ),
    }
}

/// Bits per byte (Shannon).
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let part = |count: &u32| f64::from(*count) / total;
    counts.iter().filter(|count| **count > 0).map(part).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_bits_per_byte() {
        let check = |text: &str, expect: f64| {
            assert!((entropy(text.as_bytes()) - expect).abs() < 1e-9, "{text}");
        };
        check("", 0.0);
        check("aaaa", 0.0);
        check("abab", 1.0);
        check("abcd", 2.0);
    }
}
