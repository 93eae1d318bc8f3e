//! Words of a condition. There are no tokens apart from the grammar: what a word is depends on where
//! it stands.

use super::{Span, escape::unescape};

/// Longest piece of a condition that is repeated in a message.
const SHOWN: usize = 60;

/// A place in the text of a condition.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// The last word that was read: errors name it.
    last: (usize, usize),
}

/// POSIX `[:space:]`.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// What may stand in a text without quotes.
const fn is_bare(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'"' | b'\'' | b'=' | b',')
}

/// What may stand in the argument of a field without quotes.
const fn is_bare_arg(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'[' | b']' | b'"' | b'\'')
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl<'t> Lexer<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0, last: (0, 0) }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// From a place to where the lexer is.
    pub(super) fn span(&self, start: usize) -> Span {
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Span { start: offset(start), end: offset(self.at) }
    }

    /// The last word, shortened, without quotes.
    pub(super) fn last(&self) -> String {
        let last = self.text.get(self.last.0..self.last.1).unwrap_or_default();
        last.trim_matches(['"', '\'']).chars().take(SHOWN).collect()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Takes as many bytes, which end between two characters.
    fn take(&mut self, length: usize) -> &'t str {
        let start = self.at;
        self.at = start.saturating_add(length);
        self.last = (start, self.at);
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Goes back to a place: what was read since was not what it seemed.
    pub(super) const fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    /// Skips blanks; says whether there was one.
    pub(super) fn blank(&mut self) -> bool {
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | 0x08 | b'\r' | b'\n');
        let length = self.rest().iter().take_while(blank).count();
        self.at += length;
        length > 0
    }

    /// Takes what is given, whatever follows it.
    pub(super) fn literal(&mut self, literal: &str) -> bool {
        let found = self.rest().starts_with(literal.as_bytes());
        if found {
            self.take(literal.len());
        }
        found
    }

    /// Takes `not` and the blanks behind it.
    pub(super) fn not_blank(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix(b"not") else { return false };
        let blanks = rest.iter().take_while(|byte| is_space(**byte)).count();
        if blanks > 0 {
            self.take(blanks + 3);
        }
        blanks > 0
    }

    /// Length of `[a-zA-Z][a-zA-Z0-9_]*` at the start of some bytes.
    fn word_length(bytes: &[u8]) -> usize {
        match bytes.first() {
            Some(first) if first.is_ascii_alphabetic() => {
                bytes.iter().take_while(|byte| is_word(**byte)).count()
            }
            _ => 0,
        }
    }

    /// `spawned_process`
    pub(super) fn identifier(&mut self) -> Option<&'t str> {
        let length = Self::word_length(self.rest());
        (length > 0).then(|| self.take(length))
    }

    /// `proc.name`: at least two words.
    pub(super) fn field_name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let mut length = Self::word_length(rest);
        if length == 0 {
            return None;
        }
        let first = length;
        while let Some(after) = rest.get(length..).and_then(|rest| rest.strip_prefix(b".")) {
            match Self::word_length(after) {
                0 => break,
                word => length += word + 1,
            }
        }
        (length > first).then(|| self.take(length))
    }

    fn run(&mut self, holds: fn(u8) -> bool) -> Option<&'t str> {
        let length = self.rest().iter().take_while(|byte| holds(**byte)).count();
        (length > 0).then(|| self.take(length))
    }

    /// A text without quotes.
    pub(super) fn bare(&mut self) -> Option<&'t str> {
        self.run(is_bare)
    }

    /// An argument without quotes.
    pub(super) fn bare_arg(&mut self) -> Option<&'t str> {
        self.run(is_bare_arg)
    }

    /// `0x1F`, `-1.5`, `1e+3`
    pub(super) fn number(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let digits = |from: usize, holds: fn(&u8) -> bool| {
            rest.get(from..).unwrap_or_default().iter().take_while(|byte| holds(byte)).count()
        };
        if let [b'0', b'x' | b'X', next, ..] = rest
            && next.is_ascii_hexdigit()
        {
            return Some(self.take(2 + digits(2, u8::is_ascii_hexdigit)));
        }
        let sign = usize::from(matches!(rest.first(), Some(b'+' | b'-')));
        let whole = digits(sign, u8::is_ascii_digit);
        if whole == 0 {
            return None;
        }
        let mut length = sign + whole;
        if rest.get(length) == Some(&b'.') {
            length += 1 + digits(length + 1, u8::is_ascii_digit);
        }
        if let Some([b'e' | b'E', b'+' | b'-', ..]) = rest.get(length..) {
            match digits(length + 2, u8::is_ascii_digit) {
                0 => {}
                exponent => length += 2 + exponent,
            }
        }
        Some(self.take(length))
    }

    /// A text between quotes. Nothing when none begins here or it does not end.
    ///
    /// A quote behind a backslash does not end a text, even if that backslash is escaped itself.
    pub(super) fn quoted(&mut self) -> Option<Result<String, String>> {
        let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let mut previous = quote;
        let mut length = None;
        for (index, byte) in self.rest().iter().copied().enumerate().skip(1) {
            if byte == 0 {
                return None;
            }
            if byte == quote && previous != b'\\' {
                length = Some(index + 1);
                break;
            }
            previous = byte;
        }
        let text = self.take(length?);
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        Some(unescape(inner, char::from(quote)))
    }
}
