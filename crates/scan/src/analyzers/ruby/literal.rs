//! String literals of Ruby.

/// The string literals of one expression, in order: of `"a"`, `['a', %q{b}]`, `T.new("a")`.
///
/// An expression ends with its line, or within brackets with the line of the last bracket.
pub(super) struct Literals<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    depth: u32,
}

impl<'a> Literals<'a> {
    pub(super) fn new(expression: &'a str) -> Self {
        Self { rest: expression.chars().peekable(), depth: 0 }
    }

    /// The content up to `end`, which may be escaped; `None` when it never comes.
    fn until(&mut self, end: char) -> Option<String> {
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                '\\' => text.push(self.rest.next()?),
                c if c == end => return Some(text),
                c => text.push(c),
            }
        }
    }

    /// The content of `%q{...}` and its kin, after the percent sign.
    fn percent(&mut self) -> Option<String> {
        let mut open = self.rest.next()?;
        if matches!(open, 'q' | 'Q') {
            open = self.rest.next()?;
        }
        self.until(match open {
            '{' => '}',
            '(' => ')',
            '[' => ']',
            '<' => '>',
            other => other,
        })
    }
}

impl Iterator for Literals<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            match self.rest.next()? {
                quote @ ('"' | '\'') => return self.until(quote),
                '%' => return self.percent(),
                '[' | '(' => self.depth = self.depth.saturating_add(1),
                ']' | ')' => self.depth = self.depth.saturating_sub(1),
                '\n' if self.depth == 0 => return None,
                // A modifier: what follows is the condition, not the value.
                ' ' if self.depth == 0 && self.rest.peek() == Some(&'i') => return None,
                '#' => while self.rest.next_if(|c| *c != '\n').is_some() {},
                _ => {}
            }
        }
    }
}
