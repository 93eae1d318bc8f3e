//! YAML (and so JSON) as a tree that knows the place of everything in it.
//!
//! Scalars keep the text that was written: a tag `1.10` is not the number 1.1. Memory is bounded by
//! the length of the file and, since aliases copy what they name, by a budget of nodes.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, options};

/// How much of a file is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest file that is read.
    pub bytes: usize,
    /// Most nodes, copies made by aliases included.
    pub nodes: usize,
    /// Deepest nesting, through aliases too.
    pub depth: usize,
}

impl Default for Limits {
    /// What a file that a person writes by hand never reaches.
    fn default() -> Self {
        Self { bytes: 1 << 20, nodes: 200_000, depth: 32 }
    }
}

/// A piece of a file: line and column count characters from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
    /// Characters in that line, at least 1.
    pub length: u32,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What is written.
    pub value: Value,
    /// Where.
    pub place: Place,
}

/// What is written at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One word or text.
    Scalar {
        /// As written, without quotes.
        text: String,
        /// Without quotes.
        plain: bool,
    },
    /// Several values.
    List(Vec<Node>),
    /// Keys with values, in the order of the file; a key may be there twice.
    Map(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key is written.
    pub place: Place,
    /// What it leads to.
    pub value: Node,
}

/// Why a file is no YAML that we read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
}

impl Node {
    /// Whether nothing is written: `key:`, `~`, `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, for messages.
    #[must_use]
    pub fn what(&self) -> &'static str {
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
pub fn parse(text: &str) -> Result<Node, YamlError> {
    let mut documents = parse_all(text, Limits::default())?.into_iter();
    let empty = || fail(START, "the file is empty");
    let root = documents.next().filter(|root| !root.is_null()).ok_or_else(empty)?;
    match documents.next() {
        Some(second) => Err(fail(second.place, "a second document begins here: one is read")),
        None => Ok(root),
    }
}

/// Reads every document of a file; a file without any gives an empty list.
///
/// # Errors
/// When it is no YAML, or is larger or deeper than `limits`.
pub fn parse_all(text: &str, limits: Limits) -> Result<Vec<Node>, YamlError> {
    if text.len() > limits.bytes {
        return Err(fail(START, &format!("the file is longer than {} bytes", limits.bytes)));
    }
    let mut options = options! {
        disallow_directives: true,
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
    };
    options.set_emit_comments(false);
    let mut builder = Builder::new(limits);
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| {
            let mark = error.marker();
            let place = Place { line: count(mark.line()), column: after(mark.col()), length: 1 };
            YamlError { place, message: format!("not YAML: {}", error.info()) }
        })?;
        builder.take(event, place(&span))?;
    }
    Ok(builder.documents)
}

const START: Place = Place { line: 1, column: 1, length: 1 };

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

struct Builder {
    limits: Limits,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    /// Still to be made.
    budget: Budget,
    documents: Vec<Node>,
}

impl Builder {
    fn new(limits: Limits) -> Self {
        let budget = Budget { limit: limits.nodes, spent: 0 };
        Self { limits, open: vec![], anchors: HashMap::new(), budget, documents: vec![] }
    }

    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), YamlError> {
        match event {
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
                    self.budget.spend(size(node), place)?;
                    let (node, height) = (node.clone(), *height);
                    self.finish(node, 0, height)
                }
                None => Err(fail(place, "this alias names what is still being defined")),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, value: Value, anchor: usize, place: Place) -> Result<(), YamlError> {
        if self.open.len() >= self.limits.depth {
            return Err(self.too_deep(place));
        }
        self.open.push(Open { node: Node { value, place }, anchor, key: None, height: 0 });
        Ok(())
    }

    /// Puts a complete node where it belongs.
    fn finish(&mut self, node: Node, anchor: usize, height: usize) -> Result<(), YamlError> {
        let place = node.place;
        let copied = if anchor == 0 { 0 } else { size(&node) };
        self.budget.spend(copied.saturating_add(1), place)?;
        if self.open.len().saturating_add(height) > self.limits.depth {
            return Err(self.too_deep(place));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), height));
        }
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(node);
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

    fn too_deep(&self, place: Place) -> YamlError {
        fail(place, &format!("nested deeper than {} levels", self.limits.depth))
    }
}

/// Nodes that may be made, so that aliases of aliases cannot fill the memory.
struct Budget {
    limit: usize,
    spent: usize,
}

impl Budget {
    /// Takes nodes, before they are made.
    fn spend(&mut self, nodes: usize, place: Place) -> Result<(), YamlError> {
        self.spent = self.spent.saturating_add(nodes);
        if self.spent > self.limit {
            let message = format!("more than {} values, copies by aliases included", self.limit);
            return Err(fail(place, &message));
        }
        Ok(())
    }
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
