//! Text in XML.

use crate::text::clean;

/// Text for an attribute or an element. Characters that XML 1.0 cannot hold are replaced, and so
/// is what could harm a terminal, since logs end up there.
///
/// # Source
/// <https://www.w3.org/TR/xml/#charsets>
pub(super) fn attribute(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // `clean` has taken the controls away already.
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}
