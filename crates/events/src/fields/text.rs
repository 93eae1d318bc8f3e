//! Texts that are made for one event, in its arena.

use std::fmt;

use bumpalo::{Bump, collections::Vec};
use farguard_rules::Value;

/// A text being made.
pub(super) struct Text<'e>(Vec<'e, u8>);

impl<'e> Text<'e> {
    pub(super) fn new(bump: &'e Bump) -> Self {
        Self(Vec::new_in(bump))
    }

    /// Adds bytes as they are.
    pub(super) fn push(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds something printed.
    pub(super) fn print(&mut self, text: fmt::Arguments<'_>) -> &mut Self {
        // Growing in an arena does not fail.
        let _ = fmt::Write::write_fmt(self, text);
        self
    }

    /// Adds bytes that need not be text: what cannot be printed becomes a dot.
    pub(super) fn dots(&mut self, bytes: &[u8]) -> &mut Self {
        let dot = |byte: &u8| if (b' '..=b'~').contains(byte) { *byte } else { b'.' };
        self.0.extend(bytes.iter().map(dot));
        self
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes back what was added last.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    pub(super) fn bytes(self) -> &'e [u8] {
        self.0.into_bump_slice()
    }

    pub(super) fn value(self) -> Value<'e> {
        Value::Text(self.bytes())
    }
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

/// A text that is printed.
pub(super) fn print<'e>(bump: &'e Bump, text: fmt::Arguments<'_>) -> Value<'e> {
    let mut made = Text::new(bump);
    made.print(text);
    made.value()
}

/// The parts of a text in which each ends with NUL.
pub(super) fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    let none = text.is_empty();
    text.split(|byte| *byte == 0).filter(move |_| !none)
}

/// The parts of a text in which each ends with NUL, separated by blanks.
pub(super) fn joined<'e>(bump: &'e Bump, text: &'e [u8]) -> &'e [u8] {
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    if !text.contains(&0) {
        return text;
    }
    bump.alloc_slice_fill_iter(text.iter().map(|byte| if *byte == 0 { b' ' } else { *byte }))
}

/// Values separated by something.
pub(super) fn list<'e>(bump: &'e Bump, values: impl Iterator<Item = Value<'e>>) -> &'e [Value<'e>] {
    let mut list = Vec::new_in(bump);
    list.extend(values);
    list.into_bump_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_separated_by_blanks() {
        let bump = Bump::new();
        for (text, count, expect) in [
            (&b""[..], 0, &b""[..]),
            (b"-l\0", 1, b"-l"),
            (b"-c\0echo a\0", 2, b"-c echo a"),
            (b"a\0\0b\0", 3, b"a  b"),
            (b"cut", 1, b"cut"),
        ] {
            assert_eq!(joined(&bump, text), expect);
            assert_eq!(parts(text).count(), count, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_printed_as_dots() {
        let bump = Bump::new();
        let mut text = Text::new(&bump);
        text.push(b"\xff").dots(b"\x7fELF\x02\n~ ").print(format_args!("{:X}", 255));
        assert_eq!(text.value(), Value::Text(b"\xff.ELF..~ FF"));
    }
}
