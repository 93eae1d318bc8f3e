//! The JSON form of arguments: a list of strings and nothing else.

use std::{ops::Range, str::CharIndices};

use crate::{ast::Word, joined::Joined};

/// The strings of the list; `None` when the text is no such list, which makes it shell form.
pub(super) fn strings(joined: &Joined, range: Range<usize>) -> Option<Vec<Word>> {
    let text = joined.slice(range.clone()).trim_end();
    let mut reader = Reader { text, chars: text.char_indices() };
    let mut words = Vec::new();
    reader.expect('[')?;
    if reader.peek() == Some(']') {
        reader.expect(']')?;
        return reader.peek().is_none().then_some(words);
    }
    loop {
        let (string, at) = reader.string()?;
        let span = joined.span(range.start + at.start..range.start + at.end);
        words.push(Word { text: string, span });
        match reader.peek()? {
            ',' => reader.expect(',')?,
            _ => break,
        }
    }
    reader.expect(']')?;
    reader.peek().is_none().then_some(words)
}

struct Reader<'a> {
    text: &'a str,
    chars: CharIndices<'a>,
}

impl Reader<'_> {
    /// The next character that is no blank, without reading it.
    fn peek(&mut self) -> Option<char> {
        loop {
            let c = self.chars.clone().next()?.1;
            if !c.is_whitespace() {
                return Some(c);
            }
            self.chars.next();
        }
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        (self.peek()? == wanted).then(|| {
            self.chars.next();
        })
    }

    /// A string, and where it is with its quotes.
    fn string(&mut self) -> Option<(String, Range<usize>)> {
        self.peek()?;
        let start = self.chars.offset();
        self.expect('"')?;
        let mut string = String::new();
        loop {
            match self.chars.next()?.1 {
                '"' => return Some((string, start..self.chars.offset())),
                '\\' => string.push(self.escape()?),
                c if c < ' ' => return None,
                c => string.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.chars.next()?.1 {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let at = self.chars.offset();
                let digits = self.text.get(at..at.checked_add(4)?)?;
                let code = u32::from_str_radix(digits, 16).ok()?;
                self.chars.nth(3)?;
                char::from_u32(code).unwrap_or('\u{fffd}')
            }
            c @ ('"' | '\\' | '/') => c,
            _ => return None,
        })
    }
}
