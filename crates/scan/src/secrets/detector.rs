//! Finds secrets in bytes, in one pass, whole or in chunks with the same result.
//!
//! One automaton looks for the keywords of all patterns. Only where one occurs does the regex of
//! its pattern look at a window around it: the line, or a part of a long one. So the cost is that
//! of the automaton, and what hostile bytes can make of the rest is bounded.

mod scan;
mod window;

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    allow::Allow,
    content::{self, Common, RawPattern},
    pattern::Pattern,
    text,
};

pub use scan::{Scan, Scanned};

/// Every pattern, ready to look.
#[derive(Debug)]
pub struct Detector {
    patterns: Vec<Pattern>,
    pub(super) allow: Allow,
    /// For what package managers have installed: most files, and few patterns.
    installed: Keywords,
    own: Keywords,
    longest_keyword: usize,
    fingerprint: u64,
}

/// The keywords of some patterns.
#[derive(Debug)]
struct Keywords {
    automaton: AhoCorasick,
    /// By keyword of the automaton: who waits for it.
    waiting: Vec<Vec<Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    /// Index of the pattern.
    pattern: usize,
    /// The keyword as it must be written; `None` when case does not count.
    exactly: Option<Vec<u8>>,
}

/// The patterns of `content/`. INVARIANT: tests load them, so they are there.
static BUILTIN: LazyLock<Option<Detector>> =
    LazyLock::new(|| Detector::new(content::common().ok()?, content::patterns().ok()?));

impl Detector {
    /// The patterns that Farguard ships; `None` only when they are damaged.
    #[must_use]
    pub fn builtin() -> Option<&'static Self> {
        BUILTIN.as_ref()
    }

    fn new(common: Common, raw: Vec<RawPattern>) -> Option<Self> {
        let fingerprint = xxh3_64(format!("{common:?}{raw:?}").as_bytes());
        let patterns: Vec<Pattern> = raw.into_iter().map(Pattern::new).collect();
        let keywords = patterns.iter().flat_map(|pattern| &pattern.keywords);
        Some(Self {
            longest_keyword: keywords.map(String::len).max().unwrap_or_default(),
            installed: Keywords::new(&patterns, |pattern| pattern.installed)?,
            own: Keywords::new(&patterns, |_| true)?,
            patterns,
            allow: Allow::new(common),
            fingerprint,
        })
    }

    /// All patterns, most specific first.
    #[must_use]
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Changes with the patterns: part of the key of everything that remembers what they found.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Whether the file at `path` (relative to the root, without leading `/`) can hold a secret,
    /// as far as its name tells.
    #[must_use]
    pub fn wants(&self, path: &str) -> bool {
        !self.allow.is_binary_name(path)
    }

    /// Whether a file that starts like this is looked into: it is text.
    #[must_use]
    pub fn is_text(start: &[u8]) -> bool {
        text::is_text(start)
    }

    /// Finds the secrets in one file that is in memory.
    #[must_use]
    pub fn scan(&self, path: &str, content: &[u8]) -> Scanned {
        Scan::new(self, path).whole(content)
    }

    /// The patterns of which a keyword occurs, most specific first.
    pub(super) fn mentioned(&self, text: &[u8]) -> Vec<&Pattern> {
        let mut mentioned = vec![false; self.patterns.len()];
        self.own.find(text, |pattern, _| {
            if let Some(mentioned) = mentioned.get_mut(pattern) {
                *mentioned = true;
            }
        });
        self.patterns.iter().zip(mentioned).filter(|(_, yes)| *yes).map(|(p, _)| p).collect()
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Pattern> {
        self.patterns.iter().find(|pattern| pattern.id == id)
    }

    fn pattern(&self, index: usize) -> Option<&Pattern> {
        self.patterns.get(index)
    }
}

impl Keywords {
    /// The keywords of the patterns that `counts`.
    fn new(patterns: &[Pattern], counts: impl Fn(&Pattern) -> bool) -> Option<Self> {
        let mut keywords: Vec<String> = Vec::new();
        let mut waiting: Vec<Vec<Waiting>> = Vec::new();
        for (index, pattern) in patterns.iter().enumerate().filter(|(_, pattern)| counts(pattern)) {
            for keyword in &pattern.keywords {
                let folded = keyword.to_ascii_lowercase();
                let exactly = (!pattern.ignore_case).then(|| keyword.clone().into_bytes());
                let known = keywords.iter().position(|known| *known == folded);
                let known = known.unwrap_or_else(|| {
                    keywords.push(folded);
                    waiting.push(Vec::new());
                    keywords.len() - 1
                });
                if let Some(waiting) = waiting.get_mut(known) {
                    waiting.push(Waiting { pattern: index, exactly });
                }
            }
        }
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        Some(Self { automaton: builder.build(&keywords).ok()?, waiting })
    }

    /// Tells of every keyword in `text` who waits for it, in the order of their ends.
    fn find(&self, text: &[u8], mut found: impl FnMut(usize, Range<usize>)) {
        for keyword in self.automaton.find_overlapping_iter(text) {
            for waiting in self.waiting.get(keyword.pattern().as_usize()).into_iter().flatten() {
                let written = text.get(keyword.range());
                if waiting.exactly.as_deref().is_none_or(|exactly| written == Some(exactly)) {
                    found(waiting.pattern, keyword.range());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
