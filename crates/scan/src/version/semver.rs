//! Semantic Versioning 2.0.0, as npm, crates.io and OSV's `SEMVER` ranges use it.
//!
//! Real data is looser than the specification, and so is this: a leading `v` or `=`, missing parts
//! (`1.2` is `1.2.0`), further parts (`1.2.3.4`), leading zeros, and a pre-release without its
//! hyphen (`1.2.3rc1`) are accepted. Build metadata does not count.

use std::cmp::Ordering;

use super::number::{Number, compare_filled, split_digits};

/// A parsed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version<'a> {
    parts: Vec<Number<'a>>,
    /// `None` for a release, which is newer than all of its pre-releases.
    pre_release: Option<Vec<Identifier<'a>>>,
}

/// A dot-separated part of a pre-release: numbers come before words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identifier<'a> {
    Number(Number<'a>),
    Word(&'a str),
}

/// Compares two versions, `None` when one is not a version.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(parse(left)?.cmp(&parse(right)?))
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim().trim_start_matches('=').trim_start();
    parse_bare(text.strip_prefix(['v', 'V']).unwrap_or(text))
}

/// As [`parse`], for callers that deal with prefixes themselves.
pub(super) fn parse_bare(text: &str) -> Option<Version<'_>> {
    let text = text.split_once('+').map_or(text, |(version, _build)| version);
    let (parts, rest) = parse_parts(text)?;
    let pre_release = match rest.strip_prefix('-').unwrap_or(rest) {
        "" if rest.is_empty() => None,
        identifiers => Some(parse_identifiers(identifiers)?),
    };
    Some(Version { parts, pre_release })
}

/// Reads `1.2.3` from the start of `text` and returns what follows.
fn parse_parts(mut text: &str) -> Option<(Vec<Number<'_>>, &str)> {
    let mut parts = Vec::new();
    loop {
        let (digits, rest) = split_digits(text);
        parts.push(Number::parse(digits)?);
        match rest.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => text = next,
            _ => return Some((parts, rest)),
        }
    }
}

fn parse_identifiers(text: &str) -> Option<Vec<Identifier<'_>>> {
    text.split('.')
        .map(|word| match Number::parse(word) {
            Some(number) => Some(Identifier::Number(number)),
            None => is_word(word).then_some(Identifier::Word(word)),
        })
        .collect()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_filled(&self.parts, &other.parts, Number::ZERO).then_with(|| {
            match (&self.pre_release, &other.pre_release) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(left), Some(right)) => left.cmp(right),
            }
        })
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
