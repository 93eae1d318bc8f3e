//! From the joined text of an instruction to its parts.

use std::ops::Range;

use super::{json, printable, words};
use crate::{
    ast::{Body, Command, Fault, Flag, Instruction, Keyword, Pair, Word},
    joined::Joined,
};

/// Reads an instruction; heredocs are added by the caller.
pub(super) fn read(joined: &Joined, escape: char, faults: &mut Vec<Fault>) -> Instruction {
    let end = joined.text().trim_end().len();
    Reader { escape, faults, nested: false }.instruction(joined, 0..end)
}

struct Reader<'a> {
    escape: char,
    faults: &'a mut Vec<Fault>,
    /// Inside `ONBUILD`, where a second one is not followed.
    nested: bool,
}

impl Reader<'_> {
    fn instruction(&mut self, joined: &Joined, range: Range<usize>) -> Instruction {
        let text = joined.slice(range.clone());
        let name_len = text.find(char::is_whitespace).unwrap_or(text.len());
        let name = text.get(..name_len).unwrap_or_default();
        let keyword = Keyword::new(name);
        let keyword_span = joined.span(range.start..range.start + name_len);
        if keyword == Keyword::Unknown {
            let message = format!("`{}` is no instruction", printable(name));
            self.faults.push(Fault { span: keyword_span, message });
        }
        let mut rest = skip_blanks(joined, range.start + name_len..range.end);
        let flags = if takes_flags(keyword) { flags(joined, &mut rest) } else { Vec::new() };
        if keyword == Keyword::HealthCheck {
            rest = without_cmd(joined, rest);
        }
        let body = self.body(keyword, joined, rest.clone());
        let instruction = Instruction {
            keyword,
            keyword_span,
            span: joined.span(range),
            flags,
            body,
            heredocs: Vec::new(),
            joined: joined.clone(),
            arguments: rest,
        };
        self.complain(&instruction);
        instruction
    }

    fn body(&mut self, keyword: Keyword, joined: &Joined, rest: Range<usize>) -> Body {
        match keyword {
            Keyword::From => from(joined, rest),
            Keyword::Arg => Body::Pairs(pairs(words::quoted(joined, rest, self.escape))),
            Keyword::Env | Keyword::Label => Body::Pairs(self.named_values(joined, rest)),
            Keyword::HealthCheck if joined.slice(rest.clone()).eq_ignore_ascii_case("none") => {
                Body::NoHealthCheck
            }
            Keyword::Run
            | Keyword::Cmd
            | Keyword::Entrypoint
            | Keyword::HealthCheck
            | Keyword::Shell => Body::Command(command(joined, rest)),
            Keyword::Copy | Keyword::Add => transfer(joined, rest),
            Keyword::OnBuild if rest.is_empty() || self.nested => Body::OnBuild(None),
            Keyword::OnBuild => {
                self.nested = true;
                let later = self.instruction(joined, rest);
                self.nested = false;
                Body::OnBuild(Some(Box::new(later)))
            }
            Keyword::Volume => Body::Words(
                json::strings(joined, rest.clone()).unwrap_or_else(|| words::plain(joined, rest)),
            ),
            _ => Body::Words(words::plain(joined, rest)),
        }
    }

    /// `name=value ...`, or the old `name value` with the rest of the line for a value.
    fn named_values(&self, joined: &Joined, rest: Range<usize>) -> Vec<Pair> {
        let list = words::quoted(joined, rest.clone(), self.escape);
        match list.split_first() {
            Some((first, others)) if !first.text.contains('=') => {
                let after = rest.start + first.text.len();
                let value = skip_blanks(joined, after..rest.end);
                let value = (!others.is_empty()).then(|| words::word(joined, value));
                vec![Pair { name: first.clone(), value }]
            }
            _ => pairs(list),
        }
    }

    /// Faults of arguments that are missing.
    fn complain(&mut self, instruction: &Instruction) {
        let missing = match &instruction.body {
            Body::From { image: None, .. } => "names no image",
            Body::Transfer { target: None, .. } => "needs a source and a target",
            Body::OnBuild(None) if !self.nested => "is followed by no instruction",
            Body::Pairs(pairs) if pairs.is_empty() => "has no arguments",
            Body::Words(words) if words.is_empty() && instruction.keyword != Keyword::Unknown => {
                "has no arguments"
            }
            Body::Command(Command::Shell) if instruction.keyword == Keyword::Shell => {
                "needs its arguments in JSON form"
            }
            _ => return,
        };
        let name = Keyword::NAMES.iter().find(|(_, keyword)| *keyword == instruction.keyword);
        let name = name.map_or("", |(name, _)| *name);
        let message = format!("`{name}` {missing}");
        self.faults.push(Fault { span: instruction.keyword_span, message });
    }
}

