//! What transformers do with values.

use bumpalo::{Bump, collections::Vec};

use super::test::bytes;
use crate::{check::Transformer, value::Value};

/// Applies a transformer of one argument; to a list, item by item.
pub(super) fn one<'e>(transformer: Transformer, value: Value<'e>, bump: &'e Bump) -> Value<'e> {
    match (transformer, value) {
        (Transformer::Len, Value::List(items)) => Value::Uint(items.len() as u64),
        (Transformer::Len, value) => {
            bytes(&value).map_or(Value::Null, |text| Value::Uint(text.len() as u64))
        }
        (_, Value::List(items)) => {
            let mut made = Vec::with_capacity_in(items.len(), bump);
            for item in items {
                match one(transformer, *item, bump) {
                    Value::Null => return Value::Null,
                    value => made.push(value),
                }
            }
            Value::List(made.into_bump_slice())
        }
        (_, Value::Text(text)) => text_of(transformer, text, bump).map_or(Value::Null, Value::Text),
        (_, Value::Bytes(text)) => {
            text_of(transformer, text, bump).map_or(Value::Null, Value::Bytes)
        }
        _ => Value::Null,
    }
}

fn text_of<'e>(transformer: Transformer, text: &'e [u8], bump: &'e Bump) -> Option<&'e [u8]> {
    let changed = |change: fn(&u8) -> u8| &*bump.alloc_slice_fill_iter(text.iter().map(change));
    match transformer {
        Transformer::Tolower if text.iter().any(u8::is_ascii_uppercase) => {
            Some(changed(u8::to_ascii_lowercase))
        }
        Transformer::Toupper if text.iter().any(u8::is_ascii_lowercase) => {
            Some(changed(u8::to_ascii_uppercase))
        }
        Transformer::Tolower | Transformer::Toupper => Some(text),
        Transformer::Basename => text.rsplit(|byte| *byte == b'/').next(),
        Transformer::B64 => decode(text, bump),
        _ => None,
    }
}

/// Decodes Base64, with or without padding; `None` if it is none.
fn decode<'e>(text: &[u8], bump: &'e Bump) -> Option<&'e [u8]> {
    let padding = text.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let (text, _) = text.split_at_checked(text.len().saturating_sub(padding))?;
    let mut decoded = Vec::with_capacity_in(text.len() / 4 * 3 + 3, bump);
    for group in text.chunks(4) {
        let mut bits = 0_u32;
        for byte in group {
            let digit = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(digit);
        }
        let whole = match group.len() {
            4 => 3,
            3 => 2,
            2 => 1,
            _ => return None,
        };
        let [_, bytes @ ..] = (bits << (6 * (4 - group.len()))).to_be_bytes();
        decoded.extend(bytes.into_iter().take(whole));
    }
    Some(decoded.into_bump_slice())
}

/// Joins texts. Absent if one is.
pub(super) fn join<'e>(separator: Value<'e>, list: Value<'e>, bump: &'e Bump) -> Value<'e> {
    let (Some(separator), Value::List(items)) = (bytes(&separator), list) else {
        return Value::Null;
    };
    let mut joined = Vec::new_in(bump);
    for (i, item) in items.iter().enumerate() {
        let Some(text) = bytes(item) else { return Value::Null };
        if i > 0 {
            joined.extend_from_slice_copy(separator);
        }
        joined.extend_from_slice_copy(text);
    }
    Value::Text(joined.into_bump_slice())
}

/// Options of a command line, as `getopt(3)` reads them. Without `wanted`: all letters and values
/// in turn, `?` for unknown letters. With it: the last value of that option, or its letter.
///
/// # Source
/// `getopt` of falcosecurity/libs: ends at `--` and at the first word that is no option; skips
/// long options.
pub(super) fn getopt<'e>(
    list: Value<'e>,
    options: Value<'e>,
    wanted: Option<u8>,
    bump: &'e Bump,
) -> Value<'e> {
    let Some(options) = bytes(&options) else { return Value::Null };
    let mut found = Vec::new_in(bump);
    let mut last = Value::Null;
    let mut emit = |letter: &'e [u8], value: Option<&'e [u8]>| match wanted {
        Some(wanted) if letter == [wanted] => last = Value::Text(value.unwrap_or(letter)),
        Some(_) => {}
        None => {
            found.push(Value::Text(letter));
            found.extend(value.map(Value::Text));
        }
    };
    match list {
        Value::List(items) => walk(items.iter().filter_map(bytes), options, &mut emit),
        Value::Text(text) => {
            let words = text.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
            walk(words, options, &mut emit);
        }
        _ => return Value::Null,
    }
    match wanted {
        Some(_) => last,
        None => Value::List(found.into_bump_slice()),
    }
}

fn walk<'e>(
    mut words: impl Iterator<Item = &'e [u8]>,
    options: &[u8],
    emit: &mut impl FnMut(&'e [u8], Option<&'e [u8]>),
) {
    while let Some(word) = words.next() {
        let letters = match word {
            b"--" => return,
            [b'-', b'-', ..] => continue,
            [b'-', letters @ ..] if !letters.is_empty() => letters,
            _ => return,
        };
        for (i, letter) in letters.chunks(1).enumerate() {
            let at = options.windows(1).position(|it| it == letter && letter != b":");
            let Some(at) = at else {
                emit(b"?", None);
                continue;
            };
            if options.get(at + 1) != Some(&b':') {
                emit(letter, None);
                continue;
            }
            let attached = letters.get(i + 1..).filter(|rest| !rest.is_empty());
            emit(letter, attached.or_else(|| words.next()).or(Some(&[])));
            break;
        }
    }
}
