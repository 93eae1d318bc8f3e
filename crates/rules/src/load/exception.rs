//! Exceptions of rules: reading, checking, and the text that they add to a condition.
//!
//! # Source
//! `rule_loader_{reader,collector,compiler}.cpp` of falcosecurity/falco: forms, defaults, messages.

use std::collections::HashSet;

use farguard_authoring::yaml::{Node, Place, Value};

use super::{
    item::{Item, Read, fail},
    keys,
    place::{Scope, Text, place_of},
};
use crate::{
    check,
    diagnostic::{Code, Diagnostic},
    source::SourceDef,
    syntax::{Check, Expr, Modifier, Op, Right, Span, operand_prefix},
};

/// One value or several.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    One(String, Place),
    Many(Vec<Self>, Place),
}

/// What a rule does not fire for.
#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) name: String,
    pub(super) fields: Option<Entry>,
    comps: Option<Entry>,
    pub(super) values: Vec<Entry>,
    scope: Scope,
}

impl Entry {
    fn is_empty(&self) -> bool {
        match self {
            Self::One(text, _) => text.is_empty(),
            Self::Many(items, _) => items.is_empty(),
        }
    }

    fn read(node: &Node, scope: &Scope) -> Read<Self> {
        let place = place_of(node);
        match &node.value {
            Value::Scalar { text, .. } if text.is_empty() => fail(scope, "Value must be non-empty"),
            Value::Scalar { text, .. } => Ok(Self::One(text.clone(), place)),
            Value::List(items) => {
                let read = |node: &Node| {
                    let inner = scope.inner("exception", "", node);
                    Self::read(node, &inner.inner("value for", "", node))
                };
                Ok(Self::Many(items.iter().map(read).collect::<Read<_>>()?, place))
            }
            Value::Map(_) => fail(scope, "Value is neither a scalar nor a sequence"),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::One(text, _) => text,
            Self::Many(..) => "",
        }
    }

    const fn place(&self) -> Place {
        match self {
            Self::One(_, place) | Self::Many(_, place) => *place,
        }
    }
}

/// Reads `exceptions:` of a rule.
pub(super) fn read(
    item: &Item<'_>,
    append: bool,
    out: &mut Vec<Diagnostic>,
) -> Read<Vec<Exception>> {
    let Some(entry) = item.entry("exceptions").filter(|entry| !entry.value.is_null()) else {
        return Ok(Vec::new());
    };
    let scope = item.scope.inner("exceptions", "", &entry.value);
    let Value::List(nodes) = &entry.value.value else {
        return fail(&scope, "Rule exceptions must be a sequence");
    };
    let mut names = HashSet::new();
    let mut exceptions = Vec::new();
    for node in nodes {
        let unnamed = scope.inner("exception", "", node);
        let Value::Map(entries) = &node.value else {
            return fail(&unnamed, "Rule exception must be a mapping");
        };
        let name = Item { entries, scope: unnamed }.text("name")?;
        let it = Item { entries, scope: item.scope.inner("exception", name, node) };
        if !names.insert(name) {
            let message = format!("Multiple definitions of exception '{name}' in the same rule");
            out.push(it.scope.remark(Code::ExceptionNameNotUnique, message));
        }
        keys::unknown(entries, keys::EXCEPTION, &it.scope, out);
        exceptions.push(read_one(&it, name, append, out)?);
    }
    Ok(exceptions)
}

fn read_one(it: &Item<'_>, name: &str, append: bool, out: &mut Vec<Diagnostic>) -> Read<Exception> {
    let read = |key: &str| {
        let entry = it.entry(key);
        entry.map(|entry| Entry::read(&entry.value, &it.scope.value(entry))).transpose()
    };
    if !append {
        it.required("fields")?;
    }
    let (fields, comps) = (read("fields")?, read("comps")?.map(normalized));
    let mut values = Vec::new();
    match it.entry("values") {
        Some(entry) => {
            let scope = it.scope.inner("exception values", "", &entry.value);
            let Value::List(nodes) = &entry.value.value else {
                return fail(&scope, "Rule exception values must be a sequence");
            };
            for node in nodes {
                values.push(Entry::read(node, &scope.inner("exception value", "", node))?);
            }
        }
        None if append => {
            let message = "Overriding/appending exception with no values";
            out.push(it.scope.remark(Code::AppendNoValues, message));
        }
        None => {}
    }
    Ok(Exception { name: name.to_owned(), fields, comps, values, scope: it.scope.clone() })
}

