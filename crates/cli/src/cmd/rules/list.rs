//! `farguard rules list`.

use anyhow::Result;
use farguard_rules::Rule;
use serde_json::json;

use super::WIDTH;
use crate::{
    args::rules::{ListArgs, ListFormat},
    detection,
    exit::Exit,
    terminal::{Terminal, print},
    text::{plain, plural, safe_json},
};

/// Lists the rules.
pub(super) fn run(args: &ListArgs, terminal: &Terminal) -> Result<Exit> {
    let loaded = detection::load(&args.rules.files)?;
    detection::tell_errors(&loaded, terminal);
    let wanted = |rule: &&Rule| args.source.as_ref().is_none_or(|it| *it == rule.source);
    let rules: Vec<&Rule> = loaded.rules.rules.iter().filter(wanted).collect();
    print(&match args.format {
        ListFormat::Text => as_text(&rules, terminal.width.unwrap_or(WIDTH)),
        ListFormat::Markdown => as_markdown(&rules),
        ListFormat::Json => {
            let all: Vec<_> = rules.iter().map(|rule| as_json(rule)).collect();
            format!("{}\n", safe_json(&serde_json::to_string_pretty(&all)?))
        }
    })?;
    Ok(if loaded.is_ok() { Exit::Clean } else { Exit::CouldNotRun })
}

fn as_text(rules: &[&Rule], width: usize) -> String {
    let mut out = String::new();
    for rule in rules {
        let name = plain(&rule.name);
        let state = if rule.enabled { "" } else { " (disabled)" };
        let line = format!("{:<14}{:<16}{name}{state}", rule.priority.as_str(), rule.source);
        let used = line.chars().count();
        let tags = plain(&rule.tags.join(" "));
        match !tags.is_empty() && used + 2 + tags.chars().count() <= width {
            true => out += &format!("{line}  {tags}\n"),
            false => out += &format!("{line}\n"),
        }
    }
    let disabled = rules.iter().filter(|rule| !rule.enabled).count();
    out + &format!("{}, {disabled} of them disabled\n", plural(rules.len(), "rule"))
}

fn as_markdown(rules: &[&Rule]) -> String {
    let mut out = String::from("| rule | priority | source | tags |\n|---|---|---|---|\n");
    let cell = |text: &str| plain(text).replace('|', "\\|");
    for rule in rules {
        let (name, tags) = (cell(&rule.name), cell(&rule.tags.join(", ")));
        let (priority, source) = (rule.priority.as_str(), cell(&rule.source));
        out += &format!("| {name} | {priority} | {source} | {tags} |\n");
    }
    out
}

fn as_json(rule: &Rule) -> serde_json::Value {
    let origin = rule.origins.first().map(|(_, origin)| origin);
    json!({
        "name": rule.name,
        "source": rule.source,
        "priority": rule.priority.as_str(),
        "enabled": rule.enabled,
        "tags": rule.tags,
        "description": rule.desc,
        "condition": rule.condition.text,
        "output": rule.output,
        "file": origin.map(|it| it.file.as_str()),
        "line": origin.map(|it| it.line),
    })
}
