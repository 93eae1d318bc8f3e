//! Formats of outputs: `shell in a container (user=%user.name parent=%proc.aname[2])`.
//!
//! # Source
//! `sinsp_evt_formatter` of falcosecurity/libs.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::print;
use crate::{
    check::{Remark, Typed, resolve},
    engine::{Builder, SlotId},
    field::FieldDef,
    source::{Source, SourceDef},
    syntax::{Operand, Span, operand_prefix},
    value::Value,
};

/// Widest column: `%40proc.name`.
const MAX_WIDTH: usize = 1 << 12;

/// A piece of a format.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(String),
    Field {
        operand: Typed,
        /// As written: the key in JSON.
        key: String,
        /// Cut or filled up to this many characters, unless 0.
        width: usize,
    },
}

/// Takes a format apart.
///
/// # Errors
/// The first token that is none.
pub(crate) fn parse(format: &str, source: &SourceDef) -> Result<Vec<Piece>, Remark> {
    if format.is_empty() {
        return Err(Remark::error("empty formatting token", Span::default()));
    }
    // A star allows absent values; outputs of rules allow them anyway.
    let mut rest = format.strip_prefix('*').unwrap_or(format);
    let mut pieces = Vec::new();
    while let Some((text, token)) = rest.split_once('%') {
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
        let at = format.len() - token.len();
        let (piece, after) = parse_token(token, source).map_err(|mut remark| {
            remark.span =
                span(at.saturating_sub(1), token.find(' ').map_or(format.len(), |end| at + end));
            remark
        })?;
        pieces.push(piece);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// The fields that the output of a rule asks for, as they are written; none when it is wrong.
#[must_use]
pub fn fields(output: &str, source: &SourceDef) -> Vec<String> {
    let pieces = parse(output, source).unwrap_or_default();
    let key = |piece| match piece {
        Piece::Field { key, .. } => Some(key),
        Piece::Text(_) => None,
    };
    pieces.into_iter().filter_map(key).collect()
}

fn span(start: usize, end: usize) -> Span {
    let number = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: number(start), end: number(end) }
}

/// What stands behind a percent sign: a field or a transformer, and the text behind it.
fn parse_token<'t>(token: &'t str, source: &SourceDef) -> Result<(Piece, &'t str), Remark> {
    let syntax = |what| {
        let message = format!("invalid formatting syntax: formatting cannot end with a {what}");
        Remark::error(message, Span::default())
    };
    if token.is_empty() {
        return Err(syntax("%"));
    }
    let digits = token.len() - token.trim_start_matches(|char: char| char.is_ascii_digit()).len();
    let (width, start) = token.split_at_checked(digits).unwrap_or(("", token));
    if start.is_empty() {
        return Err(syntax("number"));
    }
    let width =
        if width.is_empty() { 0 } else { width.parse().unwrap_or(MAX_WIDTH).min(MAX_WIDTH) };
    let (operand, rest) = parse_operand(start, source).ok_or_else(|| unknown(start, source))?;
    let operand = resolve(&operand, source)?;
    let key = start.strip_suffix(rest).unwrap_or(start).to_owned();
    Ok((Piece::Field { operand, key, width }, rest))
}

fn unknown(token: &str, source: &SourceDef) -> Remark {
    let mut remark = Remark::error(format!("invalid formatting token {token}"), Span::default());
    remark.is_unknown_field = true;
    let word = word(token);
    let known = source.fields.iter().map(|field| field.name);
    remark.help = farguard_authoring::suggest::nearest(word.trim_end_matches('.'), known)
        .map(|near| format!("did you mean `%{near}`?"));
    remark
}

/// The longest start of a text that can be part of a name.
fn word(text: &str) -> &str {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '_');
    text.split_once(|char| !is_part(char)).map_or(text, |(word, _)| word)
}

fn parse_operand<'t>(text: &'t str, source: &SourceDef) -> Option<(Operand, &'t str)> {
    let word = word(text);
    if text.strip_prefix(word)?.starts_with('(') {
        let (operand, length) = operand_prefix(text).ok()?;
        return Some((operand, text.get(length..)?));
    }
    // The longest field that the text starts with: a full stop may follow it.
    let mut name = word;
    while !(source.field(name).is_some() || is_dotted(name, source)) {
        let mut chars = name.chars();
        chars.next_back()?;
        name = chars.as_str();
    }
    let (arg, rest) = parse_arg(text.strip_prefix(name)?);
    let name = name.to_owned();
    Some((Operand::Field { name, arg, span: Span::default() }, rest))
}