fn takes_flags(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::Add | Keyword::Copy | Keyword::From | Keyword::HealthCheck | Keyword::Run
    )
}

/// Takes flags from the front of the arguments.
fn flags(joined: &Joined, rest: &mut Range<usize>) -> Vec<Flag> {
    let mut flags = Vec::new();
    loop {
        let text = joined.slice(rest.clone());
        let len = text.find(char::is_whitespace).unwrap_or(text.len());
        let word = text.get(..len).unwrap_or_default();
        let Some(flag) = word.strip_prefix("--") else { return flags };
        let range = rest.start..rest.start + len;
        *rest = skip_blanks(joined, range.end..rest.end);
        if flag.is_empty() {
            return flags;
        }
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        flags.push(Flag { name: name.to_owned(), value, span: joined.span(range) });
    }
}

fn from(joined: &Joined, rest: Range<usize>) -> Body {
    let mut list = words::plain(joined, rest).into_iter();
    let image = list.next();
    let named = list.next().is_some_and(|word| word.text.eq_ignore_ascii_case("as"));
    Body::From { image, alias: if named { list.next() } else { None } }
}

fn command(joined: &Joined, rest: Range<usize>) -> Command {
    json::strings(joined, rest).map_or(Command::Shell, Command::Exec)
}

/// The arguments of `HEALTHCHECK` without the word `CMD`.
fn without_cmd(joined: &Joined, rest: Range<usize>) -> Range<usize> {
    let text = joined.slice(rest.clone());
    let len = text.find(char::is_whitespace).unwrap_or(text.len());
    match text.get(..len) {
        Some(word) if word.eq_ignore_ascii_case("cmd") => {
            skip_blanks(joined, rest.start + len..rest.end)
        }
        _ => rest,
    }
}

fn transfer(joined: &Joined, rest: Range<usize>) -> Body {
    let list = json::strings(joined, rest.clone());
    let mut sources = list.unwrap_or_else(|| words::plain(joined, rest));
    let target = if sources.len() > 1 { sources.pop() } else { None };
    Body::Transfer { sources, target }
}

fn pairs(list: Vec<Word>) -> Vec<Pair> {
    list.into_iter().map(pair).collect()
}

/// Splits at the first `=`. The word may go over a line break, where bytes of the text and of the
/// file differ: the name is taken from the front, the value from the back.
fn pair(word: Word) -> Pair {
    let Some((name, value)) = word.text.split_once('=') else {
        return Pair { name: word, value: None };
    };
    let mut name_span = word.span;
    name_span.end = word.span.end.min(word.span.start + name.len());
    let mut value_span = word.span;
    value_span.start = word.span.start.max(word.span.end.saturating_sub(value.len()));
    Pair {
        name: Word { text: name.to_owned(), span: name_span },
        value: Some(Word { text: value.to_owned(), span: value_span }),
    }
}

fn skip_blanks(joined: &Joined, range: Range<usize>) -> Range<usize> {
    let text = joined.slice(range.clone());
    range.end - text.trim_start().len()..range.end
}
