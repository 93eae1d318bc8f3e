//! Versions of Alpine and Wolfi packages:
//! `number{.number}...{letter{number}}{_suffix{number}}...{~hash}{-rN}`.
//!
//! The order is that of apk-tools 3. A number after the letter (`1.9.5p2`) is from version 2:
//! advisories still have it.
//!
//! # Source
//! <https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd>,
//! "PACKAGE VERSION"

use std::cmp::Ordering;

use super::number::{Number, split_digits};

/// Compares two versions; `None` when one of them is none.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(tokens(left)?.cmp(&tokens(right)?))
}

/// A part of a version, lowest first: comparing them in turn is the order of apk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    /// `_alpha` to `_rc`: before the release.
    PreSuffix(usize),
    End,
    Revision(Number<'a>),
    Hash(&'a str),
    SuffixNumber(Number<'a>),
    /// `_cvs` to `_p`: after the release.
    PostSuffix(usize),
    Letter(u8),
    /// A later part with a leading zero is a fraction, compared as text; it sorts before all that
    /// have none.
    Fraction(&'a str),
    Number(Number<'a>),
}

const PRE_SUFFIXES: [&str; 4] = ["alpha", "beta", "pre", "rc"];
const POST_SUFFIXES: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];

/// How far in the grammar a version has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Number,
    Letter,
    Suffix,
    SuffixNumber,
    Hash,
    Revision,
}

/// The tokens, closed by [`Token::End`]; `None` when the text does not follow the grammar.
fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let (first, mut rest) = split_digits(text);
    let mut tokens = vec![Token::Number(Number::parse(first)?)];
    let mut place = Place::Number;
    while !rest.is_empty() {
        let (token, now, after) = next_token(rest, place)?;
        tokens.push(token);
        (place, rest) = (now, after);
    }
    tokens.push(Token::End);
    Some(tokens)
}

fn next_token(text: &str, place: Place) -> Option<(Token<'_>, Place, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    match first {
        'a'..='z' if place == Place::Number => {
            Some((Token::Letter(u8::try_from(first).ok()?), Place::Letter, rest))
        }
        '.' if place == Place::Number => number_or_fraction(rest),
        '0'..='9' if place == Place::Letter => number_or_fraction(text),
        '0'..='9' if place == Place::Suffix => {
            let (digits, rest) = split_digits(text);
            Some((Token::SuffixNumber(Number::parse(digits)?), Place::SuffixNumber, rest))
        }
        '_' if place <= Place::SuffixNumber => {
            let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
            let (name, rest) = rest.split_at(end);
            Some((suffix(name)?, Place::Suffix, rest))
        }
        '~' if place < Place::Hash => {
            let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
            let (hash, rest) = rest.split_at(end);
            (!hash.is_empty()).then_some((Token::Hash(hash), Place::Hash, rest))
        }
        '-' if place < Place::Revision => {
            let (digits, rest) = split_digits(rest.strip_prefix('r')?);
            Some((Token::Revision(Number::parse(digits)?), Place::Revision, rest))
        }
        _ => None,
    }
}

fn number_or_fraction(text: &str) -> Option<(Token<'_>, Place, &str)> {
    let (digits, rest) = split_digits(text);
    let number = Number::parse(digits)?;
    let token =
        if digits.starts_with('0') { Token::Fraction(digits) } else { Token::Number(number) };
    Some((token, Place::Number, rest))
}

fn suffix(name: &str) -> Option<Token<'static>> {
    let place_in = |names: &[&str]| names.iter().position(|known| *known == name);
    let before = place_in(&PRE_SUFFIXES).map(Token::PreSuffix);
    before.or_else(|| place_in(&POST_SUFFIXES).map(Token::PostSuffix))
}
