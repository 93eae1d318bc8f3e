//! One CloudTrail record: its bytes, and where the values of its keys are.

mod key;
mod scan;

pub use key::Key;
pub(crate) use scan::{Index, MARKERS, Scan, scan};

use crate::json::Json;

/// A record, borrowed from the text that it was found in.
///
/// Keys are known in any case of letters, since data that went through other tools comes in lower
/// case. Of a key that stands twice the last one counts.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    bytes: &'a [u8],
    index: Index,
}

impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Record").field(&String::from_utf8_lossy(self.bytes)).finish()
    }
}

impl<'a> Record<'a> {
    /// The record that a text is, blanks around it aside; `None` if it is not one object.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.trim_ascii();
        let mut index = Index::default();
        let whole = bytes.starts_with(b"{") && scan(bytes, &mut index) == Scan::Whole(bytes.len());
        whole.then_some(Self { bytes, index })
    }

    /// A record whose keys were found before.
    pub(crate) const fn new(bytes: &'a [u8], index: Index) -> Self {
        Self { bytes, index }
    }

    /// Its text.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// All of it.
    #[must_use]
    pub fn json(&self) -> Json<'a> {
        Json::new(self.bytes)
    }

    /// The value of a key, `null` too.
    #[inline]
    #[must_use]
    pub fn get(&self, key: Key) -> Option<Json<'a>> {
        self.index.get(self.bytes, key)
    }

    /// The value behind a key and more keys below it.
    #[must_use]
    pub fn path(&self, key: Key, below: &[&str]) -> Option<Json<'a>> {
        match key {
            Key::UserIdentity if !below.is_empty() => self.index.identity(self.bytes, below),
            _ => self.get(key)?.path(below),
        }
    }

    /// The value that a JSON pointer leads to; without parts, the whole record.
    #[must_use]
    pub fn pointer(&self, parts: &[String]) -> Option<Json<'a>> {
        let Some((first, below)) = parts.split_first() else { return Some(self.json()) };
        let known = Key::find(first.as_bytes()).filter(|key| key.text() == first);
        match known.and_then(|key| self.get(key)) {
            Some(value) => match below {
                [a] if known == Some(Key::UserIdentity) => self.index.identity(self.bytes, &[a]),
                [a, b, c] if known == Some(Key::UserIdentity) => {
                    self.index.identity(self.bytes, &[a, b, c]).or_else(|| value.pointer(below))
                }
                _ => value.pointer(below),
            },
            None => self.json().pointer(parts),
        }
    }

    /// Whether the value of a key is that text.
    #[must_use]
    pub fn is(&self, key: Key, text: &str) -> bool {
        self.get(key).is_some_and(|value| value.is_string(text))
    }

    /// When it happened, in nanoseconds since 1970; `None` if it does not say so.
    #[must_use]
    pub fn time_ns(&self) -> Option<u64> {
        crate::time::parse(self.get(Key::EventTime)?)
    }
}

#[cfg(test)]
mod tests;
