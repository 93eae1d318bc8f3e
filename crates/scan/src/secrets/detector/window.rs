//! The piece of a text that a regex looks at, and where it is.

use std::ops::Range;

/// How far before a keyword a window starts.
pub(super) const BEFORE: usize = 256;
/// How far behind the start of a keyword it ends.
pub(super) const AFTER: usize = 1024;

/// The window around the keyword at `at`: its line, or what is near of a longer one. With `lines`
/// it may go beyond the line. The flag says that the line goes on behind it.
pub(super) fn around(text: &[u8], at: usize, lines: bool) -> (Range<usize>, bool) {
    let lowest = at.saturating_sub(BEFORE);
    let highest = at.saturating_add(AFTER).min(text.len());
    if lines {
        return (lowest..highest, true);
    }
    let before = text.get(lowest..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(lowest, |newline| lowest + newline + 1);
    let behind = text.get(at..highest).unwrap_or_default();
    match memchr::memchr(b'\n', behind) {
        Some(newline) => {
            let end = at + newline;
            let is_return = newline > 0 && text.get(end - 1) == Some(&b'\r');
            (start..end - usize::from(is_return), false)
        }
        None => (start..highest, true),
    }
}

/// Line and column, from 1. Columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Position {
    pub(super) const START: Self = Self { line: 1, column: 1 };

    /// Where one is after `text`.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let characters = |text: &[u8]| {
            let count = text.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let lines = memchr::memchr_iter(b'\n', text).count();
        match memchr::memrchr(b'\n', text) {
            None => Self { column: self.column.saturating_add(characters(text)), ..self },
            Some(last) => Self {
                line: self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)),
                column: 1 + characters(text.get(last + 1..).unwrap_or_default()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_lines_or_parts_of_long_ones() {
        let check = |text: &[u8], at, expect: Range<usize>, goes_on| {
            assert_eq!(around(text, at, false), (expect, goes_on));
        };
        check(b"a\nkey=1\r\nb", 2, 2..7, false);
        check(b"key", 0, 0..3, true);
        check(b"key\n", 0, 0..3, false);
        check(b"\n\n", 1, 1..1, false);
        let long = [b'x'; 5_000];
        check(&long, 2_000, 2_000 - BEFORE..2_000 + AFTER, true);
        assert_eq!(around(b"a\nkey\nb", 2, true), (0..7, true));
    }

    #[test]
    fn positions_count_lines_and_characters() {
        let check = |text: &str, line, column| {
            assert_eq!(Position::START.after(text.as_bytes()), Position { line, column }, "{text}");
        };
        check("", 1, 1);
        check("äb", 1, 3);
        check("a\nb\n", 3, 1);
        check("a\nüü", 2, 3);
    }
}
