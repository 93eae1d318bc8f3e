//! The commands of a shell script, as far as rules ask for them: every simple command that may run,
//! wherever it stands, with its words, and what is piped into it.

mod lexer;
mod nested;
mod parser;
mod wrapper;

use std::ops::Range;

use crate::source::Span;

pub(crate) use parser::parse;

/// A script, flattened into simple commands in the order in which they are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    pub(crate) commands: Vec<Command>,
    /// Where `|` stands.
    pub(crate) pipes: Vec<Pipe>,
    /// Set when something was nested so deeply, or was so much, that it was not read.
    pub(crate) cut: bool,
}

/// A `|` between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pipe {
    pub(crate) span: Span,
    /// Whether a failure on its left fails the pipeline, as `set -o pipefail` demands.
    pub(crate) checked: bool,
}

/// A simple command.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    /// The program, without its directory and without wrappers such as `sudo` before it.
    pub(crate) name: String,
    /// Where the program is named.
    pub(crate) name_span: Span,
    /// Words behind the program.
    pub(crate) args: Vec<Arg>,
    /// Variables set for this command, or for the rest of the script when there is no program.
    pub(crate) assignments: Vec<Assignment>,
    /// Programs before it that run it: `sudo`, `env`.
    pub(crate) wrappers: Vec<(String, Span)>,
    /// Files written to and read from.
    pub(crate) redirects: Vec<Redirect>,
    /// The commands whose output it reads, as indices into the script.
    pub(crate) stdin: Option<Range<usize>>,
    /// From the first to the last word.
    pub(crate) span: Span,
}

/// A word behind a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arg {
    /// Without quotes; expansions stay as they are written.
    pub(crate) text: String,
    pub(crate) span: Span,
    /// The commands in its `$(...)`, as indices into the script.
    pub(crate) commands: Range<usize>,
    /// Whether the word stands in one piece, so that it can be replaced.
    pub(crate) contiguous: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redirect {
    /// `>`, `>>`, `<`, ...
    pub(crate) operator: String,
    pub(crate) target: Arg,
}

impl Script {
    /// Adds the commands of a script that runs after this one.
    pub(crate) fn append(&mut self, other: Self) {
        let by = self.commands.len();
        let shift = |range: &Range<usize>| range.start + by..range.end + by;
        self.commands.extend(other.commands.into_iter().map(|mut command| {
            command.stdin = command.stdin.as_ref().map(shift);
            for arg in &mut command.args {
                arg.commands = shift(&arg.commands);
            }
            command
        }));
        self.pipes.extend(other.pipes);
        self.cut |= other.cut;
    }

    /// The commands of a range.
    pub(crate) fn range(&self, range: Range<usize>) -> &[Command] {
        self.commands.get(range).unwrap_or_default()
    }
}

impl Command {
    /// Gives the words the places of the words that they were made of; words in front were taken
    /// off as wrappers.
    pub(crate) fn place(&mut self, words: &[crate::ast::Word]) {
        let mut spans = words.iter().rev().map(|word| word.span);
        for arg in self.args.iter_mut().rev() {
            arg.span = spans.next().unwrap_or(arg.span);
        }
        self.name_span = spans.next().unwrap_or(self.name_span);
    }

    /// Whether it is this program.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// Whether one of the words is this one.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.args.iter().any(|arg| arg.text == word)
    }

    /// Whether one of the words is one of these.
    pub(crate) fn has_any(&self, words: &[&str]) -> bool {
        self.args.iter().any(|arg| words.contains(&arg.text.as_str()))
    }

    /// Whether it has a flag: `name` of one letter for `-n` or `-xnz`, longer ones for `--name` and
    /// `--name=value`.
    pub(crate) fn has_flag(&self, name: &str) -> bool {
        self.args.iter().any(|arg| arg.is_flag(name))
    }

    pub(crate) fn has_any_flag(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has_flag(name))
    }

    /// The value of a flag: behind `=`, or the next word.
    pub(crate) fn flag_value(&self, names: &[&str]) -> Option<&str> {
        self.args.iter().enumerate().find_map(|(index, arg)| {
            let name = names.iter().find(|name| arg.is_flag(name))?;
            if name.chars().count() > 1
                && let Some((_, value)) = arg.text.split_once('=')
            {
                return Some(value);
            }
            self.args.get(index + 1).map(|next| next.text.as_str())
        })
    }

    /// Words that are neither flags nor values of these flags.
    pub(crate) fn operands(&self, flags_with_value: &[&str]) -> Vec<&Arg> {
        let mut skip = false;
        let mut operands = Vec::new();
        for arg in &self.args {
            if std::mem::take(&mut skip) {
                continue;
            }
            if arg.text.len() > 1 && arg.text.starts_with('-') && arg.text != "--" {
                skip = !arg.text.contains('=')
                    && flags_with_value.iter().any(|flag| arg.ends_in_flag(flag));
            } else if arg.text != "--" {
                operands.push(arg);
            }
        }
        operands
    }

    /// The operand that says what to do, as `install` of `apt-get -y install`, and the operands
    /// behind it.
    pub(crate) fn subcommand(
        &self,
        names: &[&str],
        flags_with_value: &[&str],
    ) -> Option<(&Arg, Vec<&Arg>)> {
        let operands = self.operands(flags_with_value);
        let at = operands.iter().position(|arg| names.contains(&arg.text.as_str()))?;
        let rest = operands.get(at + 1..).unwrap_or_default().to_vec();
        operands.get(at).map(|arg| (*arg, rest))
    }
}

impl Arg {
    fn is_flag(&self, name: &str) -> bool {
        if let Some(long) = self.text.strip_prefix("--") {
            return long.split('=').next() == Some(name) && !long.is_empty();
        }
        let mut letters = name.chars();
        match (self.text.strip_prefix('-'), letters.next(), letters.next()) {
            (Some(short), Some(letter), None) => short.contains(letter),
            _ => false,
        }
    }

    /// Whether the value of this flag is the next word: `--name`, `-n`, `-xn`.
    fn ends_in_flag(&self, name: &str) -> bool {
        match self.text.strip_prefix("--") {
            Some(long) => long == name,
            None => name.len() == 1 && self.text.ends_with(name),
        }
    }
}

/// Shells that read a script from their input or their `-c`.
pub(crate) const SHELLS: [&str; 6] = ["sh", "bash", "ash", "dash", "zsh", "ksh"];

#[cfg(test)]
mod tests;
