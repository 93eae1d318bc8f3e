//! `docs/reference/cloudtrail-rules.md` says what the rules are. `UPDATE_DOCS=1` rewrites it.

use std::{fmt::Write as _, fs};

use farguard_authoring::yaml::Node;
use farguard_rules::Rule;

use crate::support::{extension, get, items, load, root, text};

const COMMAND: &str = "UPDATE_DOCS=1 cargo test -p farguard-trail --test content";

fn head(rules: &[Rule]) -> String {
    let windows = rules.iter().filter(|rule| extension(rule, "window").is_some()).count();
    let fargate = rules.iter().filter(|rule| has(rule, "fargate")).count();
    format!(
        "# Rules over CloudTrail\n\n\
         Made from `content/rules/cloudtrail/`: `{COMMAND}` rewrites this page. \
         [The guide](../guide/writing-rules.md) says how to tune them and to write more.\n\n\
         {} rules, {fargate} of them about what runs on Fargate; {windows} look at more than one \
         record.\n",
        rules.len()
    )
}

fn has(rule: &Rule, tag: &str) -> bool {
    rule.tags.iter().any(|it| it == tag)
}

/// The files in their order, each with its rules.
fn sections(rules: &[Rule]) -> Vec<(&str, Vec<&Rule>)> {
    let mut sections: Vec<(&str, Vec<&Rule>)> = Vec::new();
    for rule in rules {
        let file = rule.origins.first().map_or("", |(_, origin)| origin.file.as_str());
        match sections.last_mut() {
            Some((name, rules)) if *name == file => rules.push(rule),
            _ => sections.push((file, vec![rule])),
        }
    }
    sections
}

fn rule(out: &mut String, rule: &Rule) {
    let attack: Vec<String> = rule
        .tags
        .iter()
        .filter(|tag| tag.starts_with('T'))
        .map(|tag| {
            format!("[{tag}](https://attack.mitre.org/techniques/{}/)", tag.replace('.', "/"))
        })
        .collect();
    let off = if rule.enabled { "" } else { " · off by default" };
    writeln!(out, "\n### {}\n", rule.name).unwrap();
    writeln!(out, "{} · {}{off}\n", rule.priority.as_str(), attack.join(", ")).unwrap();
    writeln!(out, "{}\n", rule.desc.trim()).unwrap();
    if let Some(node) = extension(rule, "window") {
        writeln!(out, "Over more than one record: {}.\n", window(node)).unwrap();
    }
    let remediation = extension(rule, "remediation").map(text).unwrap_or_default();
    writeln!(out, "**What to do:** {remediation}").unwrap();
}

/// A window in words.
fn window(node: &Node) -> String {
    let word = |key| get(node, key).map(text).unwrap_or_default();
    let by = get(node, "by").map(items).unwrap_or_default();
    let by: Vec<String> = by.iter().map(|node| format!("`{}`", text(node))).collect();
    let by = by.join(", ");
    let steps = get(node, "sequence").map_or(0, |node| items(node).len());
    match (word("first-seen"), word("distinct"), word("count")) {
        (field, _, _) if !field.is_empty() => {
            format!("a value of `{field}` that {by} never had, after {} of learning", word("learn"))
        }
        (_, field, count) if !field.is_empty() => {
            format!("{count} values of `{field}` within {} for one {by}", word("within"))
        }
        (_, _, "1") => format!("at most one alert in {} for one {by}", word("within")),
        (_, _, count) if !count.is_empty() => {
            format!("{count} within {} for one {by}", word("within"))
        }
        _ => format!("{} steps within {} by one {by}", steps + 1, word("within")),
    }
}

fn page() -> String {
    let rules = &load().rules.rules;
    let mut page = head(rules);
    for (file, rules) in sections(rules) {
        writeln!(page, "\n## {}", file.trim_end_matches(".yaml")).unwrap();
        rules.iter().for_each(|it| rule(&mut page, it));
    }
    page
}

#[test]
fn the_page_is_up_to_date() {
    let path = root().join("docs/reference/cloudtrail-rules.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == page, "run `{COMMAND}`");
}
