//! The text of a build file, and where things are in it.

use farguard_model::Edit;

/// Characters are counted ahead for every this many bytes, so that a column of a line of 4 MiB
/// costs no walk over the line.
const CHUNK: usize = 4096;

/// A piece of the text: byte offsets, the end is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte behind it.
    pub end: usize,
}

/// A place for people: line and column, in characters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, in characters from 1.
    pub column: u32,
}

/// The text of a build file, without a byte order mark. Bytes that are not UTF-8 are replaced, one
/// character for each, so that lines and columns stay what an editor shows.
#[derive(Debug, Clone)]
pub struct Source {
    text: String,
    line_starts: Vec<usize>,
    characters: Vec<usize>,
}

impl Source {
    /// Decodes bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect();
        let mut count = 0;
        let mut characters = Vec::new();
        for chunk in text.as_bytes().chunks(CHUNK) {
            characters.push(count);
            count += characters_in(chunk);
        }
        Self { text, line_starts, characters }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a piece; empty when there is no such piece.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.line_starts.get(index));
        let column = self.characters_before(offset)
            - self.characters_before(start.copied().unwrap_or_default());
        Position { line: number(line.max(1)), column: number(column + 1) }
    }

    /// The byte offset of a place, unless it lies outside of the text.
    #[must_use]
    pub fn offset(&self, position: Position) -> Option<usize> {
        let index = usize::try_from(position.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(position.column).ok()?.checked_sub(1)?;
        let start = *self.line_starts.get(index)?;
        let end = self.line_starts.get(index + 1).copied().unwrap_or(self.text.len());
        let line = self.text.get(start..end)?;
        let mut places = line.char_indices().map(|(at, _)| at).chain([line.len()]);
        places.nth(column).map(|at| start + at)
    }

    /// The text with one change made, unless that lies outside of it.
    #[must_use]
    pub fn apply(&self, edit: &Edit) -> Option<String> {
        let place = |line, column| self.offset(Position { line, column });
        let start = place(edit.start_line, edit.start_column)?;
        let end = place(edit.end_line, edit.end_column)?;
        let (before, after) = (self.text.get(..start)?, self.text.get(end.max(start)..)?);
        Some(format!("{before}{}{after}", edit.replacement))
    }

    /// The number of lines; text behind the last line break is a line.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// A line by its number from 0, without its line break.
    pub(crate) fn line(&self, index: usize) -> Option<(Span, &str)> {
        let start = *self.line_starts.get(index)?;
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        Some((Span { start, end: start + line.len() }, line))
    }

    fn characters_before(&self, offset: usize) -> usize {
        let chunk = offset / CHUNK;
        let Some(before) = self.characters.get(chunk) else {
            // Only the end of a text that fills its last chunk lies behind all chunks.
            return self.text.chars().count();
        };
        let rest = self.text.as_bytes().get(chunk * CHUNK..offset).unwrap_or_default();
        before + characters_in(rest)
    }
}

impl Span {
    /// The empty piece at an offset.
    #[must_use]
    pub const fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }
}

fn characters_in(bytes: &[u8]) -> usize {
    // Every byte that does not continue a character begins one.
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let source = Source::new("\u{feff}aé\nbü\u{1f600}c".as_bytes());
        let position = |needle: &str| {
            let at = source.position(source.text().find(needle).unwrap());
            (at.line, at.column)
        };
        assert_eq!(position("a"), (1, 1));
        assert_eq!(position("b"), (2, 1));
        assert_eq!(position("c"), (2, 4));
        assert_eq!(source.position(usize::MAX), Position { line: 2, column: 5 });
        assert_eq!(source.line(0).unwrap().1, "aé");
        assert_eq!(source.line(2), None);
    }

    #[test]
    fn long_lines_and_full_chunks_keep_their_columns() {
        let source = Source::new("é".repeat(CHUNK).as_bytes());
        assert_eq!(source.position(2 * CHUNK).column, 4097);
        assert_eq!(source.position(CHUNK).column, 2049);
        assert_eq!(Source::new(b"").position(0), Position { line: 1, column: 1 });
    }

    #[test]
    fn bytes_that_are_no_text_take_one_column_each() {
        let source = Source::new(b"a\xff\xfeb");
        assert_eq!(source.position(source.text().find('b').unwrap()).column, 4);
    }
}
