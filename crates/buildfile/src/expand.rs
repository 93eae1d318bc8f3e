//! Variables: `$name`, `${name}`, `${name:-word}`, `${name:+word}`.

use std::collections::BTreeMap;

/// What `ARG` and `ENV` have set; `None` for an `ARG` without a default, which only the builder
/// knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(BTreeMap<String, Option<String>>);

/// The longest text that an expansion may give: each line may double what the lines before gave.
const MAX_TEXT: usize = 64 << 10;
/// How deep a word in braces may hold further braces.
const MAX_DEPTH: usize = 10;

impl Variables {
    pub(crate) fn set(&mut self, name: &str, value: Option<String>) {
        self.0.insert(name.to_owned(), value);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Option<String>> {
        self.0.get(name)
    }

    /// The text with its variables replaced and quotes removed; `None` when one of them is not
    /// known.
    pub(crate) fn expand(&self, text: &str, escape: char) -> Option<String> {
        self.expand_within(text, escape, 0)
    }

    fn expand_within(&self, text: &str, escape: char, depth: usize) -> Option<String> {
        let mut result = String::new();
        let mut chars = text.chars().peekable();
        let mut quote = None;
        while let Some(c) = chars.next() {
            match c {
                '\'' | '"' if quote.is_none() => quote = Some(c),
                c if quote == Some(c) => quote = None,
                c if c == escape && quote != Some('\'') => result.extend(chars.next()),
                '$' if quote != Some('\'') => match chars.peek() {
                    Some('{') => {
                        chars.next();
                        let inner = braced(&mut chars);
                        result.push_str(&self.parameter(&inner, escape, depth)?);
                    }
                    Some(c) if is_name(*c) => {
                        let mut name = String::new();
                        while let Some(c) = chars.next_if(|c| is_name(*c)) {
                            name.push(c);
                        }
                        result.push_str(self.0.get(&name)?.as_deref()?);
                    }
                    _ => result.push('$'),
                },
                c => result.push(c),
            }
            if result.len() > MAX_TEXT {
                return None;
            }
        }
        Some(result)
    }

    /// What stands in braces: a name, perhaps with an operator and a word.
    fn parameter(&self, inner: &str, escape: char, depth: usize) -> Option<String> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let len = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
        let (name, rest) = inner.split_at_checked(len)?;
        let value = self.0.get(name);
        // An `ARG` without a default may be set when the image is built.
        let unknown = value.is_some_and(Option::is_none);
        let value = value.and_then(|value| value.as_deref());
        let (filled, word) = match rest.strip_prefix(':') {
            Some(word) => (value.is_some_and(|value| !value.is_empty()), word),
            None => (value.is_some(), rest),
        };
        let mut operator = word.chars();
        match operator.next() {
            None => value.map(str::to_owned),
            Some('-') if filled => value.map(str::to_owned),
            Some('-') => self.expand_within(operator.as_str(), escape, depth + 1),
            Some('+') if unknown => None,
            Some('+') if filled => self.expand_within(operator.as_str(), escape, depth + 1),
            Some('+') => Some(String::new()),
            Some('?') => value.map(str::to_owned),
            Some(_) => None,
        }
    }
}

/// The text up to the closing brace, which is read as well.
fn braced(chars: &mut impl Iterator<Item = char>) -> String {
    let mut depth = 0_usize;
    let mut inner = String::new();
    for c in chars {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
        inner.push(c);
    }
    inner
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced() {
        let mut variables = Variables::default();
        variables.set("a", Some("1".into()));
        variables.set("empty", Some(String::new()));
        variables.set("open", None);
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(variables.expand(text, '\\').as_deref(), expect, "{text}");
        };
        check("x$a-${a}", Some("x1-1"));
        check("\"$a\"'$a'\\$a", Some("1$a$a"));
        check("${b:-d}${a:-d}${empty:-e}${empty-e}", Some("d1e"));
        check("${a:+y}${b:+n}${empty:+n}", Some("y"));
        check("${b:-${a:-z}}", Some("1"));
        check("${open:-d}", Some("d"));
        check("$b", None);
        check("$open", None);
        check("${open:+x}", None);
        check("${a", Some("1"));
        check("$", Some("$"));
        check("${a#1}", None);
    }

    #[test]
    fn nothing_grows_without_bound() {
        let mut variables = Variables::default();
        variables.set("a", Some("x".repeat(1000)));
        assert_eq!(variables.expand(&"$a".repeat(100), '\\'), None);
        assert_eq!(variables.expand(&"${b:-".repeat(10_000), '\\'), None);
    }
}
