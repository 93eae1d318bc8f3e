//! Comments that say that a rule does not count.

use crate::{
    ast::{BuildFile, Comment, Instruction},
    rule::Rule,
    source::{Source, Span},
};

/// The most comments of this kind that are read.
const MAX_PRAGMAS: usize = 1_000;

/// Comments of one file that take findings back.
#[derive(Debug, Default)]
pub(crate) struct Ignores {
    entries: Vec<Ignore>,
}

#[derive(Debug)]
struct Ignore {
    rules: Vec<String>,
    scope: Scope,
    reason: String,
    line: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    File,
    /// The lines from the first to the last.
    Lines(u32, u32),
}

impl Ignores {
    /// Reads `# hadolint ignore=DL3008`, `# hadolint global ignore=DL3008` and
    /// `# farguard ignore=rule-id why`.
    ///
    /// A comment speaks for the instruction below it, also when other comments stand between; one
    /// inside an instruction speaks for that instruction.
    ///
    /// # Source
    /// <https://github.com/hadolint/hadolint#inline-ignores>
    pub(crate) fn read(source: &Source, file: &BuildFile) -> Self {
        let mut entries = Vec::new();
        let mut instructions = file.instructions.iter().peekable();
        let last_line = |instruction: &Instruction| {
            source
                .position(instruction.heredocs.last().map_or(instruction.span.end, |h| h.span.end))
                .line
        };
        let pragmas =
            file.comments.iter().filter_map(|comment| Some((comment, pragma(&comment.text)?)));
        for (comment, mut pragma) in pragmas.take(MAX_PRAGMAS) {
            while instructions.next_if(|next| next.span.end < comment.span.start).is_some() {}
            let line = source.position(comment.span.start).line;
            let scope = match instructions.peek() {
                _ if pragma.global => Scope::File,
                Some(next) if adjacent(source, comment, next) => {
                    Scope::Lines(source.position(next.span.start).line, last_line(next))
                }
                _ => continue,
            };
            let rules = std::mem::take(&mut pragma.rules);
            entries.push(Ignore { rules, scope, reason: pragma.reason, line });
        }
        Self { entries }
    }

    /// The reason and line of the comment that takes back what a rule says of a line.
    pub(crate) fn find(&self, rule: &Rule, line: u32) -> Option<(String, u32)> {
        let names = |name: &String| {
            rule.id == name || rule.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
        };
        let applies = |ignore: &&Ignore| {
            let here = match ignore.scope {
                Scope::File => true,
                Scope::Lines(first, last) => (first..=last).contains(&line),
            };
            here && ignore.rules.iter().any(names)
        };
        let ignore = self.entries.iter().find(applies)?;
        let reason = match ignore.reason.as_str() {
            "" => format!("ignored by a comment in line {}", ignore.line),
            reason => reason.to_owned(),
        };
        Some((reason, ignore.line))
    }
}

/// Whether nothing but comments stands between a comment and an instruction, or the comment stands
/// inside it.
fn adjacent(source: &Source, comment: &Comment, next: &Instruction) -> bool {
    let between = Span { start: comment.span.end, end: next.span.start };
    let text = source.slice(between);
    text.lines().skip(1).all(|line| line.trim_start().starts_with('#') || line.trim().is_empty())
}

struct Pragma {
    rules: Vec<String>,
    global: bool,
    reason: String,
}

fn pragma(comment: &str) -> Option<Pragma> {
    let (tool, rest) = comment.trim().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let (global, rest) = match rest.strip_prefix("global") {
        Some(rest) if rest.starts_with(char::is_whitespace) => (true, rest.trim_start()),
        _ => (false, rest),
    };
    let list = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?.trim_start();
    let (list, reason) = match tool {
        "hadolint" => match list.split_once('#') {
            Some((list, reason)) => (list, reason),
            None => (list, ""),
        },
        "farguard" => {
            let end = end_of_list(list);
            (list.get(..end)?, list.get(end..)?)
        }
        _ => return None,
    };
    let rules: Vec<String> = list
        .split(',')
        .map(|rule| rule.trim().to_owned())
        .filter(|rule| !rule.is_empty())
        .collect();
    (!rules.is_empty()).then(|| Pragma { rules, global, reason: reason.trim().to_owned() })
}

/// Where a list of ids ends: at the first blank that no comma precedes or follows.
fn end_of_list(list: &str) -> usize {
    let mut end = 0;
    let mut open = true;
    for word in list.split_inclusive(char::is_whitespace) {
        let trimmed = word.trim();
        if !open && !trimmed.starts_with(',') && !trimmed.is_empty() {
            return end;
        }
        end += word.len();
        open = trimmed.ends_with(',') || (trimmed.is_empty() && open);
    }
    end
}
