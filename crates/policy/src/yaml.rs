//! YAML (and so JSON) as a tree that knows the place of everything in it.
//!
//! Scalars keep the text that was written: a tag `1.10` is not the number 1.1. Memory is bounded by
//! the length of the file and, since aliases copy what they name, by a budget of nodes.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, options};

/// Longest file that is read.
const MAX_BYTES: usize = 1 << 20;
/// Most nodes, copies made by aliases included.
const MAX_NODES: usize = 200_000;
/// Deepest nesting, through aliases too.
const MAX_DEPTH: usize = 32;

/// A piece of a file: line and column count characters from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// Characters in that line, at least 1.
    pub(crate) length: u32,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Scalar {
        text: String,
        /// Without quotes.
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: Node,
}

/// Why a file is no YAML that we read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    pub(crate) place: Place,
    pub(crate) message: String,
}

impl Node {
    /// Whether nothing is written: `key:`, `~`, `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, for messages.
    pub(crate) fn what(&self) -> &'static str {
        match self.value {
            _ if self.is_null() => "nothing",
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// Reads the one document of a file.
///
/// # Errors
/// When it is no YAML, holds no or several documents, or is too large or too deep.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    let start = Place { line: 1, column: 1, length: 1 };
    if text.len() > MAX_BYTES {
        let message = format!("the file is longer than {MAX_BYTES} bytes");
        return Err(YamlError { place: start, message });
    }
    let mut options = options! {
        disallow_directives: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    options.set_emit_comments(false);
    let mut builder = Builder::default();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| {
            let mark = error.marker();
            let place = Place { line: count(mark.line()), column: after(mark.col()), length: 1 };
            YamlError { place, message: format!("not YAML: {}", error.info()) }
        })?;
        builder.take(event, place(&span))?;
    }
    let empty = YamlError { place: start, message: "the file is empty".to_owned() };
    builder.root.filter(|root| !root.is_null()).ok_or(empty)
}

/// Lines count from 1 already, columns from 0.
fn place(span: &Span) -> Place {
    let (start, end) = (span.start, span.end);
    let one_line = start.line() == end.line();
    let length = if one_line { end.col().saturating_sub(start.col()) } else { 1 };
    Place { line: count(start.line()), column: after(start.col()), length: count(length.max(1)) }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn after(number: usize) -> u32 {
    count(number).saturating_add(1)
}

/// A collection whose end is not read yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<(String, Place)>,
    /// Levels below it.
    height: usize,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), YamlError> {
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                Err(fail(place, "a second document begins here: one is read"))
            }
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let value = Value::Scalar { text: text.into_owned(), plain };
                self.finish(Node { value, place }, anchor, 0)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(Value::List(vec![]), anchor, place),
            Event::MappingStart(_, anchor, _) => self.begin(Value::Map(vec![]), anchor, place),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { node, anchor, height, .. }) => self.finish(node, anchor, height),
                None => Ok(()),
            },
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some((node, height)) => {
                    spend(&mut self.nodes, size(node), place)?;
                    let (node, height) = (node.clone(), *height);
                    self.finish(node, 0, height)
                }
                None => Err(fail(place, "this alias names what is still being defined")),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, value: Value, anchor: usize, place: Place) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(fail(place, &format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.open.push(Open { node: Node { value, place }, anchor, key: None, height: 0 });
        Ok(())
    }

    /// Puts a complete node where it belongs.
    fn finish(&mut self, node: Node, anchor: usize, height: usize) -> Result<(), YamlError> {
        let place = node.place;
        let copied = if anchor == 0 { 0 } else { size(&node) };
        spend(&mut self.nodes, copied.saturating_add(1), place)?;
        if self.open.len().saturating_add(height) > MAX_DEPTH {
            return Err(fail(place, &format!("nested deeper than {MAX_DEPTH} levels")));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), height));
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.height = parent.height.max(height.saturating_add(1));
        match &mut parent.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match parent.key.take() {
                Some((key, place)) => entries.push(Entry { key, place, value: node }),
                None => match node.value {
                    Value::Scalar { text, .. } => parent.key = Some((text, place)),
                    Value::List(_) | Value::Map(_) => {
                        return Err(fail(place, "a key is one word, not a list or a mapping"));
                    }
                },
            },
            Value::Scalar { .. } => {}
        }
        Ok(())
    }
}

/// Takes nodes from the budget, before they are made.
fn spend(spent: &mut usize, nodes: usize, place: Place) -> Result<(), YamlError> {
    *spent = spent.saturating_add(nodes);
    if *spent > MAX_NODES {
        return Err(fail(
            place,
            &format!("more than {MAX_NODES} values, copies by aliases included"),
        ));
    }
    Ok(())
}

/// A node and everything below it.
fn size(node: &Node) -> usize {
    let below: usize = match &node.value {
        Value::Scalar { .. } => 0,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|entry| size(&entry.value)).sum(),
    };
    below.saturating_add(1)
}

fn fail(place: Place, message: &str) -> YamlError {
    YamlError { place, message: message.to_owned() }
}

#[cfg(test)]
mod tests;
