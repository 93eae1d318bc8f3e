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
pub(crate) struct Pattern {
    whole: Regex,
    /// The same for texts of one line, without `.*` at its ends: so the words in it can be searched
    /// for, many times faster than every byte is stepped over.
    line: Option<Regex>,
}

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
        let whole = build(&format!(r"\A(?:{text})\z"))?;
        let line = searched(text).and_then(|text| build(&text).ok());
        Ok(Self { whole, line })
    }

    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        if std::str::from_utf8(text).is_err() {
            return self.whole.is_match(String::from_utf8_lossy(text).as_bytes());
        }
        match &self.line {
            Some(line) if !text.contains(&b'\n') => line.is_match(text),
            _ => self.whole.is_match(text),
        }
    }
}

/// An expression that is found in exactly those texts of one line that another one matches as a
/// whole; `None` if nothing is won.
fn searched(text: &str) -> Option<String> {
    let flags = ["(?i)", "(?s)", "(?is)", "(?si)"].into_iter().find(|it| text.starts_with(it));
    let flags = flags.unwrap_or_default();
    let inner = text.strip_prefix(flags)?;
    if has_choice(inner) {
        return None;
    }
    let (start, inner) = match inner.strip_prefix(".*") {
        // `.*?` and `.*+` are other things.
        Some(rest) if !rest.starts_with(['?', '*', '+', '{']) => ("", rest),
        _ => (r"\A", inner),
    };
    let (inner, end) = match inner.strip_suffix(".*") {
        Some(rest) if !rest.ends_with('\\') => (rest, ""),
        _ => (inner, r"\z"),
    };
    (start.is_empty() || end.is_empty()).then(|| format!("{flags}{start}(?:{inner}){end}"))
}

/// Whether `|` may stand outside of all parentheses, where it also divides what is put around.
fn has_choice(text: &str) -> bool {
    let (mut depth, mut escaped) = (0_i32, false);
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            // In brackets it is but a letter: then this is only slower.
            '|' if depth <= 0 => return true,
            // Brackets may hold parentheses, which would be counted.
            '[' if text.contains("[(") || text.contains("[)") || text.contains("[^(") => {
                return true;
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_searched_for_where_that_is_the_same() {
        let check =
            |text, expect: Option<&str>| assert_eq!(searched(text).as_deref(), expect, "{text}");
        check(".*abc", Some(r"(?:abc)\z"));
        check("abc.*", Some(r"\A(?:abc)"));
        check("(?i).*(a|b).*", Some("(?i)(?:(a|b))"));
        check(".*", Some(r"(?:)\z"));
        check("abc", None);
        check(".*a|b.*", None);
        check(".*?a", None);
        check(r"a\.*", None);
        check(r".*[(|]a", None);
    }

    #[test]
    fn searching_decides_as_matching_does() {
        let texts = [
            "", "abc", "xabc", "abcx", "xabcx", "ab\nc", "x\nabc", "abc\nx", "äabcé", "ABC", "a.bc",
        ];
        for pattern in
            [".*abc", "abc.*", ".*abc.*", "(?i).*abc", "(?s).*abc.*", ".*", "a.*c", ".*(a|x).*c"]
        {
            let pattern = Pattern::new(pattern).unwrap();
            for text in texts {
                assert_eq!(
                    pattern.matches(text.as_bytes()),
                    pattern.whole.is_match(text.as_bytes()),
                    "{pattern:?} {text:?}"
                );
            }
        }
    }
}
