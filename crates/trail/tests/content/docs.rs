//! `docs/reference/cloudtrail-rules.md` says what the rules are. `UPDATE_DOCS=1` rewrites it.

use std::{fmt::Write as _, fs};

use farguard_authoring::yaml::Node;
use farguard_rules::Rule;

use crate::support::{extension, files, get, items, load, root, text};

const COMMAND: &str = "UPDATE_DOCS=1 cargo test -p farguard-trail --test content";

/// What comes before the rest, which is sorted by name.
const FIRST: [&str; 2] = ["ecs.yaml", "ecr.yaml"];

/// How a window is told.
enum Window {
    /// Several records make an alert.
    Several(String),
    /// One does, but not each.
    Seldom(String),
}

/// The files with rules, in the order of the page: name, and what the comment at the top says.
fn sections() -> Vec<(String, String)> {
    let about = |text: &str| {
        let lines = text.lines().map_while(|line| line.strip_prefix("# "));
        lines.collect::<Vec<_>>().join(" ")
    };
    let mut sections: Vec<(String, String)> =
        files().into_iter().map(|(name, text)| (name, about(&text))).collect();
    sections.sort_by_key(|(name, _)| FIRST.iter().position(|it| it == name).unwrap_or(usize::MAX));
    sections
}

fn rules_of<'r>(rules: &'r [Rule], file: &str) -> Vec<&'r Rule> {
    let is_here = |rule: &&Rule| rule.origins.first().is_some_and(|(_, it)| it.file == file);
    rules.iter().filter(is_here).collect()
}

/// A window in words.
fn window(rule: &Rule) -> Option<Window> {
    let node = extension(rule, "window")?;
    let word = |key| get(node, key).map(text).unwrap_or_default();
    let by: Vec<String> = get(node, "by").map(items).unwrap_or_default().iter().map(code).collect();
    let by = by.join(" and ");
    let within = word("within");
    let steps = get(node, "sequence").map_or(0, |node| items(node).len() + 1);
    Some(match (word("first-seen"), word("distinct"), word("count")) {
        ("", "", "1") => Window::Seldom(format!("at most once in {within} for one {by}")),
        ("", "", "") => Window::Several(format!("{steps} steps within {within} by one {by}")),
        ("", "", count) => Window::Several(format!("{count} records within {within}, one {by}")),
        ("", field, count) => {
            Window::Several(format!("{count} values of `{field}` within {within}, one {by}"))
        }
        (field, ..) => Window::Several(format!(
            "a `{field}` that {by} never had, after {} of learning",
            word("learn")
        )),
    })
}

fn code(node: &Node) -> String {
    format!("`{}`", text(node))
}

fn head(rules: &[Rule]) -> String {
    let several = |rule: &&Rule| matches!(window(rule), Some(Window::Several(_)));
    let fargate = |rule: &&Rule| rule.tags.iter().any(|tag| tag == "fargate");
    let off = rules.iter().filter(|rule| !rule.enabled).count();
    format!(
        "# Rules over CloudTrail\n\n\
         Made from `content/rules/cloudtrail/`: `{COMMAND}` rewrites this page. \
         [The guide](../guide/writing-rules.md) says how to tune them and to write more.\n\n\
         {} rules, {} of them about what runs on Fargate. {} look at more than one record, {off} \
         are off until you know that you want them.\n",
        rules.len(),
        rules.iter().filter(fargate).count(),
        rules.iter().filter(several).count(),
    )
}

fn entry(out: &mut String, rule: &Rule) {
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
    match window(rule) {
        Some(Window::Several(words)) => writeln!(out, "**Over several records:** {words}.\n"),
        Some(Window::Seldom(words)) => writeln!(out, "**Told:** {words}.\n"),
        None => Ok(()),
    }
    .unwrap();
    let remediation = extension(rule, "remediation").map(text).unwrap_or_default();
    writeln!(out, "**What to do:** {remediation}").unwrap();
}

fn page() -> String {
    let rules = &load().rules.rules;
    let mut page = head(rules);
    for (file, about) in sections() {
        let rules = rules_of(rules, &file);
        if rules.is_empty() {
            continue;
        }
        writeln!(page, "\n## {}\n\n{about}", file.trim_end_matches(".yaml")).unwrap();
        rules.iter().for_each(|rule| entry(&mut page, rule));
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
