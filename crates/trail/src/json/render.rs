//! Values as text: without blanks for rules, with lines for people.

use bumpalo::{Bump, collections::Vec};

use super::walk::string;

/// A value without blanks between its parts: as it stands if there are none.
pub(super) fn compact<'a>(value: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    if tokens(value).all(|token| !is_blank(token)) {
        return value;
    }
    let mut out = Vec::with_capacity_in(value.len(), arena);
    tokens(value).filter(|token| !is_blank(token)).for_each(|token| out.extend_from_slice(token));
    out.into_bump_slice()
}

/// Levels that are indented: deeper ones stand below each other, so that nesting cannot multiply
/// the size of a text.
const INDENTED: usize = 16;

/// A value with a line for each part, two blanks for each level.
pub(super) fn pretty<'a>(value: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    let mut out = Vec::with_capacity_in(value.len().saturating_mul(2), arena);
    let mut depth = 0_usize;
    let mut parts = tokens(value).filter(|token| !is_blank(token)).peekable();
    while let Some(token) = parts.next() {
        let closes = |token: &&[u8]| matches!(token, [b'}' | b']']);
        match token {
            [b'{' | b'['] if parts.peek().is_some_and(closes) => {
                out.extend_from_slice(token);
                out.extend_from_slice(parts.next().unwrap_or_default());
            }
            [b'{' | b'['] => {
                depth += 1;
                out.extend_from_slice(token);
                line(&mut out, depth);
            }
            [b'}' | b']'] => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.extend_from_slice(token);
            }
            [b','] => {
                out.push(b',');
                line(&mut out, depth);
            }
            [b':'] => out.extend_from_slice(b": "),
            _ => out.extend_from_slice(token),
        }
    }
    out.into_bump_slice()
}

fn line(out: &mut Vec<'_, u8>, depth: usize) {
    out.push(b'\n');
    out.extend(std::iter::repeat_n(b' ', depth.min(INDENTED) * 2));
}

const fn is_blank(token: &[u8]) -> bool {
    matches!(token, [b' ' | b'\n' | b'\r' | b'\t', ..])
}

/// Strings, brackets, commas, colons, words, and runs of blanks.
fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = value;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let length = match first {
            b'"' => string(rest).map_or(rest.len(), |(text, _)| text.inner.len() + 2),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => {
                let blank = is_blank(&[first]);
                let other = |byte: &u8| b"\"{}[],:".contains(byte) || is_blank(&[*byte]) != blank;
                rest.iter().position(other).unwrap_or(rest.len())
            }
        };
        let (token, behind) = rest.split_at_checked(length)?;
        rest = behind;
        Some(token)
    })
}
