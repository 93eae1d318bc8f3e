//! Versions of RPM packages: `[epoch:]version[-release]`.
//!
//! # Source
//! <https://rpm-software-management.github.io/rpm/manual/dependencies.html> and
//! `rpm-version(7)`: <https://rpm-software-management.github.io/rpm/man/rpm-version.7>

use std::cmp::Ordering;

use super::number::{Number, split_digits};

/// Compares two versions; `None` when one of them is none.
///
/// A version without a release sorts before the same version with one. RPM itself takes it for
/// equal to all of them, which is no order; a fix given without a release is reached either way.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (Evr::parse(left)?, Evr::parse(right)?);
    let order = left.epoch.cmp(&right.epoch);
    let order = order.then_with(|| segments(left.version).cmp(segments(right.version)));
    Some(order.then_with(|| match (left.release, right.release) {
        (Some(left), Some(right)) => segments(left).cmp(segments(right)),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }))
}

struct Evr<'a> {
    epoch: Number<'a>,
    version: &'a str,
    release: Option<&'a str>,
}

impl<'a> Evr<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (epoch, rest) = match text.split_once(':') {
            // An empty epoch is epoch 0.
            Some(("", rest)) => (Number::ZERO, rest),
            Some((epoch, rest)) => (Number::parse(epoch)?, rest),
            None => (Number::ZERO, text),
        };
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(release).filter(|r| !r.is_empty())),
            None => (rest, None),
        };
        let is_version = !version.is_empty() && !text.contains(char::is_whitespace);
        is_version.then_some(Self { epoch, version, release })
    }
}

/// What counts in a version, lowest first: comparing them in turn is the order of RPM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Tilde,
    End,
    Caret,
    Letters(&'a str),
    Digits(Number<'a>),
}

/// The segments, closed by [`Segment::End`]. Everything else only separates them.
fn segments(text: &str) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let counts = |c: char| c.is_ascii_alphanumeric() || matches!(c, '~' | '^');
        let text = rest?.trim_start_matches(|c| !counts(c));
        let (segment, after) = next_segment(text);
        rest = after;
        Some(segment)
    })
}

fn next_segment(text: &str) -> (Segment<'_>, Option<&str>) {
    match text.as_bytes().first() {
        None => (Segment::End, None),
        Some(b'~') => (Segment::Tilde, text.strip_prefix('~')),
        Some(b'^') => (Segment::Caret, text.strip_prefix('^')),
        Some(_) => {
            let (digits, rest) = split_digits(text);
            if let Some(number) = Number::parse(digits) {
                return (Segment::Digits(number), Some(rest));
            }
            let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
            let (letters, rest) = text.split_at(end);
            (Segment::Letters(letters), Some(rest))
        }
    }
}