/// Operators with one blank between their words.
fn normalized(entry: Entry) -> Entry {
    match entry {
        Entry::One(text, place) => {
            Entry::One(text.split_whitespace().collect::<Vec<_>>().join(" "), place)
        }
        Entry::Many(items, place) => {
            Entry::Many(items.into_iter().map(normalized).collect(), place)
        }
    }
}

/// `startswith oneof`
fn has_modifier(comp: &str) -> bool {
    comp.split_once(' ').is_some_and(|(op, modifier)| {
        Op::parse(op).is_some_and(Op::takes_modifier) && Modifier::parse(modifier).is_some()
    })
}

/// Whether the value is a list in parentheses.
fn takes_list(comp: &str) -> bool {
    Op::parse(comp).is_some_and(Op::takes_list) || has_modifier(comp)
}

impl Exception {
    fn error<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Box::new(self.scope.remark(Code::Validate, message)))
    }

    fn has(entry: Option<&Entry>) -> bool {
        entry.is_some_and(|entry| !entry.is_empty())
    }

    /// Fills in operators that are not given; checks fields and operators.
    ///
    /// # Errors
    /// With `missing`, when there are no fields; or what is wrong with them.
    pub(super) fn validate(&mut self, source: Option<&SourceDef>, missing: &str) -> Read<()> {
        let Some(fields) = self.fields.clone().filter(|fields| !fields.is_empty()) else {
            return self.error(missing);
        };
        let comps = self.comps.take().filter(|comps| !comps.is_empty());
        let comps = comps.unwrap_or_else(|| match &fields {
            Entry::Many(items, place) => {
                Entry::Many(vec![Entry::One("=".to_owned(), *place); items.len()], *place)
            }
            Entry::One(_, place) => Entry::One("in".to_owned(), *place),
        });
        match (&fields, &comps) {
            (Entry::Many(fields, _), Entry::Many(comps, _)) if fields.len() == comps.len() => {
                comps.iter().try_for_each(|comp| self.operator(comp))?;
                fields.iter().try_for_each(|field| self.field(field, source))?;
            }
            (Entry::Many(..), _) => {
                return self.error("Fields and comps lists must have equal length");
            }
            (Entry::One(..), Entry::Many(..)) => {
                return self.error("Fields and comps must both be strings");
            }
            (Entry::One(..), Entry::One(comp, _)) if !takes_list(comp) => {
                return self.error(
                    "When fields is a single value, comps must be one of (in, pmatch, intersects) \
                     or a string operator with a list modifier",
                );
            }
            (Entry::One(..), Entry::One(..)) => self.field(&fields, source)?,
        }
        self.comps = Some(comps);
        Ok(())
    }

    fn operator(&self, comp: &Entry) -> Read<()> {
        let text = comp.text();
        if Op::parse(text).is_some() || has_modifier(text) {
            return Ok(());
        }
        let message = format!("'{text}' is not a supported comparison operator");
        let mut error = self.scope.remark_at(Code::Validate, message, comp.place());
        error.help = keys::did_you_mean(text, Op::ALL.map(Op::as_str));
        Err(Box::new(error))
    }

    /// Whether the source has the fields that a text is made of.
    fn field(&self, field: &Entry, source: Option<&SourceDef>) -> Read<()> {
        let Some(source) = source else { return Ok(()) };
        let text = field.text();
        let unknown = match operand_prefix(text) {
            Ok((left, end)) if end == text.len() => {
                let exists = Check {
                    left,
                    op: Op::Exists,
                    doubled: false,
                    modifier: None,
                    right: Right::Nothing,
                    span: Span::default(),
                };
                let remarks = check::condition(&Expr::Check(exists), source);
                remarks.into_iter().find(|remark| remark.is_error).map(|remark| remark.help)
            }
            _ => Some(None),
        };
        let Some(help) = unknown else { return Ok(()) };
        let message = format!("'{text}' is not a supported filter field");
        let mut error = self.scope.remark_at(Code::Validate, message, field.place());
        let names = source.fields.iter().map(|field| field.name);
        error.help = help.or_else(|| keys::did_you_mean(text, names));
        Err(Box::new(error))
    }

    /// Checks an exception that a rule does not have yet, and is appended to it.
    pub(super) fn validate_appended(&mut self, source: Option<&SourceDef>) -> Read<()> {
        const MISSING: &str = "Rule exception must have fields property with a list of fields";
        if Self::has(self.fields.as_ref()) && self.values.is_empty() {
            return self.error("Rule exception must have values property with a list of values");
        }
        self.validate(source, MISSING)
    }

    /// Puts the values of an exception of the same name behind its own.
    pub(super) fn append(&mut self, other: Self) -> Read<()> {
        for (key, entry) in [("fields", &other.fields), ("comps", &other.comps)] {
            if Self::has(entry.as_ref()) {
                let message = "to existing exception, only values";
                return other.error(format!("Can not append exception {key} {message}"));
            }
        }
        self.values.extend(other.values);
        Ok(())
    }

    /// Puts ` and not ...` behind a condition.
    ///
    /// # Errors
    /// When values and fields do not go together.
    pub(super) fn push(&self, condition: &mut Text) -> Read<()> {
        let text = match (&self.fields, &self.comps) {
            (Some(Entry::One(field, _)), Some(comp)) => self.single(field, comp.text())?,
            (Some(Entry::Many(fields, _)), Some(Entry::Many(comps, _))) => {
                self.several(fields, comps)?
            }
            _ => String::new(),
        };
        if !text.is_empty() {
            let place = self.values.first().map_or_else(Place::default, Entry::place);
            condition.push_made(&format!(" and not {text}"), &self.scope.file, place);
        }
        Ok(())
    }

    fn single(&self, field: &str, comp: &str) -> Read<String> {
        let mut values = Vec::new();
        for value in &self.values {
            match value {
                Entry::One(text, _) => values.push(quoted(text)),
                Entry::Many(..) => {
                    return self.error("Expected values array to contain a list of strings");
                }
            }
        }
        if values.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("({field} {comp} ({}))", values.join(", ")))
    }

    fn several(&self, fields: &[Entry], comps: &[Entry]) -> Read<String> {
        let mut tuples = Vec::new();
        for values in &self.values {
            let values = match values {
                Entry::Many(values, _) if values.len() == fields.len() => values,
                _ => {
                    let message = "Fields and values lists must have equal length";
                    let remark = self.scope.remark_at(Code::Validate, message, values.place());
                    return Err(Box::new(remark));
                }
            };
            let checks = fields.iter().zip(comps).zip(values);
            let checks = checks.map(|((field, comp), value)| {
                format!("{} {} {}", field.text(), comp.text(), right(comp.text(), value))
            });
            tuples.push(format!("({})", checks.collect::<Vec<_>>().join(" and ")));
        }
        match tuples.is_empty() {
            true => Ok(String::new()),
            false => Ok(format!("({})", tuples.join(" or "))),
        }
    }

    /// What it is about, for the list of a rule's exceptions.
    pub(super) fn summary(&self) -> (String, usize) {
        (self.name.clone(), self.values.len())
    }
}

fn right(comp: &str, value: &Entry) -> String {
    match value {
        Entry::Many(values, _) => {
            let values: Vec<String> = values.iter().map(|value| quoted(value.text())).collect();
            format!("({})", values.join(", "))
        }
        Entry::One(text, _) if takes_list(comp) && text.starts_with('(') => text.clone(),
        Entry::One(text, _) if takes_list(comp) => format!("({text})"),
        Entry::One(text, _) => quoted(text),
    }
}

/// A value as a condition needs it: with quotes when it holds a blank, and has none yet.
pub(super) fn quoted(text: &str) -> String {
    if text.contains([' ', '=']) && !text.starts_with(['"', '\'']) {
        format!("\"{}\"", text.replace('"', "\\\""))
    } else {
        text.to_owned()
    }
}
