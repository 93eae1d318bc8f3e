//! From a script to its simple commands. Reserved words, groups and loops only matter in that they
//! are no commands themselves.
//!
//! # Source
//! <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html>

use std::ops::Range;

use super::{
    Assignment, Command, Pipe, Redirect, Script,
    lexer::{Lexer, MAX_COMMANDS, MAX_DEPTH, Word},
    nested, wrapper,
};
use crate::{joined::Joined, source::Span};

/// What ends a list of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    End,
    Parenthesis,
    Backtick,
}

/// Reads the commands in a part of a text. With `pipefail`, that option is on from the start.
pub(crate) fn parse(joined: &Joined, range: Range<usize>, pipefail: bool) -> Script {
    let mut script = Script::default();
    parse_into(&mut script, joined, range, 0);
    mark_checked(&mut script, pipefail);
    script
}

pub(super) fn parse_into(script: &mut Script, joined: &Joined, range: Range<usize>, depth: usize) {
    let (at, end) = (range.start, range.end);
    Lexer { joined, at, end, depth, in_backticks: false, heredocs: Vec::new(), script }
        .list(Until::End, None);
}

/// A pipe behind `set -o pipefail` does not hide failures.
fn mark_checked(script: &mut Script, pipefail: bool) {
    let on = |command: &Command| {
        command.is("set")
            && command.has("pipefail")
            && command.args.iter().any(|arg| arg.text.starts_with('-') && arg.text.ends_with('o'))
    };
    let since = script.commands.iter().find(|command| on(command)).map(|set| set.span.start);
    for pipe in &mut script.pipes {
        pipe.checked |= pipefail || since.is_some_and(|since| since < pipe.span.start);
    }
}

