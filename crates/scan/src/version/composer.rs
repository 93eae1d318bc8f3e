//! Composer (Packagist): four numbers, then a stability, normalised and compared as PHP does.
//!
//! Branch versions (`dev-main`) name no point in the order and are refused; `2.1.x-dev` is the end
//! of its branch.
//!
//! # Source
//! <https://getcomposer.org/doc/articles/versions.md>,
//! <https://www.php.net/manual/en/function.version-compare.php>

use std::cmp::Ordering;

use super::number::{Number, compare_filled, split_digits};

/// What a wildcard in a branch stands for.
const BRANCH_END: &str = "9999999";

/// One token of a version. Their order is PHP's order of "special forms", where the end of a
/// version lies between its release candidates and whatever follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    Dev,
    Alpha,
    Beta,
    Candidate,
    End,
    Number(Number<'a>),
    Patch,
}

/// Compares two versions, `None` when one is not a version that Composer can order.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
    Some(compare_filled(&parse(&left)?, &parse(&right)?, Token::End))
}

/// Reads a version in lower case.
fn parse(text: &str) -> Option<Vec<Token<'_>>> {
    let text = text.trim();
    let text = text.split_once('@').map_or(text, |(version, _stability)| version);
    let text = text.split_once('+').map_or(text, |(version, _build)| version);
    let (mut tokens, rest) = parse_release(text.strip_prefix('v').unwrap_or(text))?;
    let rest = parse_stability(rest, &mut tokens);
    match rest.trim_start_matches(['-', '.']) {
        "" if rest.is_empty() => Some(tokens),
        "dev" => {
            tokens.push(Token::Dev);
            Some(tokens)
        }
        _ => None,
    }
}

/// Reads the numbers, four at least, and returns what follows.
fn parse_release(mut text: &str) -> Option<(Vec<Token<'_>>, &str)> {
    let branch_end = Token::Number(Number::parse(BRANCH_END)?);
    let mut tokens = Vec::new();
    let mut fill = Token::Number(Number::ZERO);
    loop {
        let (digits, rest) = split_digits(text);
        match Number::parse(digits) {
            Some(number) => tokens.push(Token::Number(number)),
            None if tokens.is_empty() => return None,
            None => {}
        }
        text = rest;
        if digits.is_empty() {
            // A wildcard: every part from here on is as large as can be.
            text = text.strip_prefix(['x', '*'])?;
            fill = branch_end;
        }
        let more = text
            .strip_prefix('.')
            .filter(|next| next.starts_with(|c: char| c.is_ascii_digit() || c == 'x' || c == '*'));
        let Some(next) = more else { break };
        text = next;
    }
    while tokens.len() < 4 {
        tokens.push(fill);
    }
    Some((tokens, text))
}

/// Reads `-beta2` and the like from the start of `text` and returns what follows.
fn parse_stability<'a>(text: &'a str, tokens: &mut Vec<Token<'a>>) -> &'a str {
    const NAMES: [(&str, Option<Token<'static>>); 9] = [
        ("stable", None),
        ("beta", Some(Token::Beta)),
        ("b", Some(Token::Beta)),
        ("rc", Some(Token::Candidate)),
        ("alpha", Some(Token::Alpha)),
        ("a", Some(Token::Alpha)),
        ("patch", Some(Token::Patch)),
        ("pl", Some(Token::Patch)),
        ("p", Some(Token::Patch)),
    ];
    let bare = text.strip_prefix(['.', '_', '-']).unwrap_or(text);
    let found = NAMES.iter().find_map(|(name, token)| Some((token, bare.strip_prefix(name)?)));
    let Some((token, mut rest)) = found else { return text };
    let Some(token) = token else { return rest };
    tokens.push(*token);
    while let (digits, after) = split_digits(rest.strip_prefix(['.', '-']).unwrap_or(rest))
        && let Some(number) = Number::parse(digits)
    {
        tokens.push(Token::Number(number));
        rest = after;
    }
    rest
}
