//! Warnings: what is allowed, and most often not meant.
//!
//! # Source
//! `check_value_and_add_warnings` of falcosecurity/libs.

use super::{Remark, Transformer, operand};
use crate::{
    field::FieldDef,
    source::SourceDef,
    syntax::{self, Check, Op, Right, Span},
};

/// Looks at the values on the right.
pub(super) fn check(check: &Check, source: &SourceDef, remarks: &mut Vec<Remark>) {
    let mut look = |text: &str, span| value(check.op, text, span, source, remarks);
    match &check.right {
        Right::Value(text, span) => look(text, *span),
        Right::List(items) => items.iter().for_each(|(text, span)| look(text, *span)),
        Right::Nothing | Right::Operand(_) => {}
    }
}

fn value(op: Op, text: &str, span: Span, source: &SourceDef, remarks: &mut Vec<Remark>) {
    if op == Op::Regex && is_simple(text) {
        let message = format!(
            "regex check with '{text}' may be optimized with simpler operators such as '=', \
             'contains', 'startswith', 'endswith'"
        );
        remarks.push(Remark::warning(message, span));
    }
    let squeezed: String = text.chars().filter(|char| !char.is_ascii_whitespace()).collect();
    if is_field(&squeezed, source) {
        let message = format!("'{text}' may be a valid field misused as a const string value");
        let help = Some(format!("write `val({squeezed})` to compare with the field"));
        remarks.push(Remark { help, ..Remark::warning(message, span) });
    }
    if is_transformer(&squeezed) {
        let message =
            format!("'{text}' may be a valid field transformer misused as a const string value");
        let help = Some("write it without quotes and blanks".to_owned());
        remarks.push(Remark { help, ..Remark::warning(message, span) });
    }
}

/// Whether a text is a field, with or without an argument.
fn is_field(text: &str, source: &SourceDef) -> bool {
    let (name, arg) = match text.split_once('[') {
        Some((name, rest)) => match rest.strip_suffix(']') {
            Some(arg) => (name, Some(arg.trim_matches(['"', '\'']).to_owned())),
            None => return false,
        },
        None => (text, None),
    };
    // Most values with a dot are no fields: looking for what they may have meant would take long.
    let is_dotted = |def: &&FieldDef| {
        def.dotted && name.strip_prefix(def.name).is_some_and(|rest| rest.starts_with('.'))
    };
    if source.field(name).is_none() && !source.fields.iter().copied().any(|def| is_dotted(&def)) {
        return false;
    }
    let field = syntax::Operand::Field { name: name.to_owned(), arg, span: Span::default() };
    operand::resolve(&field, source).is_ok()
}

fn is_transformer(text: &str) -> bool {
    let Some((name, rest)) = text.split_once('(') else { return false };
    let known = name == "val" || Transformer::ALL.iter().any(|it| it.as_str() == name);
    known && rest.ends_with(')')
}

/// Whether an expression is plain text, apart from an anchor or "anything" at each end.
fn is_simple(regex: &str) -> bool {
    let repeated = |text: &str| {
        let mut bytes = text.bytes();
        bytes.next() == Some(b'.') && bytes.next().is_some_and(|byte| b"+*?".contains(&byte))
    };
    let regex = match regex.strip_prefix('^') {
        Some(rest) => rest,
        None if repeated(regex) => regex.get(2..).unwrap_or_default(),
        None => regex,
    };
    let end = regex.len().checked_sub(2).and_then(|at| regex.split_at_checked(at));
    let regex = match (regex.strip_suffix('$'), end) {
        (Some(start), _) => start,
        (None, Some((start, end))) if repeated(end) => start,
        _ => regex,
    };
    !regex.bytes().any(|byte| b".+*?^$()[]{}|\\".contains(&byte))
}
