//! Remarks as Falco's validation JSON (`falco -V` with `json_output: true`).
//!
//! # Source
//! `rule_loader.cpp` of falcosecurity/falco: the keys, and how places are counted.

use serde_json::{Value, json};

use super::{Context, Diagnostic, FileReport};

/// Longest piece of a condition that stands for a file name.
const NAME_CHARS: usize = 20;

/// The results of all files.
///
/// Falco stops at the first error of a file: so nothing that was found behind it is told.
#[must_use]
pub fn validation(files: &[FileReport]) -> Value {
    let results: Vec<Value> = files.iter().map(file).collect();
    json!({ "falco_load_results": results })
}

fn file(file: &FileReport) -> Value {
    let end = file.diagnostics.iter().position(Diagnostic::is_error);
    let known = file.diagnostics.iter().take(end.map_or(usize::MAX, |end| end.saturating_add(1)));
    let (errors, warnings): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        known.partition(|diagnostic| diagnostic.is_error());
    let all = |diagnostics: Vec<&Diagnostic>| -> Vec<Value> {
        diagnostics.into_iter().map(diagnostic).collect()
    };
    json!({
        "name": file.name,
        "successful": errors.is_empty(),
        "errors": all(errors),
        "warnings": all(warnings),
        "schema_valid": file.schema.is_empty(),
        "schema_warnings": file.schema,
    })
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let mut above = Position::default();
    let mut locations = Vec::new();
    for context in &diagnostic.context {
        let position = position(context, &above);
        locations.push(json!({
            "item_type": context.item_type,
            "item_name": context.item_name,
            "position": {
                "name": position.name,
                "line": position.line,
                "column": position.column,
                "offset": position.offset,
            },
        }));
        above = position;
    }
    json!({
        "code": diagnostic.code.as_str(),
        "codedesc": diagnostic.code.description(),
        "message": diagnostic.message,
        "context": { "locations": locations, "snippet": diagnostic.excerpt },
    })
}

/// Lines and columns count from 0.
#[derive(Default)]
struct Position {
    name: String,
    line: usize,
    column: usize,
    offset: usize,
}

/// Places inside a condition are counted from 1 and added to those of the condition.
fn position(context: &Context, above: &Position) -> Position {
    let Some(within) = &context.within else {
        let index = |number: u32| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        return Position {
            name: context.origin.file.clone(),
            line: index(context.origin.line),
            column: index(context.origin.column),
            offset: context.offset,
        };
    };
    Position {
        name: name(&within.start),
        line: above.line + within.lines + 1,
        column: above.column + within.column + 1,
        offset: above.offset + within.offset,
    }
}

/// The start of a condition, which Falco names instead of the file.
fn name(condition: &str) -> String {
    let mut shown: String = condition.to_owned();
    if condition.len() > NAME_CHARS {
        shown = condition.chars().take(NAME_CHARS - 3).collect();
        shown.push_str("...");
    }
    format!("\"{}\"", shown.replace(['\n', '\r'], " "))
}

/// The line around a byte with a mark under it, as Falco cuts it.
pub(crate) fn excerpt(content: &str, offset: usize) -> String {
    const HALF: usize = 80;
    let bytes = content.as_bytes();
    let Some(last) = bytes.len().checked_sub(1) else {
        return "<No context available>\n".to_owned();
    };
    let newline = |at: usize| bytes.get(at) == Some(&b'\n');
    let mut at = offset.min(last);
    while at > 0 && newline(at) {
        at -= 1;
    }
    let mut from = at;
    while from > 0 && !newline(from) && at - from < HALF {
        from -= 1;
    }
    let mut to = at;
    while to < last && !newline(to) && to - at < HALF {
        to += 1;
    }
    let (cut_left, cut_right) = (at - from >= HALF, to - at >= HALF);
    from += usize::from(newline(from));
    to = if newline(to) { to } else { to + 1 };
    let line = bytes.get(from..to).unwrap_or_default();
    if line.is_empty() {
        return "<No context available>\n".to_owned();
    }
    let mut shown = line.to_vec();
    if let (true, Some(left)) = (cut_left, shown.get_mut(..3)) {
        left.copy_from_slice(b"...");
    }
    let right = shown.len().saturating_sub(3);
    if let (true, Some(right)) = (cut_right, shown.get_mut(right..)) {
        right.fill(b'.');
    }
    let text = String::from_utf8_lossy(&shown).into_owned();
    format!("{text}\n{}^\n", " ".repeat(at.saturating_sub(from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_cut_as_falco_cuts_them() {
        let check =
            |text: &str, at, expect: &str| assert_eq!(excerpt(text, at), expect, "{text} {at}");
        check("a\nbcd\ne", 3, "bcd\n ^\n");
        check("a\nbcd\ne", 5, "bcd\n  ^\n");
        check("bar", 112, "bar\n  ^\n");
        check("bar\n", 4, "bar\n  ^\n");
        check("\n- list: x", 3, "- list: x\n  ^\n");
        check("", 0, "<No context available>\n");
        let long = format!("{}x{}", "l".repeat(100), "r".repeat(100));
        let shown = excerpt(&long, 100);
        assert!(
            shown.starts_with("...lll") && shown.contains("r...\n") && shown.len() < 250,
            "{shown}"
        );
    }
}
