//! Values as outputs print them.
//!
//! # Source
//! `rawval_to_string` and `rawval_to_json` of falcosecurity/libs.

use std::fmt::Write;

use serde_json::Value as Json;

use crate::{
    field::{FieldDef, FieldType},
    value::Value,
};

/// What is printed for what is absent.
const ABSENT: &str = "<NA>";
/// Longest text that is printed for a buffer.
const MAX_BUFFER: usize = 1023;

/// Adds a value to one line of text: control characters are escaped, what is not UTF-8 replaced.
pub(super) fn text(value: &Value<'_>, def: Option<&FieldDef>, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match value {
        Value::Null => out.write_str(ABSENT),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(value) => match is_padded(def) {
            true => write!(out, "{value:09}"),
            false => write!(out, "{value}"),
        },
        Value::Uint(value) => match is_padded(def) {
            true => write!(out, "{value:09}"),
            false => write!(out, "{value}"),
        },
        Value::Double(value) => write!(out, "{value:.1}"),
        Value::Ip(addr) => write!(out, "{addr}"),
        Value::Text(bytes) => {
            escape(&String::from_utf8_lossy(bytes), out);
            Ok(())
        }
        Value::Bytes(bytes) => {
            out.extend(dots(bytes));
            Ok(())
        }
        Value::List(items) => {
            out.push('(');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                text(item, def, out);
            }
            out.push(')');
            Ok(())
        }
    };
}

/// A value with the type that it has in JSON.
pub(super) fn json(value: &Value<'_>, def: Option<&FieldDef>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(_) | Value::Uint(_) if is_padded(def) => printed(value, def),
        Value::Int(value) => (*value).into(),
        Value::Uint(value) => (*value).into(),
        Value::Double(value) => (*value).into(),
        Value::Text(bytes) => String::from_utf8_lossy(bytes).into(),
        Value::Bytes(_) | Value::Ip(_) => printed(value, def),
        Value::List(items) => items.iter().map(|item| json(item, def)).collect(),
    }
}

fn printed(value: &Value<'_>, def: Option<&FieldDef>) -> Json {
    let mut out = String::new();
    text(value, def, &mut out);
    out.into()
}

/// Whether a field is the nanoseconds behind a second: nine digits.
fn is_padded(def: Option<&FieldDef>) -> bool {
    def.is_some_and(|def| {
        matches!(def.kind, FieldType::Reltime | FieldType::Abstime) && def.name.ends_with(".ns")
    })
}

/// Keeps a text on one line, and terminals unharmed.
fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if is_harmful(char) => out.extend(char.escape_unicode()),
            char => out.push(char),
        }
    }
}

/// Control characters, line separators, and what reverses the order of writing.
fn is_harmful(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A buffer, with a dot for each byte that cannot be printed.
fn dots(bytes: &[u8]) -> impl Iterator<Item = char> {
    let printed = |byte: &u8| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '.' };
    bytes.iter().take(MAX_BUFFER).map(printed)
}
