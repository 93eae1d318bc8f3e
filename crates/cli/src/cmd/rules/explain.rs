//! `farguard rules explain`: what a rule means.

mod tree;

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use farguard_authoring::suggest;
use farguard_events::Syscalls;
use farguard_rules::{Detector, Options, Rule, RuleSet, Source, output};
use farguard_trail::CloudTrail;

use super::WIDTH;
use crate::{
    args::rules::ExplainArgs,
    detection,
    exit::Exit,
    terminal::{Terminal, print},
    text::{plain, wrap},
};

/// Explains a rule.
pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<Exit> {
    let loaded = detection::load(&args.rules.files)?;
    detection::tell_errors(&loaded, terminal);
    let rules = &loaded.rules;
    let Some(rule) = rules.rules.iter().find(|rule| rule.name.eq_ignore_ascii_case(&args.name))
    else {
        let names = rules.rules.iter().map(|rule| rule.name.as_str());
        let help = match suggest::nearest(&args.name, names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "`farguard rules list` lists them".to_owned(),
        };
        bail!("there is no rule `{}`: {help}", args.name);
    };
    print(&page(rule, rules, terminal.width.unwrap_or(WIDTH)))?;
    Ok(Exit::Clean)
}

fn page(rule: &Rule, rules: &RuleSet, width: usize) -> String {
    let mut out = format!("{}\n", plain(&rule.name));
    for line in wrap(&plain(&rule.desc), width.saturating_sub(2)) {
        out += &format!("  {line}\n");
    }
    let mut row = |name: &str, text: &str| {
        let mut lines = wrap(&plain(text), width.saturating_sub(14)).into_iter();
        out += &format!("\n{name:<14}{}", lines.next().unwrap_or_default());
        for line in lines {
            out += &format!("\n{:14}{line}", "");
        }
    };
    row("source", &rule.source);
    row("priority", rule.priority.as_str());
    row("enabled", if rule.enabled { "yes" } else { "no" });
    if !rule.tags.is_empty() {
        row("tags", &rule.tags.join(", "));
    }
    for (name, values) in &rule.exceptions {
        row("exception", &format!("{name}: {values} values"));
    }
    row("output", &rule.output);
    let asked = tree::fields(&rule.condition.expr);
    row("fields", &asked.into_iter().collect::<Vec<_>>().join(", "));
    let shown = shown(rule);
    if !shown.is_empty() {
        row("shows", &shown.into_iter().collect::<Vec<_>>().join(", "));
    }
    row("events", &kinds(rule));
    for (part, origin) in &rule.origins {
        row(part, &format!("{}:{}:{}", origin.file, origin.line, origin.column));
    }
    out += "\n\ncondition\n";
    out += &tree::draw(&rule.condition.expr, rules, width);
    out
}

/// The fields that the output of the rule asks for.
fn shown(rule: &Rule) -> BTreeSet<String> {
    let sources = detection::catalog().sources;
    let source = sources.iter().find(|source| source.name == rule.source);
    source.map(|source| output::fields(&rule.output, source)).into_iter().flatten().collect()
}

/// The events that the rule can match.
fn kinds(rule: &Rule) -> String {
    match rule.source.as_str() {
        Syscalls::NAME => wanted::<Syscalls>(rule),
        CloudTrail::NAME => "CloudTrail records".to_owned(),
        other => format!("those of `{other}`, which Farguard does not read"),
    }
}

fn wanted<S: Source>(rule: &Rule) -> String {
    let rule = Rule { enabled: true, ..rule.clone() };
    let set = RuleSet { rules: vec![rule], ..RuleSet::default() };
    let (detector, _) = Detector::<S>::compile(&set, &Options::default());
    let all = S::kinds().iter().enumerate();
    let (mut names, mut others) = (BTreeSet::new(), BTreeSet::new());
    for (kind, name) in all {
        let Some(name) = name else { continue };
        match detector.wants(kind) {
            true => names.insert(*name),
            false => others.insert(*name),
        };
    }
    let left_out: Vec<&str> = others.difference(&names).copied().collect();
    match left_out.is_empty() {
        true => "all".to_owned(),
        false if names.len() > left_out.len() => format!("all but {}", left_out.join(", ")),
        false => names.into_iter().collect::<Vec<_>>().join(", "),
    }
}
