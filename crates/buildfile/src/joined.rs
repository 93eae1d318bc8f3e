//! Text that is put together from pieces of the file.

use std::ops::Range;

use crate::source::Span;

/// The text of an instruction without its line breaks and comments, or the body of a heredoc, with
/// the way back to the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Joined {
    text: String,
    /// Offset in `text` and in the file of the start of each piece.
    pieces: Vec<(usize, usize)>,
    /// Set when offsets mean nothing in the file: everything is here.
    whole: Option<Span>,
}

impl Joined {
    /// Text that was written differently in the file, as with escapes in JSON: all of it is at
    /// `span`.
    pub(crate) fn decoded(text: String, span: Span) -> Self {
        Self { text, pieces: Vec::new(), whole: Some(span) }
    }

    pub(crate) fn push(&mut self, piece: &str, origin: usize) {
        if !piece.is_empty() {
            self.pieces.push((self.text.len(), origin));
            self.text.push_str(piece);
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// Where a part of the text is in the file. A part that goes over a line break includes it.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        if let Some(span) = self.whole {
            return span;
        }
        let start = self.origin(range.start);
        match range.end.checked_sub(1) {
            Some(last) if range.end > range.start => Span { start, end: self.origin(last) + 1 },
            _ => Span::at(start),
        }
    }

    /// Whether a part of the text stands in one piece in the file, so that it can be replaced.
    pub(crate) fn is_contiguous(&self, range: Range<usize>) -> bool {
        let span = self.span(range.clone());
        self.whole.is_none() && span.end - span.start == range.len()
    }

    fn origin(&self, offset: usize) -> usize {
        let index = self.pieces.partition_point(|(start, _)| *start <= offset);
        let piece = index.checked_sub(1).and_then(|index| self.pieces.get(index));
        piece.map_or(0, |(start, origin)| origin + (offset - start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lead_back_to_the_file() {
        let mut joined = Joined::default();
        joined.push("RUN a ", 0);
        joined.push("", 7);
        joined.push("  b", 9);
        assert_eq!(joined.text(), "RUN a   b");
        assert_eq!(joined.span(4..5), Span { start: 4, end: 5 });
        assert_eq!(joined.span(8..9), Span { start: 11, end: 12 });
        assert_eq!(joined.span(4..9), Span { start: 4, end: 12 });
        assert!(joined.is_contiguous(0..6) && !joined.is_contiguous(4..9));
        assert_eq!(Joined::default().span(0..0), Span::at(0));
    }
}
