//! From text to instructions. Nothing stops it: what no builder would accept is a fault, and the
//! rest of the file is read.

mod body;
mod heredoc;
mod json;
mod words;

use crate::{
    ast::{BuildFile, Comment, Directive, Fault, Heredoc, Instruction},
    joined::Joined,
    source::{Source, Span},
};

/// The most instructions that are read; a real file has dozens.
const MAX_INSTRUCTIONS: usize = 10_000;
/// The most faults that are told.
const MAX_FAULTS: usize = 100;

/// Reads a build file.
///
/// # Source
/// <https://docs.docker.com/reference/dockerfile/>
#[must_use]
pub fn parse(source: &Source) -> BuildFile {
    let mut parser = Parser { source, next: 0, escape: '\\', file: BuildFile::default() };
    parser.directives();
    while parser.instruction() {}
    parser.file
}

struct Parser<'a> {
    source: &'a Source,
    /// The line to be read next, from 0.
    next: usize,
    escape: char,
    file: BuildFile,
}

impl Parser<'_> {
    /// Directives stand before everything else, each at most once.
    fn directives(&mut self) {
        while let Some((span, line)) = self.source.line(self.next) {
            let Some(directive) = directive(line, span) else { return };
            if directive.name == "escape" {
                match directive.value.as_str() {
                    "\\" => self.escape = '\\',
                    "`" => self.escape = '`',
                    _ => self.fault(span, "the escape character must be a backslash or a backtick"),
                }
            }
            if self.file.directives.iter().any(|earlier| earlier.name == directive.name) {
                self.fault(span, format!("the directive `{}` stands twice", directive.name));
            }
            self.file.directives.push(directive);
            self.next += 1;
        }
    }

    /// Reads up to the end of the next instruction; false at the end of the file.
    fn instruction(&mut self) -> bool {
        let Some((span, line)) = self.source.line(self.next) else { return false };
        self.next += 1;
        if line.trim_start().is_empty() || self.comment(span, line) {
            return true;
        }
        if self.file.instructions.len() >= MAX_INSTRUCTIONS {
            let message = format!("there are more than {MAX_INSTRUCTIONS} instructions");
            self.file.faults.push(Fault { span, message });
            return false;
        }
        let indent = line.len() - line.trim_start().len();
        let first = Span { start: span.start + indent, end: span.end };
        let joined = self.join(first);
        let mut instruction = body::read(&joined, self.escape, &mut self.file.faults);
        instruction.heredocs = self.heredocs(&instruction);
        self.file.faults.truncate(MAX_FAULTS);
        self.file.instructions.push(instruction);
        true
    }

    /// Joins the lines of an instruction; comments and empty lines between them drop out.
    fn join(&mut self, first: Span) -> Joined {
        let mut joined = Joined::default();
        let mut span = first;
        loop {
            let line = self.source.slice(span);
            let Some(content) = continued(line, self.escape) else {
                joined.push(line, span.start);
                return joined;
            };
            joined.push(content, span.start);
            loop {
                let Some((next, line)) = self.source.line(self.next) else { return joined };
                self.next += 1;
                if !line.trim_start().is_empty() && !self.comment(next, line) {
                    span = next;
                    break;
                }
            }
        }
    }

    /// Keeps the line if it is a comment.
    fn comment(&mut self, span: Span, line: &str) -> bool {
        let trimmed = line.trim_start();
        let Some(text) = trimmed.strip_prefix('#') else { return false };
        let start = span.end - trimmed.len();
        self.file
            .comments
            .push(Comment { text: text.to_owned(), span: Span { start, end: span.end } });
        true
    }

    /// Reads the bodies of the heredocs that an instruction opens.
    fn heredocs(&mut self, instruction: &Instruction) -> Vec<Heredoc> {
        let markers = heredoc::markers(instruction);
        let mut heredocs = Vec::new();
        for marker in markers {
            let start = self.source.line(self.next).map_or(instruction.span.end, |(s, _)| s.start);
            let mut heredoc = Heredoc {
                name: marker.name,
                expand: marker.expand,
                span: Span::at(start),
                body: Joined::default(),
            };
            let closed = self.heredoc_body(&mut heredoc, marker.strip_tabs);
            if !closed {
                self.fault(
                    marker.span,
                    format!("the heredoc `{}` is never closed", printable(&heredoc.name)),
                );
            }
            heredocs.push(heredoc);
        }
        heredocs
    }

    fn heredoc_body(&mut self, heredoc: &mut Heredoc, strip_tabs: bool) -> bool {
        while let Some((span, line)) = self.source.line(self.next) {
            self.next += 1;
            let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
            if line == heredoc.name {
                return true;
            }
            heredoc.body.push(line, span.end - line.len());
            heredoc.body.push("\n", span.end);
            heredoc.span.end = span.end;
        }
        false
    }

    fn fault(&mut self, span: Span, message: impl Into<String>) {
        if self.file.faults.len() < MAX_FAULTS {
            self.file.faults.push(Fault { span, message: message.into() });
        }
    }
}

/// What of a line counts when it goes on in the next one: everything before the last escape
/// character, which may have blanks behind it but no second one before it.
fn continued(line: &str, escape: char) -> Option<&str> {
    let content = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!content.ends_with(escape)).then_some(content)
}

fn directive(line: &str, span: Span) -> Option<Directive> {
    let (name, value) = line.strip_prefix('#')?.split_once('=')?;
    let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
    let known = matches!(name.as_str(), "syntax" | "escape" | "check");
    (known && !value.is_empty()).then(|| Directive { name, value: value.to_owned(), span })
}

/// A name of the file, short enough for a message.
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests;
