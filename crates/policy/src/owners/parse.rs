//! The text of an owners file.

use super::{Owners, Pattern, path::PathPattern};
use crate::{
    diagnostic::{Diagnostic, Remarks},
    glob::{Glob, MAX_BYTES},
    suggest,
    yaml::Place,
};

/// As GitHub: what is longer is no list for people.
const MAX_FILE_BYTES: usize = 3 << 20;
const MAX_RULES: usize = 10_000;
/// Longest list of owners of a line, in bytes.
const MAX_OWNER_BYTES: usize = 512;

const PREFIXES: [&str; 3] = ["image", "family", "path"];

/// One line of an owners file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) line: u32,
    pub(super) pattern: Pattern,
    /// Several are joined by commas; empty means that nobody is the owner.
    pub(super) owner: String,
}

/// An owners file that was read, and what is to be said of it.
#[derive(Debug, Clone)]
pub struct ParsedOwners {
    /// `None` when there is an error among the remarks.
    pub owners: Option<Owners>,
    /// Errors and warnings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Owners {
    /// Reads the text of an owners file. The CODEOWNERS of GitHub and GitLab are ones: lines that
    /// GitHub skips give a warning, sections of GitLab lend their owners to lines without.
    #[must_use]
    pub fn parse(file: &str, text: &str) -> ParsedOwners {
        let mut parser =
            Parser { remarks: Remarks::new(file), rules: Vec::new(), of_section: None };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > MAX_FILE_BYTES {
            let message = format!("an owners file has at most {MAX_FILE_BYTES} bytes");
            parser.remarks.error(Place { line: 1, column: 1, length: 1 }, message);
        } else {
            for (number, line) in (1..).zip(text.lines()) {
                parser.line(number, line);
            }
        }
        let owners = Self { file: file.to_owned(), rules: parser.rules };
        let owners = (!parser.remarks.has_errors()).then_some(owners);
        ParsedOwners { owners, diagnostics: parser.remarks.into_sorted() }
    }
}

struct Parser {
    remarks: Remarks,
    rules: Vec<Rule>,
    /// Owners of the section, for lines that name none.
    of_section: Option<String>,
}

impl Parser {
    fn line(&mut self, number: u32, line: &str) {
        let words = words(line);
        let Some(first) = words.first() else { return };
        if let Some(section) = section(line) {
            let owners = names(section.split_whitespace());
            self.of_section = (!owners.is_empty()).then_some(owners);
            return;
        }
        let length = u32::try_from(first.chars().count()).unwrap_or(u32::MAX).max(1);
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        let column = u32::try_from(indent).unwrap_or(u32::MAX).saturating_add(1);
        let place = Place { line: number, column, length };
        if self.rules.len() >= MAX_RULES {
            self.remarks.error(place, format!("an owners file has at most {MAX_RULES} lines"));
            return;
        }
        let owner = names(words.iter().skip(1).map(String::as_str));
        if owner.len() > MAX_OWNER_BYTES {
            self.remarks.error(place, "there are too many owners in this line");
            return;
        }
        let owner = match &self.of_section {
            Some(of_section) if owner.is_empty() => of_section.clone(),
            _ => owner,
        };
        if let Some(pattern) = self.pattern(place, first) {
            self.rules.push(Rule { line: number, pattern, owner });
        }
    }

    fn pattern(&mut self, place: Place, word: &str) -> Option<Pattern> {
        if word.len() > MAX_BYTES {
            self.remarks.error(place, format!("a pattern has at most {MAX_BYTES} bytes"));
            return None;
        }
        let (prefix, rest) = match word.split_once(':') {
            Some((prefix, rest)) => (prefix, rest),
            None => ("path", word),
        };
        if rest.is_empty() {
            self.remarks.error_with(
                place,
                format!("`{word}` names nothing"),
                format!("write a pattern behind it: `{prefix}:team-a/*`"),
            );
            return None;
        }
        match prefix {
            "image" => Some(Pattern::Image(Glob::new(rest))),
            "family" => Some(Pattern::Family(Glob::new(rest))),
            "path" => self.path(place, rest),
            _ if suggest::nearest(prefix, PREFIXES).is_some() => {
                let message = format!("`{prefix}:` is no kind of line");
                self.remarks.error_with(place, message, suggest::help(prefix, PREFIXES));
                None
            }
            _ => self.path(place, word),
        }
    }

    fn path(&mut self, place: Place, text: &str) -> Option<Pattern> {
        let refused = if text.starts_with('!') {
            Some("exclusion with `!`")
        } else if text.contains(['[', ']']) {
            Some("`[` and `]`")
        } else {
            None
        };
        if let Some(what) = refused {
            let message = format!("CODEOWNERS knows no {what}: the line is skipped");
            self.remarks.warning(place, message, "name the paths one by one");
            return None;
        }
        let pattern = PathPattern::new(text);
        if pattern.is_none() {
            self.remarks.error(place, "the pattern has too many parts");
        }
        pattern.map(Pattern::Path)
    }
}

/// The words of a line up to a comment; `\ ` and `\#` stand for the characters.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(|next| matches!(next, ' ' | '#' | '\\')) => {
                word.extend(chars.next());
            }
            '#' if word.is_empty() => break,
            c if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// What stands behind the head of a section: `[Docs] @docs`, `^[Optional][2]`.
///
/// # Source
/// <https://docs.gitlab.com/user/project/codeowners/reference/#sections>
fn section(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let head = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (_, rest) = head.split_once(']')?;
    let count = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let rest = match count {
        Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => rest,
    };
    // `[a]*.rs` is a pattern, not a section.
    let owners = rest.split('#').next().unwrap_or(rest);
    (owners.is_empty() || owners.starts_with(char::is_whitespace)).then_some(owners)
}

fn names<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
