//! JSON read lazily: a value is the text from its first byte on, and nothing is looked at before it
//! is asked for.
//!
//! Damage deeper inside than what is asked for is not seen. Where a key stands twice the last one
//! counts, as for `serde_json`, Python and Go; a key that differs in case only counts when there
//! is no exact one. Nothing recurses: nesting is counted.
//!
//! # Source
//! RFC 8259 (JSON), RFC 6901 (pointers).

pub(crate) mod block;
mod render;
pub(crate) mod text;
pub(crate) mod validate;
pub(crate) mod walk;

pub(crate) use walk::skip_blanks;
pub use walk::{Items, Members, Name};

use bumpalo::Bump;

/// A value somewhere in a JSON text.
#[derive(Clone, Copy)]
pub struct Json<'a> {
    /// From the first byte of the value on; it may end long before the bytes do.
    bytes: &'a [u8],
}

/// What a value is, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of JSON itself")]
pub enum Kind {
    Null,
    Bool(bool),
    Number,
    String,
    Array,
    Object,
}

impl std::fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.raw().unwrap_or(self.bytes)))
    }
}

impl<'a> Json<'a> {
    /// The value that starts a text, behind blanks.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: walk::skip_blanks(bytes) }
    }

    /// Whether it is the value at that place of a text.
    pub(crate) fn starts_at(self, text: &[u8], at: usize) -> bool {
        text.get(at..).is_some_and(|rest| std::ptr::eq(rest, self.bytes))
    }

    /// What it is; `None` where no value can start.
    #[must_use]
    pub fn kind(self) -> Option<Kind> {
        Some(match self.bytes.first()? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b'-' | b'0'..=b'9' => Kind::Number,
            b't' if self.bytes.starts_with(b"true") => Kind::Bool(true),
            b'f' if self.bytes.starts_with(b"false") => Kind::Bool(false),
            b'n' if self.bytes.starts_with(b"null") => Kind::Null,
            _ => return None,
        })
    }

    /// The text of the value, from its first to its last byte; `None` if it has no end.
    #[must_use]
    pub fn raw(self) -> Option<&'a [u8]> {
        let rest = walk::skip_value(self.bytes)?;
        self.bytes.get(..self.bytes.len() - rest.len())
    }

    /// The members of an object in the order in which they are written; of all else none.
    #[must_use]
    pub fn members(self) -> Members<'a> {
        Members::new(self.bytes)
    }

    /// The items of an array; of all else none.
    #[must_use]
    pub fn items(self) -> Items<'a> {
        Items::new(self.bytes)
    }

    /// The member of an object with that key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        let (mut exact, mut close) = (None, None);
        for (name, value) in self.members() {
            if name.is(key) {
                exact = Some(value);
            } else if name.is_in_another_case(key) {
                close = Some(value);
            }
        }
        exact.or(close)
    }

    /// The value behind several keys, one inside the other.
    #[must_use]
    pub fn path(self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The value that the parts of a JSON pointer lead to.
    #[must_use]
    pub fn pointer(self, parts: &[String]) -> Option<Self> {
        parts.iter().try_fold(self, |value, part| match value.kind()? {
            Kind::Object => value.get(part),
            Kind::Array => value.items().nth(walk::index(part)?),
            _ => None,
        })
    }

    /// The text of a string, decoded; `None` for all else.
    #[must_use]
    pub fn string(self, arena: &'a Bump) -> Option<&'a [u8]> {
        let (text, _) = walk::string(self.bytes)?;
        Some(if text.escaped { text::decode(text.inner, arena) } else { text.inner })
    }

    /// Whether it is a string of exactly that text.
    #[must_use]
    pub fn is_string(self, text: &str) -> bool {
        walk::string(self.bytes).is_some_and(|(string, _)| text::equals(string, text))
    }

    /// The text of a string, any other value without blanks between its parts. Text that is fine as
    /// it stands is not copied.
    #[must_use]
    pub fn text(self, arena: &'a Bump) -> Option<&'a [u8]> {
        match self.kind()? {
            Kind::String => self.string(arena),
            Kind::Null => Some(b"null"),
            Kind::Bool(true) => Some(b"true"),
            Kind::Bool(false) => Some(b"false"),
            Kind::Number => self.raw(),
            Kind::Array | Kind::Object => Some(render::compact(self.raw()?, arena)),
        }
    }

    /// The text that people read: two blanks for each level.
    #[must_use]
    pub fn pretty(self, arena: &'a Bump) -> Option<&'a [u8]> {
        Some(render::pretty(self.raw()?, arena))
    }

    /// A whole number, also when it is written with a fraction (`33.0`) or as a string; nothing
    /// that is negative.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        let raw = match self.kind()? {
            Kind::Number => self.raw()?,
            Kind::String => walk::string(self.bytes)?.0.inner,
            _ => return None,
        };
        let text = std::str::from_utf8(raw).ok()?;
        text.parse().ok().or_else(|| {
            let number: f64 = text.parse().ok()?;
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in range, and the fraction is to go"
            )]
            (0.0..1e18).contains(&number).then_some(number as u64)
        })
    }

    /// Yes or no, also when it is written as a string.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.kind()? {
            Kind::Bool(value) => Some(value),
            Kind::String => match walk::string(self.bytes)?.0.inner {
                raw if raw.eq_ignore_ascii_case(b"true") => Some(true),
                raw if raw.eq_ignore_ascii_case(b"false") => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether there is more than `null`.
    #[must_use]
    pub fn is_something(self) -> bool {
        !matches!(self.kind(), None | Some(Kind::Null))
    }
}

#[cfg(test)]
mod tests;
