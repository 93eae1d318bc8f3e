//! Text in HTML.

use crate::text::{clean, fit};

/// Longest text shown in one place: hostile names can be megabytes.
const MAX_COLUMNS: usize = 600;

/// A version, short enough to stay on one line.
pub(super) fn version(text: &str) -> String {
    const MAX_VERSION_COLUMNS: usize = 40;
    escape(&fit(text, MAX_VERSION_COLUMNS))
}

/// Text for an element or for an attribute in double quotes.
///
/// # Source
/// <https://html.spec.whatwg.org/multipage/syntax.html>, sections 13.1.2.3 and 13.1.3
pub(super) fn escape(text: &str) -> String {
    let text = fit(text, MAX_COLUMNS);
    let mut escaped = String::with_capacity(text.len());
    for c in clean(&text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
