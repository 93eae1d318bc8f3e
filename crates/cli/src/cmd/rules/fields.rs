//! `farguard rules fields`: what conditions and outputs can ask for.

use anyhow::{Result, bail};
use farguard_authoring::suggest;
use farguard_rules::{ArgRule, FieldDef, SourceDef};
use serde_json::json;

use crate::{
    args::rules::{FieldsArgs, ListFormat},
    detection,
    exit::Exit,
    terminal::{Terminal, print},
    text::wrap,
};

/// Columns of a terminal that does not say how many it has.
const WIDTH: usize = 100;
/// Columns before the description.
const INDENT: usize = 45;

/// Prints the fields.
pub(super) fn run(args: &FieldsArgs, terminal: &Terminal) -> Result<Exit> {
    let catalog = detection::catalog();
    let names: Vec<&str> = catalog.sources.iter().map(|source| source.name).collect();
    if let Some(name) = args.source.as_deref().filter(|name| !names.contains(name)) {
        bail!("there is no source `{name}`: {}", suggest::help(name, names));
    }
    let wanted = |field: &&FieldDef| {
        args.pattern.as_ref().is_none_or(|pattern| field.name.contains(pattern.as_str()))
    };
    let chosen: Vec<(&str, Vec<&FieldDef>)> = catalog
        .sources
        .iter()
        .filter(|source| args.source.as_ref().is_none_or(|name| source.name == name))
        .map(|source: &SourceDef| {
            (source.name, source.fields.iter().copied().filter(wanted).collect())
        })
        .collect();
    print(&match args.format {
        ListFormat::Json => as_json(&chosen)?,
        ListFormat::Markdown => as_markdown(&chosen),
        ListFormat::Text => as_text(&chosen, terminal.width.unwrap_or(WIDTH)),
    })?;
    Ok(Exit::Clean)
}

fn as_text(sources: &[(&str, Vec<&FieldDef>)], width: usize) -> String {
    let mut out = String::new();
    for (source, fields) in sources.iter().filter(|(_, fields)| !fields.is_empty()) {
        out += &format!("{source}\n");
        for field in fields {
            let name = usage(field);
            let kind = format!("{:?}", field.kind).to_uppercase();
            let mut about = field.desc.to_owned();
            if !field.filled {
                about += " (no source of Farguard has it: always null)";
            }
            let head = format!("  {name:<31} {kind:<10}");
            let mut lines = wrap(&about, width.saturating_sub(INDENT).max(20)).into_iter();
            out += &format!("{head} {}\n", lines.next().unwrap_or_default());
            for line in lines {
                out += &format!("{:INDENT$}{line}\n", "");
            }
        }
    }
    out
}

/// The field as a rule writes it: `proc.aname[N]`, with `?` where the argument may be left out.
fn usage(field: &FieldDef) -> String {
    let argument = match field.arg {
        ArgRule::None => "",
        ArgRule::OptionalIndex => "[N]?",
        ArgRule::RequiredIndex => "[N]",
        ArgRule::OptionalKey => "[KEY]?",
        ArgRule::RequiredKey => "[KEY]",
    };
    format!("{}{argument}", field.name)
}

fn as_markdown(sources: &[(&str, Vec<&FieldDef>)]) -> String {
    let one = |(source, fields): &(&str, Vec<&FieldDef>)| {
        format!("## {source}\n\n{}\n", farguard_rules::field::markdown(fields))
    };
    sources.iter().map(one).collect()
}

fn as_json(sources: &[(&str, Vec<&FieldDef>)]) -> Result<String> {
    let one = |source: &str, field: &FieldDef| {
        json!({
            "source": source,
            "name": field.name,
            "type": field.kind,
            "is_list": field.is_list,
            "argument": field.arg,
            "filled": field.filled,
            "description": field.desc,
        })
    };
    let all: Vec<_> = sources
        .iter()
        .flat_map(|(source, fields)| fields.iter().map(|field| one(source, field)))
        .collect();
    Ok(format!("{}\n", serde_json::to_string_pretty(&all)?))
}
