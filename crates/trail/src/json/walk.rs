//! Steps through JSON: over blanks, strings and whole values, and along members and items.

use super::{
    Json,
    block::{Strings, blocks},
    text,
};

/// Nesting that is followed; what is deeper has no end.
pub(crate) const MAX_DEPTH: u32 = 128;

/// What stands behind blanks.
pub(crate) fn skip_blanks(bytes: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    match bytes.first() {
        Some(first) if blank(first) => {
            let end = bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len());
            bytes.get(end..).unwrap_or_default()
        }
        _ => bytes,
    }
}

/// A string as it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// What is between the quotes.
    pub(crate) inner: &'a [u8],
    /// Whether there is a backslash in it.
    pub(crate) escaped: bool,
}

/// The string that starts here, and what follows it.
pub(crate) fn string(bytes: &[u8]) -> Option<(Text<'_>, &[u8])> {
    let inner = bytes.strip_prefix(b"\"")?;
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', inner.get(from..)?)?;
        if inner.get(at) == Some(&b'"') {
            let text = Text { inner: inner.get(..at)?, escaped: from > 0 };
            return Some((text, inner.get(at + 1..)?));
        }
        from = at + 2;
    }
}

/// What follows the value that starts here; `None` if it does not end, or is none.
pub(crate) fn skip_value(bytes: &[u8]) -> Option<&[u8]> {
    match bytes.first()? {
        b'"' => Some(string(bytes)?.1),
        b'{' | b'[' => bytes.get(container_end(bytes)?..),
        b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
            let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
            let end = bytes.iter().position(|byte| !inside(byte)).unwrap_or(bytes.len());
            bytes.get(end..)
        }
        _ => None,
    }
}

/// Behind the bracket that closes the object or array that starts here.
fn container_end(bytes: &[u8]) -> Option<usize> {
    let mut strings = Strings::default();
    let mut depth = 0;
    for (base, block) in blocks(bytes) {
        let structure = strings.next(&block);
        let mut brackets = structure.opens | structure.closes;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            if structure.opens & bit != 0 {
                depth += 1;
            } else {
                depth -= 1;
            }
            if depth == 0 {
                return Some(base + bit.trailing_zeros() as usize + 1);
            }
            if depth > MAX_DEPTH {
                return None;
            }
            brackets &= brackets - 1;
        }
    }
    None
}

/// The position that a part of a pointer means in an array.
pub(crate) fn index(part: &str) -> Option<usize> {
    let plain = part == "0" || !part.starts_with(['0', '+']);
    plain.then(|| part.parse().ok()).flatten()
}

/// A key as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Name<'a>(Text<'a>);

impl<'a> Name<'a> {
    /// Whether it is that text.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        text::equals(self.0, text)
    }

    /// Whether only the case of letters may differ. A key with escapes is never meant.
    #[must_use]
    pub fn is_in_another_case(self, text: &str) -> bool {
        self.0.inner.eq_ignore_ascii_case(text.as_bytes())
    }

    /// What stands between the quotes, not decoded.
    #[must_use]
    pub const fn raw(self) -> &'a [u8] {
        self.0.inner
    }
}

/// The members of an object, up to its end or damage.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    /// Where the next key is; empty when there is none.
    rest: &'a [u8],
}

impl<'a> Members<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.strip_prefix(b"{").map(skip_blanks).unwrap_or_default() }
    }

    fn step(&mut self) -> Option<(Name<'a>, Json<'a>)> {
        let (name, rest) = string(std::mem::take(&mut self.rest))?;
        let value = Json::new(skip_blanks(rest).strip_prefix(b":")?);
        // The last value of a damaged object is still a value.
        if let Some(rest) = skip_value(value.bytes) {
            self.rest = behind_comma(rest);
        }
        value.kind().map(|_| (Name(name), value))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (Name<'a>, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.step()
    }
}

/// The items of an array, up to its end or damage.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    /// Where the next item is; empty when there is none.
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.strip_prefix(b"[").map(skip_blanks).unwrap_or_default() }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = Json { bytes: std::mem::take(&mut self.rest) };
        value.kind()?;
        if let Some(rest) = skip_value(value.bytes) {
            self.rest = behind_comma(rest);
        }
        Some(value)
    }
}

/// What follows a comma; nothing when another thing stands here.
fn behind_comma(bytes: &[u8]) -> &[u8] {
    skip_blanks(bytes).strip_prefix(b",").map(skip_blanks).unwrap_or_default()
}
