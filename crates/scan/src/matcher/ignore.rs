//! Ignore files: findings that somebody has decided to live with.
//!
//! ```toml
//! [[ignore]]
//! id = "CVE-2023-4911"             # CVE, GHSA or any other name of it
//! package = "libc*"                # optional; `*` stands for anything
//! purl = "pkg:deb/debian/*"        # optional
//! path = "usr/lib/python3/*"       # optional; the file that proves the package
//! reason = "not reachable: no setuid programs in the image"
//! expires = 2026-12-31             # optional; the last day on which it counts
//! ```
//!
//! A file named `.trivyignore` is read too: one id a line, `#` for comments, `exp:YYYY-MM-DD`
//! behind the id.

use std::path::Path;

use farguard_model::Finding;
use jiff::civil::Date;
use serde::Deserialize;

use super::glob;

/// The rules of all ignore files of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IgnoreRules {
    rules: Vec<Rule>,
}

/// One entry of an ignore file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) id: String,
    package: Option<String>,
    purl: Option<String>,
    path: Option<String>,
    pub(super) reason: String,
    pub(super) expires: Option<Date>,
    /// The file, and the line in it.
    pub(super) source: String,
    pub(super) line: usize,
}

/// An ignore file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read ignore file `{file}`, line {line}: {message}")]
pub struct IgnoreError {
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    ignore: Vec<toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    package: Option<String>,
    purl: Option<String>,
    path: Option<String>,
    reason: String,
    expires: Option<Day>,
}

/// A date, with or without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Day {
    Toml(toml::value::Datetime),
    Text(String),
}

const KEYS: [&str; 7] = ["ignore", "id", "package", "purl", "path", "reason", "expires"];

impl IgnoreRules {
    /// Reads the text of an ignore file; its name decides between TOML and the plain form.
    ///
    /// # Errors
    /// When the text is not of that form; the message names file, line and what was expected.
    pub fn parse(file: &str, text: &str) -> Result<Self, IgnoreError> {
        let name = Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or(file);
        let rules = match name {
            ".trivyignore" => parse_plain(file, text)?,
            _ => parse_toml(file, text)?,
        };
        Ok(Self { rules })
    }

    /// Adds the rules of another file.
    pub fn extend(&mut self, other: Self) {
        self.rules.extend(other.rules);
    }

    pub(super) fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl Rule {
    /// Whether it is about that finding.
    pub(super) fn matches(&self, finding: &Finding) -> bool {
        let mut names = finding.aliases().iter().chain([&finding.id]);
        let path = finding.location.as_ref().map_or("", |location| location.path.as_str());
        let fits = |pattern: &Option<String>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| glob::matches(pattern, text))
        };
        names.any(|name| name.eq_ignore_ascii_case(&self.id))
            && fits(&self.package, &finding.subject.name)
            && fits(&self.purl, &finding.subject.id)
            && fits(&self.path, path)
    }

    pub(super) fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

fn parse_toml(file: &str, text: &str) -> Result<Vec<Rule>, IgnoreError> {
    let fail = |offset: usize, message: String| IgnoreError {
        file: file.to_owned(),
        line: line_of(text, offset),
        message,
    };
    let parsed: File = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        fail(offset, with_suggestion(error.message()))
    })?;
    let mut rules = Vec::new();
    let mut lines = Lines { text, offset: 0, line: 1 };
    for spanned in parsed.ignore {
        let offset = spanned.span().start;
        let entry = spanned.into_inner();
        if entry.id.trim().is_empty() {
            return Err(fail(offset, "`id` is empty".to_owned()));
        }
        if entry.reason.trim().is_empty() {
            return Err(fail(offset, format!("`reason` of `{}` is empty", entry.id)));
        }
        let expires = entry.expires.map(date).transpose().map_err(|text| {
            fail(
                offset,
                format!("`expires` of `{}` is `{text}`, not a date like 2026-12-31", entry.id),
            )
        })?;
        rules.push(Rule {
            id: entry.id.trim().to_owned(),
            package: entry.package,
            purl: entry.purl,
            path: entry.path.map(|path| path.trim_start_matches('/').to_owned()),
            reason: entry.reason,
            expires,
            source: file.to_owned(),
            line: lines.at(offset),
        });
    }
    Ok(rules)
}

fn date(day: Day) -> Result<Date, String> {
    let text = match day {
        Day::Toml(datetime) => datetime.to_string(),
        Day::Text(text) => text,
    };
    text.parse().map_err(|_| text)
}

fn parse_plain(file: &str, text: &str) -> Result<Vec<Rule>, IgnoreError> {
    let mut rules = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let content = line.split('#').next().unwrap_or_default();
        let mut words = content.split_whitespace();
        let Some(id) = words.next() else { continue };
        let fail =
            |message: String| IgnoreError { file: file.to_owned(), line: index + 1, message };
        let mut expires = None;
        for word in words {
            let date = word.strip_prefix("exp:").and_then(|date| date.parse().ok());
            expires =
                Some(date.ok_or_else(|| {
                    fail(format!("`{word}` is not an expiry like `exp:2026-12-31`"))
                })?);
        }
        rules.push(Rule {
            id: id.to_owned(),
            package: None,
            purl: None,
            path: None,
            reason: "listed without a reason".to_owned(),
            expires,
            source: file.to_owned(),
            line: index + 1,
        });
    }
    Ok(rules)
}

fn line_of(text: &str, offset: usize) -> usize {
    Lines { text, offset: 0, line: 1 }.at(offset)
}

/// The lines of ascending offsets, in one pass: a file may hold any number of entries.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> usize {
        let between = self.text.as_bytes().get(self.offset..offset).unwrap_or_default();
        self.line += between.iter().filter(|byte| **byte == b'\n').count();
        self.offset = self.offset.max(offset);
        self.line
    }
}

/// Adds "did you mean" to a message about an unknown key.
fn with_suggestion(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    let close = unknown.and_then(|key| KEYS.into_iter().find(|known| is_close(key, known)));
    match (unknown, close) {
        (Some(key), Some(known)) => format!("unknown key `{key}`: did you mean `{known}`?"),
        (Some(key), None) => {
            format!("unknown key `{key}`: an entry has id, package, purl, path, reason, expires")
        }
        _ => message.to_owned(),
    }
}

/// Whether two keys are two edits apart at most.
fn is_close(a: &str, b: &str) -> bool {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(32).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, y) in b.iter().enumerate() {
            let up = row.get(j + 1).copied().unwrap_or_default();
            let cost = (diagonal + usize::from(x != *y)).min(up + 1).min(left + 1);
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            (diagonal, left) = (up, cost);
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    a.chars().count() <= 32 && row.last().is_some_and(|distance| *distance <= 2)
}

#[cfg(test)]
mod tests;
