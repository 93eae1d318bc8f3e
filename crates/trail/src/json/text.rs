//! The text that a JSON string stands for.

use bumpalo::{Bump, collections::Vec};

use super::walk::Text;

/// Decodes what stands between the quotes. Without a backslash it is the text already. Half of a
/// surrogate pair and escapes that do not exist become U+FFFD; bytes that are not UTF-8 are kept.
pub(crate) fn decode<'a>(inner: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    let Some(first) = memchr::memchr(b'\\', inner) else { return inner };
    let (plain, mut rest) = inner.split_at(first);
    let mut out = Vec::with_capacity_in(inner.len(), arena);
    out.extend_from_slice(plain);
    while let Some((text, after)) = escape(rest) {
        out.extend_from_slice(text.encode_utf8(&mut [0; 4]).as_bytes());
        let next = memchr::memchr(b'\\', after).unwrap_or(after.len());
        let (plain, behind) = after.split_at(next);
        out.extend_from_slice(plain);
        rest = behind;
    }
    out.into_bump_slice()
}

/// Whether a string means that text.
pub(super) fn equals(string: Text<'_>, text: &str) -> bool {
    if !string.escaped {
        return string.inner == text.as_bytes();
    }
    let (mut rest, mut text) = (string.inner, text.as_bytes());
    while let Some(&byte) = rest.first() {
        let mut buffer = [0; 4];
        let (wanted, after): (&[u8], _) = if let Some((meant, after)) = escape(rest) {
            (meant.encode_utf8(&mut buffer).as_bytes(), after)
        } else {
            buffer = [byte, 0, 0, 0];
            (buffer.get(..1).unwrap_or_default(), rest.get(1..).unwrap_or_default())
        };
        let Some(behind) = text.strip_prefix(wanted) else { return false };
        (rest, text) = (after, behind);
    }
    text.is_empty()
}

/// The character that the escape at the start means, and what follows it; `None` if there is none.
fn escape(bytes: &[u8]) -> Option<(char, &[u8])> {
    let (&kind, rest) = bytes.strip_prefix(b"\\")?.split_first().unwrap_or((&b'?', &[]));
    let meant = match kind {
        b'"' | b'\\' | b'/' => char::from(kind),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return Some(unicode(rest)),
        _ => char::REPLACEMENT_CHARACTER,
    };
    Some((meant, rest))
}

/// What follows `\u`: four digits, or eight with `\u` between for what is beyond them.
fn unicode(bytes: &[u8]) -> (char, &[u8]) {
    let Some((first, rest)) = hex4(bytes) else { return (char::REPLACEMENT_CHARACTER, bytes) };
    if let Some(meant) = char::from_u32(first) {
        return (meant, rest);
    }
    let second = rest.strip_prefix(b"\\u").and_then(hex4);
    let pair = second.filter(|(low, _)| first < 0xdc00 && (0xdc00..0xe000).contains(low));
    let meant = pair.and_then(|(low, rest)| {
        let meant = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00))?;
        Some((meant, rest))
    });
    meant.unwrap_or((char::REPLACEMENT_CHARACTER, rest))
}

fn hex4(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = bytes.split_first_chunk::<4>()?;
    let mut value = 0;
    for &digit in digits {
        value = value * 16 + char::from(digit).to_digit(16)?;
    }
    Some((value, rest))
}