impl Lexer<'_> {
    /// Reads commands until `until`, which is read as well. The first one reads `input`.
    pub(super) fn list(&mut self, until: Until, mut input: Option<Range<usize>>) {
        let mut pipeline = self.script.commands.len();
        loop {
            self.skip_blanks();
            let Some(c) = self.peek() else { return };
            match c {
                ')' => {
                    self.bump();
                    if until == Until::Parenthesis {
                        return;
                    }
                }
                '`' if until == Until::Backtick => {
                    self.bump();
                    return;
                }
                '#' => self.skip_line(),
                '(' if self.eat("((") => {
                    self.skip_balanced('(', ')');
                    self.eat(")");
                }
                '(' => {
                    self.bump();
                    self.subshell(input.take());
                }
                '|' if !self.starts_with("||") => {
                    let start = self.at;
                    let both = self.starts_with("|&");
                    self.at += if both { 2 } else { 1 };
                    let span = self.joined.span(start..start + 1);
                    self.script.pipes.push(Pipe { span, checked: false });
                    input = Some(pipeline..self.script.commands.len());
                }
                '&' if self.starts_with("&>") => self.simple(input.take()),
                '\n' => {
                    self.bump();
                    self.skip_heredocs();
                    if input.is_none() {
                        pipeline = self.script.commands.len();
                    }
                }
                '|' | '&' | ';' => {
                    if self.eat(";;") {
                        self.case_pattern();
                    } else if !self.eat("||") && !self.eat("&&") {
                        self.bump();
                    }
                    pipeline = self.script.commands.len();
                    input = None;
                }
                _ => self.simple(input.take()),
            }
            if self.script.commands.len() >= MAX_COMMANDS {
                self.script.cut = true;
                self.at = self.end;
            }
        }
    }

    fn subshell(&mut self, input: Option<Range<usize>>) {
        if self.depth >= MAX_DEPTH {
            self.script.cut = true;
            return self.skip_balanced('(', ')');
        }
        self.depth += 1;
        self.list(Until::Parenthesis, input);
        self.depth -= 1;
    }

    /// The patterns of `case` up to their `)`, unless `esac` comes first.
    fn case_pattern(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
        if self.starts_with("esac") {
            return;
        }
        self.eat("(");
        while let Some(c) = self.peek() {
            if c == ')' || self.starts_with(";;") {
                self.eat(")");
                return;
            }
            self.word();
        }
    }

    /// Reads words up to the end of a command, and keeps it if it is one.
    fn simple(&mut self, stdin: Option<Range<usize>>) {
        let start = self.at;
        let mut words: Vec<Word> = Vec::new();
        let mut assignments = Vec::new();
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            let Some(c) = self.peek() else { break };
            match c {
                '#' => {
                    self.skip_line();
                    break;
                }
                '(' if words.len() == 1 && self.starts_with("()") => {
                    // The name of a function, of which only the body runs.
                    self.at += 2;
                    return;
                }
                '`' if self.in_backticks => break,
                '<' | '>' if self.rest().get(1..2) != Some("(") => redirects.push(self.redirect()),
                '&' if self.starts_with("&>") => redirects.push(self.redirect()),
                ';' | '&' | '|' | '\n' | '(' | ')' => break,
                _ => {
                    let word = self.word();
                    if words.is_empty() && word.bare && self.reserved(&word.arg.text) {
                        if self.at_command_start(&word.arg.text) {
                            return;
                        }
                        break;
                    }
                    if is_descriptor(&word) && matches!(self.peek(), Some('<' | '>')) {
                        continue;
                    }
                    match assignment(&word).filter(|_| words.is_empty()) {
                        Some(set) => assignments.push(set),
                        None => words.push(word),
                    }
                }
            }
        }
        if self.at == start {
            self.bump();
        }
        let span = self.joined.span(start..self.at);
        self.keep(words, assignments, redirects, stdin, span);
    }

    fn keep(
        &mut self,
        words: Vec<Word>,
        assignments: Vec<Assignment>,
        redirects: Vec<Redirect>,
        stdin: Option<Range<usize>>,
        span: Span,
    ) {
        if words.is_empty() && assignments.is_empty() {
            return;
        }
        let end = words.last().map(|word| word.arg.span.end);
        let end = end.max(assignments.last().map(|set| set.span.end)).unwrap_or(span.end);
        let span = Span { start: span.start, end: end.max(span.start) };
        let words = words.into_iter().map(|word| word.arg).collect();
        let mut command = wrapper::unwrap(words, span);
        command.assignments.splice(..0, assignments);
        command.redirects = redirects;
        command.stdin = stdin;
        self.script.commands.push(command);
        let index = self.script.commands.len() - 1;
        nested::follow(self.script, index, self.depth);
    }

    /// Handles the words behind a reserved word that are no commands; false when the word is an
    /// ordinary one.
    fn reserved(&mut self, word: &str) -> bool {
        match word {
            "if" | "then" | "else" | "elif" | "fi" | "while" | "until" | "do" | "done" | "{"
            | "}" | "!" | "time" | "esac" => true,
            "for" | "select" => {
                let rest = self.rest();
                self.at += rest.find([';', '\n']).unwrap_or(rest.len());
                true
            }
            "function" => {
                self.skip_blanks();
                self.word();
                self.eat("()");
                true
            }
            "case" => {
                self.skip_blanks();
                self.word();
                self.skip_blanks();
                if self.starts_with("in") {
                    self.at += 2;
                    self.case_pattern();
                }
                true
            }
            "[[" => {
                let rest = self.rest();
                self.at += rest.find("]]").map_or(rest.len(), |at| at + 2);
                true
            }
            _ => false,
        }
    }

    /// Whether a command may follow the reserved word directly.
    fn at_command_start(&self, word: &str) -> bool {
        !matches!(word, "fi" | "done" | "esac" | "}" | "[[")
    }

    fn redirect(&mut self) -> Redirect {
        let start = self.at;
        while matches!(self.peek(), Some('<' | '>' | '&' | '|')) && self.at < start + 3 {
            self.bump();
        }
        if self.starts_with("-") {
            self.bump();
        }
        let operator = self.joined.slice(start..self.at).to_owned();
        self.skip_blanks();
        let word = match self.peek() {
            Some(c) if !";|\n)".contains(c) => self.word().arg,
            _ => super::Arg {
                text: String::new(),
                span: self.joined.span(start..self.at),
                commands: 0..0,
                contiguous: false,
            },
        };
        if matches!(operator.as_str(), "<<" | "<<-") {
            self.heredocs.push(word.text.clone());
        }
        Redirect { operator, target: word }
    }

    /// Skips the bodies of here-documents that were opened in the line that just ended.
    fn skip_heredocs(&mut self) {
        for name in std::mem::take(&mut self.heredocs) {
            while self.at < self.end {
                let start = self.at;
                self.skip_line();
                let line = self.joined.slice(start..self.at).trim_start_matches('\t');
                let closed = line == name;
                self.bump();
                if closed {
                    break;
                }
            }
        }
    }
}

fn is_descriptor(word: &Word) -> bool {
    word.bare && !word.arg.text.is_empty() && word.arg.text.bytes().all(|b| b.is_ascii_digit())
}

/// `name=value`, where the name was not quoted.
fn assignment(word: &Word) -> Option<Assignment> {
    let (name, value) = word.arg.text.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let (name, value) = (name.to_owned(), value.to_owned());
    valid.then_some(Assignment { name, value, span: word.arg.span })
}
