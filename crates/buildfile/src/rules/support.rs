//! What several rules ask.

use crate::{
    rule::{Hit, Hits},
    shell::{Arg, Command},
};

/// The most names that evidence lists.
const MAX_NAMES: usize = 5;

/// Names for a sentence: `` `a`, `b` and 3 more ``.
pub(super) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> =
        names.iter().take(MAX_NAMES).map(|name| format!("`{}`", short(name))).collect();
    match names.len().checked_sub(MAX_NAMES) {
        Some(more @ 1..) => format!("{} and {more} more", quoted.join(", ")),
        _ => quoted.join(", "),
    }
}

/// Text of the file for a sentence: one line, not too long.
pub(super) fn short(text: &str) -> String {
    let line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect();
    if text.chars().nth(80).is_some() { format!("{line}...") } else { line }
}

/// Says that packages are installed without a version.
pub(super) fn unpinned(hits: &mut Hits, packages: &[&Arg]) {
    let Some(first) = packages.first() else { return };
    let names: Vec<&str> = packages.iter().map(|arg| arg.text.as_str()).collect();
    let (verb, noun) = if names.len() == 1 { ("has", "package") } else { ("have", "packages") };
    hits.add(first.span, format!("the {noun} {} {verb} no version", list(&names)));
}

/// Offers to put a flag behind a word that stands in one piece.
pub(super) fn add_flag(hit: &mut Hit, behind: &Arg, flag: &str) {
    if behind.contiguous {
        hit.insert(behind.span.end, format!(" {flag}"));
    }
}

/// The command in short: the program and what it does.
pub(super) fn describe(command: &Command, subcommand: &Arg) -> String {
    format!("`{} {}`", command.name, short(&subcommand.text))
}

/// The last part of a path, of either kind of slash.
pub(super) fn file_name(path: &str) -> &str {
    path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path)
}
