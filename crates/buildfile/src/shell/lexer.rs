//! Characters and words of a script.

use crate::joined::Joined;

use super::{Arg, Script, parser::Until};

/// How deep substitutions, subshells and scripts in scripts are followed.
pub(super) const MAX_DEPTH: usize = 20;
/// The most commands of one script that are kept.
pub(super) const MAX_COMMANDS: usize = 20_000;

/// A place in a script, and what was found so far.
pub(super) struct Lexer<'a> {
    pub(super) joined: &'a Joined,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) depth: usize,
    /// Inside backticks, where a backtick ends a word.
    pub(super) in_backticks: bool,
    /// The names of here-documents whose bodies start in the next line.
    pub(super) heredocs: Vec<String>,
    pub(super) script: &'a mut Script,
}

/// A word, with what matters of how it was written.
pub(super) struct Word {
    pub(super) arg: Arg,
    /// Nothing of it was quoted or escaped: it can be a reserved word or an assignment.
    pub(super) bare: bool,
}

impl Lexer<'_> {
    pub(super) fn rest(&self) -> &str {
        self.joined.slice(self.at..self.end)
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let there = self.starts_with(text);
        if there {
            self.at += text.len();
        }
        there
    }

    /// Skips blanks and escaped line breaks, but no line break.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some('\n') | None => return,
                Some(c) if c.is_whitespace() => {
                    self.bump();
                }
                Some('\\') if self.starts_with("\\\n") => self.at += 2,
                Some(_) => return,
            }
        }
    }

    pub(super) fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// Skips up to and behind `close`, counting what `open` opens.
    pub(super) fn skip_balanced(&mut self, open: char, close: char) {
        let mut depth = 1_usize;
        while let Some(c) = self.bump() {
            match c {
                '\\' => {
                    self.bump();
                }
                c if c == close => depth -= 1,
                c if c == open => depth += 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Reads a word. Reads at least one character.
    pub(super) fn word(&mut self) -> Word {
        let start = self.at;
        let first = self.script.commands.len();
        let mut text = String::new();
        let mut bare = true;
        while let Some(c) = self.peek() {
            match c {
                '\'' => {
                    bare = false;
                    self.single_quoted(&mut text);
                }
                '"' => {
                    bare = false;
                    self.bump();
                    self.double_quoted(&mut text);
                }
                '\\' => {
                    bare = false;
                    self.bump();
                    match self.bump() {
                        Some('\n') | None => {}
                        Some(escaped) => text.push(escaped),
                    }
                }
                '$' => self.expansion(&mut text),
                '`' if self.in_backticks => break,
                '`' => self.backticks(&mut text),
                '<' | '>' if self.at == start && self.rest().get(1..2) == Some("(") => {
                    self.at += 2;
                    self.substitution(start, &mut text);
                }
                '(' if text.ends_with('=') => {
                    self.bump();
                    self.skip_balanced('(', ')');
                }
                c if c.is_whitespace() || ";&|<>()".contains(c) => break,
                c => {
                    self.bump();
                    text.push(c);
                }
            }
        }
        if self.at == start {
            self.bump();
        }
        let arg = Arg {
            text,
            span: self.joined.span(start..self.at),
            commands: first..self.script.commands.len(),
            contiguous: self.joined.is_contiguous(start..self.at),
        };
        Word { arg, bare }
    }

    fn single_quoted(&mut self, text: &mut String) {
        self.bump();
        let rest = self.rest();
        let len = rest.find('\'').unwrap_or(rest.len());
        text.push_str(rest.get(..len).unwrap_or_default());
        self.at += len;
        self.bump();
    }

    fn double_quoted(&mut self, text: &mut String) {
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.bump();
                    return;
                }
                '\\' => {
                    self.bump();
                    match self.bump() {
                        Some('\n') | None => {}
                        Some(escaped @ ('$' | '`' | '"' | '\\')) => text.push(escaped),
                        Some(other) => text.extend(['\\', other]),
                    }
                }
                '$' => self.expansion(text),
                '`' if !self.in_backticks => self.backticks(text),
                _ => {
                    self.bump();
                    text.push(c);
                }
            }
        }
    }

    /// `$name`, `${...}`, `$(...)`, `$((...))`, `$'...'`.
    fn expansion(&mut self, text: &mut String) {
        let start = self.at;
        self.bump();
        if self.eat("((") {
            self.skip_balanced('(', ')');
            self.eat(")");
        } else if self.eat("(") {
            return self.substitution(start, text);
        } else if self.eat("{") {
            self.skip_balanced('{', '}');
        } else if self.starts_with("'") {
            return self.single_quoted(text);
        }
        text.push_str(self.joined.slice(start..self.at));
    }

    fn backticks(&mut self, text: &mut String) {
        let start = self.at;
        self.bump();
        let before = std::mem::replace(&mut self.in_backticks, true);
        self.nested(Until::Backtick);
        self.in_backticks = before;
        text.push_str(self.joined.slice(start..self.at));
    }

    /// The commands up to the closing parenthesis.
    fn substitution(&mut self, start: usize, text: &mut String) {
        let before = std::mem::replace(&mut self.in_backticks, false);
        self.nested(Until::Parenthesis);
        self.in_backticks = before;
        text.push_str(self.joined.slice(start..self.at));
    }

    fn nested(&mut self, until: Until) {
        if self.depth >= MAX_DEPTH {
            self.script.cut = true;
            match until {
                Until::Parenthesis => self.skip_balanced('(', ')'),
                Until::Backtick => self.skip_balanced('\0', '`'),
                Until::End => {}
            }
            return;
        }
        self.depth += 1;
        self.list(until, None);
        self.depth -= 1;
    }
}
