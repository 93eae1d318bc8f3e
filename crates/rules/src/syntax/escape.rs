//! Quoted texts.
//!
//! # Source
//! `filter/escaping.cpp` of falcosecurity/libs, oddities included: rules in the field depend on them.

/// The text inside quotes, without its escapes.
///
/// # Errors
/// With Falco's words when an escape is not known or not needed between such quotes.
pub(super) fn unescape(inner: &str, quote: char) -> Result<String, String> {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            text.push(char);
            continue;
        }
        match chars.next() {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('\\' | ' ') => text.push('\\'),
            Some('/') => text.push('/'),
            Some(escaped @ ('"' | '\'')) if escaped == quote => text.push(escaped),
            Some(escaped @ ('"' | '\'')) => {
                return Err(format!("invalid \\{escaped} escape in {quote}-quoted string"));
            }
            Some(other) => return Err(format!("unsupported string escape sequence: \\{other}")),
            None => {}
        }
    }
    Ok(text)
}

/// A text as it must stand in a condition: quoted when it holds what a bare word may not.
pub(super) fn push_escaped(out: &mut String, text: &str, special: fn(char) -> bool) {
    let quoted =
        |c: char| c.is_ascii_whitespace() || matches!(c, '\u{8}' | '\u{b}' | '\\' | '"' | '\'');
    if !text.is_empty() && !text.chars().any(|c| quoted(c) || special(c)) {
        out.push_str(text);
        return;
    }
    push_quoted(out, text);
}

/// A text between double quotes.
pub(super) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            // A quote behind two backslashes does not end a text: the other way to write one does.
            '\\' if chars.peek().is_none() => out.push_str("\\ "),
            '\\' => out.push_str("\\\\"),
            other => out.push(other),
        }
    }
    out.push('"');
}