/// Whether a name is a field with a name behind a dot: `evt.arg.path`.
fn is_dotted(name: &str, source: &SourceDef) -> bool {
    let Some((field, arg)) = name.rsplit_once('.') else { return false };
    !arg.is_empty() && source.field(field).is_some_and(|def| def.dotted)
}

/// `[2]`, if there is one.
fn parse_arg(text: &str) -> (Option<String>, &str) {
    match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((arg, rest)) if !arg.is_empty() => {
            (Some(arg.trim_matches(['"', '\'']).to_owned()), rest)
        }
        _ => (None, text),
    }
}

/// A format, compiled.
#[derive(Debug)]
pub(crate) struct Format {
    message: Vec<Part>,
    /// Fields that only JSON shows: name, and how it is made.
    fields: Vec<(String, Vec<Part>)>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Field {
        slot: SlotId,
        /// The field, if no transformer is applied to it.
        def: Option<&'static FieldDef>,
        key: String,
        width: usize,
    },
}

/// Reads a slot of the event at hand.
pub(crate) type ReadSlot<'r, 'e> = &'r mut dyn FnMut(SlotId) -> Value<'e>;

impl Format {
    /// `fields`: further ones for JSON, each with a format, or else its name is that of a field.
    ///
    /// # Errors
    /// The first token that is none.
    pub(crate) fn new<S: Source>(
        format: &str,
        fields: BTreeMap<String, Option<String>>,
        builder: &mut Builder<S>,
    ) -> Result<Self, Remark> {
        let message = compile(format, builder)?;
        let further = |(name, format): (String, Option<String>)| {
            let format = format.unwrap_or_else(|| format!("%{name}"));
            Ok((name, compile(&format, builder)?))
        };
        let fields = fields.into_iter().map(further).collect::<Result<_, Remark>>()?;
        Ok(Self { message, fields })
    }

    /// The line alone.
    pub(crate) fn text(&self, read: ReadSlot<'_, '_>) -> String {
        let mut line = String::new();
        self.message.iter().for_each(|part| part.print(read, &mut line));
        line
    }

    /// The line, and the fields in it.
    pub(crate) fn print(
        &self,
        time_ns: u64,
        read: ReadSlot<'_, '_>,
    ) -> (String, Vec<(String, Json)>) {
        let (mut line, mut fields) = (String::new(), Vec::new());
        for part in &self.message {
            part.print(read, &mut line);
            if let Part::Field { key, .. } = part
                && !fields.iter().any(|(known, _)| known == key)
            {
                fields.push((key.clone(), part.json(time_ns, read)));
            }
        }
        for (name, parts) in &self.fields {
            let value = match parts.as_slice() {
                [part @ Part::Field { .. }] => part.json(time_ns, read),
                parts => {
                    let mut text = String::new();
                    parts.iter().for_each(|part| part.print(read, &mut text));
                    text.into()
                }
            };
            fields.push((name.clone(), value));
        }
        (line, fields)
    }
}

fn compile<S: Source>(format: &str, builder: &mut Builder<S>) -> Result<Vec<Part>, Remark> {
    let pieces = parse(format, builder.source())?;
    let part = |piece| match piece {
        Piece::Text(text) => Part::Text(text),
        Piece::Field { operand, key, width } => {
            let def = if let Typed::Field { def, .. } = &operand { Some(*def) } else { None };
            Part::Field { slot: builder.slot(&operand), def, key, width }
        }
    };
    Ok(pieces.into_iter().map(part).collect())
}

impl Part {
    fn print(&self, read: ReadSlot<'_, '_>, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Field { slot, def, width: 0, .. } => print::text(&read(*slot), *def, out),
            Self::Field { slot, def, width, .. } => {
                let mut text = String::new();
                print::text(&read(*slot), *def, &mut text);
                out.extend(text.chars().chain(std::iter::repeat(' ')).take(*width));
            }
        }
    }

    fn json(&self, time_ns: u64, read: ReadSlot<'_, '_>) -> Json {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Field { def: Some(def), .. } if is_moment(def.name) => time_ns.into(),
            Self::Field { slot, def, .. } => print::json(&read(*slot), *def),
        }
    }
}

/// Whether JSON shows a text field that prints the moment of the event as nanoseconds, as Falco does.
fn is_moment(name: &str) -> bool {
    let moments = ["evt.time", "evt.time.s", "evt.time.iso8601", "evt.datetime", "evt.datetime.s"];
    moments.contains(&name)
}
