//! Versions of Debian packages: `[epoch:]upstream[-revision]`.
//!
//! As dpkg does, characters that policy forbids are compared all the same.
//!
//! # Source
//! <https://manpages.debian.org/bookworm/dpkg-dev/deb-version.7.en.html>, "Sorting algorithm"

use std::cmp::Ordering;

use super::number::{Number, split_digits};

/// Compares two versions; `None` when one of them is none.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (Version::parse(left)?, Version::parse(right)?);
    let order = left.epoch.cmp(&right.epoch);
    let order = order.then_with(|| compare_part(left.upstream, right.upstream));
    Some(order.then_with(|| compare_part(left.revision, right.revision)))
}

struct Version<'a> {
    epoch: Number<'a>,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (Number::parse(epoch)?, rest),
            None => (Number::ZERO, text),
        };
        // No revision is the same as revision 0, and the empty part compares like `0`.
        let (upstream, revision) = match rest.rsplit_once('-') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (rest, ""),
        };
        let is_version = !upstream.is_empty() && !text.contains(char::is_whitespace);
        is_version.then_some(Self { epoch, upstream, revision })
    }
}

/// Takes turns: a run of other characters, a run of digits, until the parts differ or end.
fn compare_part(mut left: &str, mut right: &str) -> Ordering {
    while !left.is_empty() || !right.is_empty() {
        let (left_run, left_rest) = split_non_digits(left);
        let (right_run, right_rest) = split_non_digits(right);
        let order = compare_non_digits(left_run, right_run);
        let (left_digits, left_rest) = split_digits(left_rest);
        let (right_digits, right_rest) = split_digits(right_rest);
        let order = order.then_with(|| number(left_digits).cmp(&number(right_digits)));
        if order.is_ne() {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
    Ordering::Equal
}

/// No digits are zero.
fn number(digits: &str) -> Number<'_> {
    Number::parse(digits).unwrap_or(Number::ZERO)
}

fn split_non_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The end of a run sorts after `~` and before everything else; letters sort before the rest.
fn compare_non_digits(left: &str, right: &str) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => (0, 0),
        None => (1, 0),
        Some(b) if b.is_ascii_alphabetic() => (2, *b),
        Some(b) => (3, *b),
    };
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let common = left.iter().zip(right).take_while(|(l, r)| l == r).count();
    weight(left.get(common)).cmp(&weight(right.get(common)))
}
