//! Debian control files: paragraphs of fields.
//!
//! Nothing is collected: a paragraph is a slice of the text, and its fields are found by walking
//! it. Whatever a file holds, reading it costs no memory beyond the file.
//!
//! # Source
//! <https://manpages.debian.org/bookworm/dpkg-dev/deb822.5.en.html>

/// Lines between two blank lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paragraph<'a> {
    text: &'a str,
    /// Number of its first line, from 1.
    pub(super) line: usize,
}

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// As written; names are compared without case.
    pub(super) name: &'a str,
    /// Trimmed; continuation lines keep their line breaks and indentation.
    pub(super) value: &'a str,
    /// Number of its first line, from 1.
    pub(super) line: usize,
}

impl Field<'_> {
    /// Whether the field has this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The paragraphs of a file, in order.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = Paragraph<'_>> {
    let mut rest = text;
    let mut line = 1;
    std::iter::from_fn(move || {
        while let Some(first) = rest.split_inclusive('\n').next().filter(|l| l.trim().is_empty()) {
            rest = rest.get(first.len()..)?;
            line += 1;
        }
        let lines = rest.split_inclusive('\n').take_while(|l| !l.trim().is_empty());
        let (count, len) = lines.fold((0, 0), |(count, len), l| (count + 1, len + l.len()));
        let paragraph = Paragraph { text: rest.get(..len).filter(|p| !p.is_empty())?, line };
        rest = rest.get(len..)?;
        line += count;
        Some(paragraph)
    })
}

impl<'a> Paragraph<'a> {
    /// The fields, in order; `Err` with the line number for a line that belongs to none.
    pub(super) fn fields(self) -> impl Iterator<Item = Result<Field<'a>, usize>> {
        let mut rest = self.text;
        let mut line = self.line;
        std::iter::from_fn(move || {
            let first = rest.split_inclusive('\n').next()?;
            let more = rest.get(first.len()..)?.split_inclusive('\n');
            let (count, len) = more
                .take_while(|l| l.starts_with([' ', '\t']))
                .fold((1, first.len()), |(count, len), l| (count + 1, len + l.len()));
            let whole = rest.get(..len)?;
            let field = Field { line, ..split(whole) };
            rest = rest.get(len..)?;
            line += count;
            Some(if field.name.is_empty() { Err(field.line) } else { Ok(field) })
        })
        // Comments are allowed in the files that people write.
        .filter(|field| !matches!(field, Ok(f) if f.name.starts_with('#')))
    }
}

/// Splits at the colon of the first line. The name is empty when the text is not a field.
fn split(whole: &str) -> Field<'_> {
    let first_line = whole.lines().next().unwrap_or_default();
    let none = Field { name: "", value: "", line: 0 };
    if first_line.starts_with('#') {
        return Field { name: "#", ..none };
    }
    match first_line.split_once(':') {
        Some((name, _)) if !name.trim().is_empty() && !name.starts_with([' ', '\t']) => {
            let value = whole.get(name.len() + 1..).unwrap_or_default();
            Field { name: name.trim(), value: value.trim(), line: 0 }
        }
        _ => none,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read<'a> = Result<(&'a str, &'a str, usize), usize>;

    fn check(text: &str, expect: &[&[Read<'_>]]) {
        let read: Vec<Vec<_>> = paragraphs(text)
            .map(|p| p.fields().map(|f| f.map(|f| (f.name, f.value, f.line))).collect())
            .collect();
        assert_eq!(read, expect);
    }

    #[test]
    fn paragraphs_and_fields() {
        check("", &[]);
        check("\n \n\n", &[]);
        check(
            "\nA: 1\nB:2\n\n\nC: x\n y\n\tz\nD:\n",
            &[
                &[Ok(("A", "1", 2)), Ok(("B", "2", 3))],
                &[Ok(("C", "x\n y\n\tz", 6)), Ok(("D", "", 9))],
            ],
        );
    }

    #[test]
    fn carriage_returns_comments_and_missing_last_newline() {
        check("A: 1\r\n\r\n# note\r\nB: 2", &[&[Ok(("A", "1", 1))], &[Ok(("B", "2", 4))]]);
    }

    #[test]
    fn lines_that_belong_to_no_field_are_named() {
        check(" lost\nA: 1\nnonsense\n:x\n", &[&[Err(1), Ok(("A", "1", 2)), Err(3), Err(4)]]);
    }
}
