//! Where things are written: files, the chain of items around a place, and texts put together from
//! several places.

use std::sync::Arc;

use farguard_authoring::yaml::{Entry, Node, Place, Value};

use crate::{
    diagnostic::{Code, Context, Diagnostic, Within, json, text},
    rule::Origin,
    syntax::Span,
};

/// A rule file.
#[derive(Debug, Default)]
pub(crate) struct SourceFile {
    name: String,
    text: String,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
}

impl SourceFile {
    pub(crate) fn new(name: &str, text: &str) -> Arc<Self> {
        let after = text.match_indices('\n').map(|(at, _)| at.saturating_add(1));
        let lines = std::iter::once(0).chain(after).collect();
        Arc::new(Self { name: name.to_owned(), text: text.to_owned(), lines })
    }

    fn line_start(&self, line: u32) -> usize {
        let index = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        self.lines.get(index).copied().unwrap_or(self.text.len())
    }

    fn line(&self, line: u32) -> &str {
        let rest = self.text.get(self.line_start(line)..).unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }

    /// In bytes from the start.
    fn offset(&self, place: Place) -> usize {
        let skipped = usize::try_from(place.column.saturating_sub(1)).unwrap_or(usize::MAX);
        let bytes: usize = self.line(place.line).chars().take(skipped).map(char::len_utf8).sum();
        self.line_start(place.line).saturating_add(bytes)
    }

    /// The place of a byte.
    fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default();
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Place { line: count(line), column: count(column.saturating_add(1)), length: 1 }
    }

    pub(crate) fn origin(&self, place: Place) -> Origin {
        Origin { file: self.name.clone(), line: place.line, column: place.column }
    }

    /// Where a byte of a scalar stands in the file: both have the same characters apart from blanks,
    /// however the scalar is folded.
    fn within(&self, scalar: Place, value: &str, at: usize) -> Place {
        let before = value.get(..at).unwrap_or(value);
        let mut wanted = before.chars().filter(|c| !c.is_whitespace()).count();
        let start = self.offset(scalar);
        let mut chars = self.text.get(start..).unwrap_or_default().char_indices().peekable();
        let style = chars.peek().map(|(_, c)| *c).filter(|c| matches!(c, '>' | '|' | '"' | '\''));
        match style {
            Some('>' | '|') => while chars.next().is_some_and(|(_, c)| c != '\n') {},
            Some(_) => _ = chars.next(),
            None => {}
        }
        while let Some((offset, char)) = chars.next() {
            match (char, style, chars.peek().map(|(_, next)| *next)) {
                ('\\', Some('"'), Some('n' | 't' | 'r')) => _ = chars.next(),
                ('\\', Some('"'), Some(_)) => {}
                (c, _, _) if c.is_whitespace() => {}
                _ if wanted == 0 => return self.place(start.saturating_add(offset)),
                ('\'', Some('\''), Some('\'')) => {
                    chars.next();
                    wanted -= 1;
                }
                _ => wanted -= 1,
            }
        }
        self.place(self.text.trim_end().len())
    }
}

/// Where a node is: a mapping is where its first key is.
pub(crate) fn place_of(node: &Node) -> Place {
    match &node.value {
        Value::Map(entries) => entries.first().map_or(node.place, |entry| entry.place),
        Value::List(_) | Value::Scalar { .. } => node.place,
    }
}

/// The items around a place, outermost first.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) file: Arc<SourceFile>,
    contexts: Vec<Context>,
    place: Place,
}

impl Scope {
    /// The whole of a file.
    pub(crate) fn root(file: &Arc<SourceFile>) -> Self {
        let place = Place { line: 0, column: 0, length: 1 };
        let origin = file.origin(place);
        let context = Context { item_type: "rules content", origin, ..Context::default() };
        Self { file: Arc::clone(file), contexts: vec![context], place }
    }

    /// An item inside.
    pub(crate) fn inner(&self, item_type: &'static str, name: &str, node: &Node) -> Self {
        self.at(item_type, name, place_of(node))
    }

    /// The value of a key.
    pub(crate) fn value(&self, entry: &Entry) -> Self {
        self.inner("value for", &entry.key, &entry.value)
    }

    pub(crate) fn at(&self, item_type: &'static str, name: &str, place: Place) -> Self {
        let mut inner = self.clone();
        inner.place = place;
        inner.contexts.push(Context {
            item_type,
            item_name: name.to_owned(),
            origin: self.file.origin(place),
            offset: self.file.offset(place),
            within: None,
        });
        inner
    }

