//! Regular expressions: the whole text has to match, in time linear in its length.
//!
//! # Source
//! RE2 with POSIX syntax, as Falco uses it: `^` and `$` stand for lines, `.` for all but a newline,
//! and what is not UTF-8 reads as U+FFFD.

use regex::bytes::{Regex, RegexBuilder};

/// Largest compiled expression, in bytes: repetitions of repetitions are refused.
const MAX_COMPILED: usize = 4 << 20;

/// A regular expression.
#[derive(Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// # Errors
    /// What is wrong with it, in one line.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let build = |text: &str| {
            RegexBuilder::new(text).multi_line(true).size_limit(MAX_COMPILED).build().map_err(
                |error| {
                    let error = error.to_string();
                    let reason = error.lines().last().unwrap_or_default();
                    format!("invalid regex pattern: {}", reason.trim_start_matches("error: "))
                },
            )
        };
        // Alone first, so that `a)(b` is not made right by what is put around it.
        build(text)?;
        build(&format!(r"\A(?:{text})\z")).map(Self)
    }

    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        match std::str::from_utf8(text) {
            Ok(_) => self.0.is_match(text),
            Err(_) => self.0.is_match(String::from_utf8_lossy(text).as_bytes()),
        }
    }
}
