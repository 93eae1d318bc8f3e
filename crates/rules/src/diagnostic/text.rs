//! Remarks as text for people.

use std::fmt::Write;

use super::{Context, Diagnostic, FileReport};

/// One remark with its place, the line, what it is about and what to do; ends with a line break.
///
/// ```text
/// error[LOAD_ERR_COMPILE_CONDITION]: filter_check called with nonexistent field proc.nmae
///   --> rules.yaml:4:32
///    |
///  4 |   condition: evt.type = open and proc.nmae = cat
///    |                                  ^^^^^^^^^
///    = in rule `Shell`, rule condition
///    = help: did you mean `proc.name`?
/// ```
#[must_use]
pub fn diagnostic(it: &Diagnostic) -> String {
    let mut out = String::new();
    let level = if it.is_error() { "error" } else { "warning" };
    // Writing to a text does not fail.
    let _ = writeln!(out, "{level}[{}]: {}", it.code.as_str(), plain(&it.message));
    let (origin, file) = (&it.origin, plain(&it.origin.file));
    let _ = match origin.line {
        0 => writeln!(out, "  --> {file}"),
        line => writeln!(out, "  --> {file}:{line}:{}", origin.column),
    };
    out.push_str(&it.snippet);
    let margin = " ".repeat(it.origin.line.max(1).ilog10() as usize + 1);
    let about: Vec<String> = it.context.iter().skip(1).filter_map(item).collect();
    if !about.is_empty() {
        let _ = writeln!(out, " {margin} = in {}", about.join(", "));
    }
    if let Some(help) = &it.help {
        let _ = writeln!(out, " {margin} = help: {}", plain(help));
    }
    out
}

fn item(context: &Context) -> Option<String> {
    match (context.item_type, context.item_name.as_str()) {
        ("condition expression", _) | ("value for", "") => None,
        ("value for", key) => Some(format!("key `{}`", plain(key))),
        (item_type, "") => Some(item_type.to_owned()),
        (item_type, name) => Some(format!("{item_type} `{}`", plain(name))),
    }
}

/// Without control characters: what a file says must not steer a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// One line for a file, as Falco sums it up: `rules.yaml: Ok, with warnings`.
#[must_use]
pub fn summary(file: &FileReport) -> String {
    let errors = file.diagnostics.iter().filter(|it| it.is_error()).count();
    let warnings = file.diagnostics.len().saturating_sub(errors);
    let verdict = match (errors, warnings) {
        (0, 0) => "Ok",
        (0, _) => "Ok, with warnings",
        _ => "Invalid",
    };
    let mut out = format!("{}: {verdict}", plain(&file.name));
    for (count, what) in [(errors, "error"), (warnings, "warning")] {
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            // Writing to a text does not fail.
            let _ = write!(out, ", {count} {what}{plural}");
        }
    }
    out
}

/// The line with a number before it and a mark under `length` characters from `column`.
pub(crate) fn snippet(line: &str, number: u32, column: u32, length: u32) -> String {
    /// Characters of a line that are shown on either side of the mark.
    const SIDE: usize = 70;
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    let length = usize::try_from(length).unwrap_or(usize::MAX).max(1);
    let chars: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let start = column.saturating_sub(SIDE).min(chars.len());
    let end = column.saturating_add(length.min(SIDE)).saturating_add(SIDE).min(chars.len());
    let shown: String = chars.get(start..end).unwrap_or_default().iter().collect();
    let (left, right) =
        (if start > 0 { "..." } else { "" }, if end < chars.len() { "..." } else { "" });
    let indent = " ".repeat(column.saturating_sub(start) + left.len());
    let marks = "^".repeat(length.min(end.saturating_sub(column).max(1)));
    let margin = " ".repeat(number.to_string().len());
    format!(" {margin} |\n {number} | {left}{shown}{right}\n {margin} | {indent}{marks}\n")
}
