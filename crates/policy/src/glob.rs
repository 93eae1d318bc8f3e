//! Patterns with `*` (anything) and `?` (one character), made once and matched often.

use std::collections::HashSet;

/// Longest pattern: nothing that it is matched against has longer names.
pub(crate) const MAX_BYTES: usize = 512;

/// One pattern, split at its stars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob {
    text: String,
    /// What stands before the first star.
    head: Part,
    /// What stands between stars, none empty.
    middle: Vec<Part>,
    /// What stands behind the last star; `None` without a star.
    tail: Option<Part>,
}

/// A piece without stars.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    /// Whether there is a `?` in it, which stands for one character.
    has_gaps: bool,
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        let mut parts = pattern.split('*').map(Part::new);
        let head = parts.next().unwrap_or_else(|| Part::new(""));
        let mut middle: Vec<Part> = parts.collect();
        let tail = middle.pop();
        middle.retain(|part| !part.text.is_empty());
        Self { text: pattern.to_owned(), head, middle, tail }
    }

    /// Whether only one text fits it.
    const fn is_literal(&self) -> bool {
        self.tail.is_none() && !self.head.has_gaps
    }

    /// Whether `text` as a whole fits. Takes each part at its first place, so every character is
    /// looked at once, or once for each character of a part with `?`.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some(mut rest) = self.head.strip_start(text) else { return false };
        let Some(tail) = &self.tail else { return rest.is_empty() };
        for part in &self.middle {
            match part.strip_past(rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        tail.is_end_of(rest)
    }
}

impl Part {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), has_gaps: text.contains('?') }
    }

    /// What follows it at the start of `text`.
    fn strip_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        if !self.has_gaps {
            // Profiled: half of the time of judging went into comparing no bytes at all.
            let is_empty = self.text.is_empty();
            return if is_empty { Some(text) } else { text.strip_prefix(self.text.as_str()) };
        }
        let mut chars = text.chars();
        for expected in self.text.chars() {
            let c = chars.next()?;
            if expected != '?' && expected != c {
                return None;
            }
        }
        Some(chars.as_str())
    }

    /// What follows its first place in `text`.
    fn strip_past<'t>(&self, text: &'t str) -> Option<&'t str> {
        if !self.has_gaps {
            return text.split_once(self.text.as_str()).map(|(_, after)| after);
        }
        let starts = text.char_indices().map(|(start, _)| start);
        starts.filter_map(|start| text.get(start..)).find_map(|rest| self.strip_start(rest))
    }

    fn is_end_of(&self, text: &str) -> bool {
        if !self.has_gaps {
            return self.text.is_empty() || text.ends_with(self.text.as_str());
        }
        let mut chars = text.chars().rev();
        let mut expected = self.text.chars().rev();
        expected.all(|expected| chars.next().is_some_and(|c| expected == '?' || expected == c))
    }
}

/// Several patterns, of which one has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Patterns {
    literals: HashSet<String>,
    globs: Vec<Glob>,
    /// As written, for messages.
    written: Vec<String>,
}

impl Patterns {
    pub(crate) fn new<T: AsRef<str>>(patterns: impl IntoIterator<Item = T>) -> Self {
        let mut all = Self::default();
        for pattern in patterns {
            let glob = Glob::new(pattern.as_ref());
            all.written.push(glob.text.clone());
            if glob.is_literal() {
                all.literals.insert(glob.text);
            } else {
                all.globs.push(glob);
            }
        }
        all
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        (!self.literals.is_empty() && self.literals.contains(text))
            || self.globs.iter().any(|glob| glob.matches(text))
    }

    /// Whether a pattern begins so, or with a wildcard.
    pub(crate) fn may_begin_with(&self, start: &str) -> bool {
        self.written.iter().any(|text| text.starts_with(start) || text.starts_with(['*', '?']))
    }

    pub(crate) fn written(&self) -> &[String] {
        &self.written
    }

    /// Whether everything that fits `other` fits this too, as far as can be told easily.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let all = self.globs.iter().any(|glob| glob.text == "*");
        // As a text, `*` fits `?`; as a pattern it is wider.
        let wider = |glob: &Glob, text: &str| !(glob.text.contains('?') && text.contains('*'));
        let covered = |text: &str| {
            self.literals.contains(text)
                || self
                    .globs
                    .iter()
                    .any(|glob| glob.text == text || (wider(glob, text) && glob.matches(text)))
        };
        all || other.written.iter().all(|text| covered(text))
    }

    /// `a`, `b` or `c`, the first few of them.
    pub(crate) fn shown(&self) -> String {
        shown(&self.written)
    }
}

/// Some words in backticks, the first few of them.
pub(crate) fn shown(words: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut text: Vec<String> = words.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
    if words.len() > SHOWN {
        text.push(format!("{} more", words.len() - SHOWN));
    }
    text.join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_and_question_marks() {
        let check = |pattern: &str, text: &str, expect| {
            assert_eq!(Glob::new(pattern).matches(text), expect, "{pattern} {text}");
            assert_eq!(Patterns::new([pattern]).matches(text), expect, "{pattern} {text}");
        };
        check("openssl", "openssl", true);
        check("openssl", "openssl3", false);
        check("lib*", "libssl3", true);
        check("*.internal/*", "registry.internal/team/app", true);
        check("a*b*c", "aXbYbZc", true);
        check("a*b*c", "aXbY", false);
        check("a*a", "a", false);
        check("ab*ba", "aba", false);
        check("l?b", "lib", true);
        check("l?b", "lüb", true);
        check("*?x*y?", "abxzyü", true);
        check("*?", "", false);
        check("*", "", true);
        check("**", "abc", true);
        check("", "", true);
        check("", "x", false);
    }

    #[test]
    fn many_stars_end() {
        assert!(!Glob::new(&"*a".repeat(200)).matches(&"b".repeat(100_000)));
        assert!(!Glob::new(&"*?a".repeat(100)).matches(&"b".repeat(100_000)));
    }

    #[test]
    fn patterns_cover_narrower_ones() {
        let check = |wide: &[&str], narrow: &[&str], expect| {
            assert_eq!(Patterns::new(wide).covers(&Patterns::new(narrow)), expect, "{wide:?}");
        };
        check(&["CVE-*"], &["CVE-2024-1", "CVE-2023-*"], true);
        check(&["CVE-2024-1"], &["CVE-2024-1"], true);
        check(&["CVE-2024-1"], &["CVE-*"], false);
        check(&["*"], &["x"], true);
        check(&["a?"], &["a*"], false);
        check(&["a?"], &["a?"], true);
    }

    /// The plain definition, for short texts.
    fn reference(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|i| reference(rest, &text[i..])),
            Some((c, rest)) => text
                .split_first()
                .is_some_and(|(t, after)| (*c == '?' || c == t) && reference(rest, after)),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?é]{0,8}", text in "[abé]{0,10}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            let expect = reference(&chars(&pattern), &chars(&text));
            prop_assert_eq!(Glob::new(&pattern).matches(&text), expect);
        }
    }
}
