//! Text from the target, made safe to show and to fit.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text without anything that could move the cursor, change colours or reorder what is read:
/// white space becomes a space, other control and format characters become U+FFFD.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let safe = |c| match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        c if is_unsafe(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    Cow::Owned(text.chars().map(safe).collect())
}

/// C0 and C1 controls, line and paragraph separators, and the invisible characters that hide or
/// reorder text ("Trojan Source").
///
/// # Source
/// Unicode Technical Report 36, section 3.5; CVE-2021-42574.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Columns that the text takes in a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to `columns`, with an ellipsis where something is missing.
pub(crate) fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    // A name can be megabytes long: never measure more than could fit.
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return Cow::Owned(cut(text, columns));
        }
    }
    Cow::Borrowed(text)
}

/// The text cut to `columns` with its end kept: of `path:line` people need the end.
pub(crate) fn fit_end(text: &str, columns: usize) -> Cow<'_, str> {
    if matches!(fit(text, columns), Cow::Borrowed(_)) {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        start = at;
    }
    Cow::Owned(format!("…{}", text.get(start..).unwrap_or_default()))
}

fn cut(text: &str, columns: usize) -> String {
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

/// The text broken into at most `lines` lines of `columns` at spaces; what does not fit is cut.
pub(crate) fn wrap(text: &str, columns: usize, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(&fit(word, columns)) > columns {
            if wrapped.len() + 1 == lines {
                line.push('…');
                wrapped.push(fit(&line, columns).into_owned());
                return wrapped;
            }
            wrapped.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&fit(word, columns));
    }
    if !line.is_empty() {
        wrapped.push(line);
    }
    wrapped
}

/// `1 package`, `1,204 packages`; the plural is the singular with `s`, or `ies` for `y`.
pub(crate) fn count(number: usize, singular: &str) -> String {
    match (number, singular.strip_suffix('y')) {
        (1, _) => format!("1 {singular}"),
        (n, Some(stem)) => format!("{} {stem}ies", thousands(n)),
        (n, None) => format!("{} {singular}s", thousands(n)),
    }
}

/// `1,234,567`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A probability as a percentage: `94%`, `0.4%`, `<0.1%`.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p >= 9.95 => format!("{p:.0}%"),
        p if p >= 0.1 => format!("{p:.1}%"),
        _ => "<0.1%".to_owned(),
    }
}

#[cfg(test)]
mod tests;