    pub(crate) fn origin(&self) -> Origin {
        self.file.origin(self.place)
    }

    /// A remark on the item itself.
    pub(crate) fn remark(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        self.remark_at(code, message, self.place)
    }

    /// A remark on the item, caused by something inside it.
    pub(crate) fn remark_at(
        &self,
        code: Code,
        message: impl Into<String>,
        place: Place,
    ) -> Diagnostic {
        let offset = self.contexts.last().map_or(0, |context| context.offset);
        Diagnostic {
            code,
            message: message.into(),
            context: self.contexts.clone(),
            origin: self.file.origin(place),
            snippet: snippet(&self.file, place),
            excerpt: json::excerpt(&self.file.text, offset),
            help: None,
        }
    }

    /// A remark on something inside a condition.
    pub(crate) fn remark_in(
        &self,
        code: Code,
        message: impl Into<String>,
        condition: &Text,
        span: Span,
    ) -> Diagnostic {
        let at = usize::try_from(span.start).unwrap_or(usize::MAX);
        let (file, place) = condition.locate(span);
        let mut context = self.contexts.clone();
        let offset = context.last().map_or(0, |context| context.offset);
        context.push(Context {
            item_type: "condition expression",
            item_name: String::new(),
            origin: file.origin(place),
            offset: file.offset(place),
            within: Some(Within::new(&condition.text, at)),
        });
        Diagnostic {
            code,
            message: message.into(),
            context,
            origin: file.origin(place),
            snippet: snippet(&file, place),
            excerpt: json::excerpt(&condition.text, offset.saturating_add(at)),
            help: None,
        }
    }
}

fn snippet(file: &SourceFile, place: Place) -> String {
    match place.line {
        0 => String::new(),
        line => text::snippet(file.line(line), line, place.column, place.length),
    }
}

/// A text that knows where its parts were written.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) text: String,
    parts: Vec<Part>,
}

/// A part of a text: where it begins in the text, and where it was written.
#[derive(Debug, Clone)]
struct Part {
    start: usize,
    end: usize,
    file: Arc<SourceFile>,
    place: Place,
    /// Whether the file has the same characters; otherwise it was made of what stands there.
    is_written: bool,
}

impl Text {
    /// A scalar of a file.
    pub(crate) fn new(text: &str, file: &Arc<SourceFile>, place: Place) -> Self {
        let file = Arc::clone(file);
        let part = Part { start: 0, end: text.len(), file, place, is_written: true };
        Self { text: text.to_owned(), parts: vec![part] }
    }

    /// Puts another text behind, with a blank between.
    pub(crate) fn append(&mut self, other: &Self) {
        self.text.push(' ');
        let shift = self.text.len();
        self.text.push_str(&other.text);
        let moved =
            |part: &Part| Part { start: part.start + shift, end: part.end + shift, ..part.clone() };
        self.parts.extend(other.parts.iter().map(moved));
    }

    /// Puts it between parentheses.
    pub(crate) fn wrap(&mut self) {
        self.text.insert(0, '(');
        self.text.push(')');
        for part in &mut self.parts {
            part.start += 1;
            part.end += 1;
        }
    }

    /// Puts a text behind that was made of what stands at a place.
    pub(crate) fn push_made(&mut self, text: &str, file: &Arc<SourceFile>, place: Place) {
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        self.parts.push(Part { start, end, file: Arc::clone(file), place, is_written: false });
    }

    /// Where a piece of the text was written.
    fn locate(&self, span: Span) -> (Arc<SourceFile>, Place) {
        let at = usize::try_from(span.start).unwrap_or(usize::MAX);
        let index = self.parts.partition_point(|part| part.start <= at).saturating_sub(1);
        let Some(part) = self.parts.get(index) else { return (Arc::default(), Place::default()) };
        if !part.is_written {
            return (Arc::clone(&part.file), part.place);
        }
        let value = self.text.get(part.start..part.end).unwrap_or_default();
        let mut place = part.file.within(part.place, value, at.saturating_sub(part.start));
        let end = usize::try_from(span.end).unwrap_or(usize::MAX);
        let marked = self.text.get(at..end).unwrap_or_default();
        let marked = marked.lines().next().unwrap_or_default().chars().count().max(1);
        let rest = part.file.line(place.line).chars().count() + 1;
        let rest = rest.saturating_sub(usize::try_from(place.column).unwrap_or(usize::MAX)).max(1);
        place.length = u32::try_from(marked.min(rest)).unwrap_or(u32::MAX);
        (Arc::clone(&part.file), place)
    }
}
