//! Text in Markdown.

use crate::text::clean;

/// Text that shows as itself, on one line: no markup, no HTML, no links, no mentions.
///
/// # Source
/// <https://github.github.com/gfm/>, sections 2.4 (backslash escapes), 4.10 (tables) and 6.9
/// (extended autolinks)
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A backslash before these would not stop a mention, a reference or a link.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped.replace("://", "&#58;//").replace("www.", "www&#46;")
}
