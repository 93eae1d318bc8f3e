//! Python: PEP 440, with everything that it asks tools to normalise.
//!
//! Versions from before PEP 440 (`2004d`, `1.0-final-2`) have no place in the order and are
//! refused, as `packaging` does since version 22.
//!
//! # Source
//! <https://packaging.python.org/en/latest/specifications/version-specifiers/>

use std::cmp::Ordering;

use super::number::{Number, split_digits};

/// A parsed version. Field order is comparison order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version<'a> {
    epoch: Number<'a>,
    /// Without trailing zeros, so that the shorter of two is the older.
    release: Vec<Number<'a>>,
    pre: Pre<'a>,
    /// `None` sorts first: a release is older than its post-releases.
    post: Option<Number<'a>>,
    dev: Dev<'a>,
    local: Vec<Local<'a>>,
}

/// The pre-release: `1.0.dev1` comes before `1.0a1`, and `1.0` after all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pre<'a> {
    DevOnly,
    Alpha(Number<'a>),
    Beta(Number<'a>),
    Candidate(Number<'a>),
    Final,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Dev<'a> {
    Dev(Number<'a>),
    Final,
}

/// A segment of a local version: words come before numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Local<'a> {
    Word(&'a str),
    Number(Number<'a>),
}

/// Compares two versions, `None` when one does not follow PEP 440.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
    Some(parse(&left)?.cmp(&parse(&right)?))
}

/// Reads a version in lower case.
fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, local) = match text.split_once('+') {
        Some((public, local)) => (public, parse_local(local)?),
        None => (text, Vec::new()),
    };
    let (epoch, text) = match text.split_once('!') {
        Some((epoch, rest)) => (Number::parse(epoch)?, rest),
        None => (Number::ZERO, text),
    };
    let (release, rest) = parse_release(text)?;
    let (pre, rest) = parse_pre(rest);
    let (post, rest) = parse_post(rest);
    let (dev, rest) = match parse_labelled(rest, &["dev"]) {
        Some((_, number, rest)) => (Dev::Dev(number), rest),
        None => (Dev::Final, rest),
    };
    let pre = match pre {
        Some(pre) => pre,
        None if post.is_none() && matches!(dev, Dev::Dev(_)) => Pre::DevOnly,
        None => Pre::Final,
    };
    rest.is_empty().then_some(Version { epoch, release, pre, post, dev, local })
}

fn parse_release(mut text: &str) -> Option<(Vec<Number<'_>>, &str)> {
    let mut release = Vec::new();
    loop {
        let (digits, rest) = split_digits(text);
        release.push(Number::parse(digits)?);
        match rest.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => text = next,
            _ => {
                let kept =
                    release.iter().rposition(|number| !number.is_zero()).map_or(0, |i| i + 1);
                release.truncate(kept);
                return Some((release, rest));
            }
        }
    }
}

fn parse_pre(text: &str) -> (Option<Pre<'_>>, &str) {
    let labels = ["alpha", "a", "beta", "b", "preview", "pre", "c", "rc"];
    let Some((label, number, rest)) = parse_labelled(text, &labels) else { return (None, text) };
    let pre = match label {
        "alpha" | "a" => Pre::Alpha(number),
        "beta" | "b" => Pre::Beta(number),
        _ => Pre::Candidate(number),
    };
    (Some(pre), rest)
}

fn parse_post(text: &str) -> (Option<Number<'_>>, &str) {
    // `1.0-1` is an old way to write `1.0.post1`.
    if let Some(after) = text.strip_prefix('-')
        && let (digits, rest) = split_digits(after)
        && let Some(number) = Number::parse(digits)
    {
        return (Some(number), rest);
    }
    match parse_labelled(text, &["post", "rev", "r"]) {
        Some((_, number, rest)) => (Some(number), rest),
        None => (None, text),
    }
}

/// Reads `[-_.]? label [-_.]? digits?`: the label, the number (0 when missing) and the rest.
fn parse_labelled<'a>(
    text: &'a str,
    labels: &[&'static str],
) -> Option<(&'static str, Number<'a>, &'a str)> {
    let text = text.strip_prefix(['-', '_', '.']).unwrap_or(text);
    let (label, rest) =
        labels.iter().find_map(|&label| Some((label, text.strip_prefix(label)?)))?;
    let (digits, after) = split_digits(rest.strip_prefix(['-', '_', '.']).unwrap_or(rest));
    match Number::parse(digits) {
        Some(number) => Some((label, number, after)),
        // A separator without a number belongs to what follows.
        None => Some((label, Number::ZERO, rest)),
    }
}

fn parse_local(text: &str) -> Option<Vec<Local<'_>>> {
    text.split(['-', '_', '.'])
        .map(|segment| match Number::parse(segment) {
            Some(number) => Some(Local::Number(number)),
            None => {
                let word =
                    !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_alphanumeric());
                word.then_some(Local::Word(segment))
            }
        })
        .collect()
}
