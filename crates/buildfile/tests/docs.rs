//! `docs/reference/build-file-rules.md` says what the rules and the comparison with hadolint hold.
//! `UPDATE_DOCS=1` rewrites it.
#![allow(clippy::unwrap_used, reason = "a test panics when what it reads is missing")]

use std::{collections::BTreeSet, fs, path::Path};

use farguard_buildfile::{Options, Rule, check, rules};
use farguard_model::Detail;
use serde::Deserialize;

const HEAD: &str = "# Rules for build files\n\n\
    What `farguard scan` looks for in Dockerfiles and Containerfiles. Names of hadolint work \
    wherever ours do. *Fix* says that a finding can bring the change that puts it right. \
    [Build files](../guide/build-files.md) says how to use them.\n\n\
    Made from the rules and `fixtures/buildfiles/differences.toml`: `UPDATE_DOCS=1 cargo test -p \
    farguard-buildfile --test docs` rewrites this page.\n\n\
    | rule | severity | about | hadolint | fix |\n|---|---|---|---|---|\n";

const DIFFERENCES: &str = "\n## Differences from hadolint\n\n\
    Every rule that both have is compared on the files of `fixtures/buildfiles`, with hadolint \
    2.15.1. They say the same of the same instruction, except where a reason stands here.\n\n\
    | rules | who says more | why |\n|---|---|---|\n";

const NOT_HERE: &str = "\nNot here: rules of ShellCheck (SC), which judge how a shell script is \
    written; DL1001, which forbids inline ignores; DL3049 to DL3056 and DL3058, which compare labels \
    with a schema from the settings.\n\n\
    hadolint cannot parse these; we read them:\n\n";

#[derive(Deserialize)]
struct Differences {
    difference: Vec<Difference>,
    unreadable: Vec<Unreadable>,
}

#[derive(Deserialize)]
struct Difference {
    rules: Vec<String>,
    reason: String,
    #[serde(default)]
    ours: Vec<String>,
    #[serde(default)]
    theirs: Vec<String>,
}

#[derive(Deserialize)]
struct Unreadable {
    reason: String,
}

fn row(rule: &Rule) -> String {
    let Rule { id, severity, .. } = rule;
    let (concern, aliases) = (rule.concern.as_str(), rule.aliases.join(", "));
    let fix = if brings_fix(rule) { "yes" } else { "" };
    format!("| [`{id}`](#{id}) | {severity} | {concern} | {aliases} | {fix} |\n")
}

/// Whether the finding in the bad example brings a change.
fn brings_fix(rule: &Rule) -> bool {
    check("x", rule.bad.as_bytes(), &Options::default()).findings.iter().any(|finding| {
        let Detail::Misconfiguration(detail) = &finding.detail else { return false };
        finding.id == rule.id && detail.fix.is_some()
    })
}

fn section(rule: &Rule) -> String {
    let Rule { id, title, why, fix, bad, good, .. } = rule;
    let mut title = title.chars();
    let first = title.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!(
        "\n## {id}\n\n{first}{}. {why}\n\nTo fix it, {fix}.\n\n```dockerfile\n# bad\n{bad}\n# good\n{good}```\n",
        title.as_str()
    )
}

fn differences() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/buildfiles");
    let text = fs::read_to_string(path.join("differences.toml")).unwrap();
    let known: Differences = toml::from_str(&text).unwrap();
    let mut page = DIFFERENCES.to_owned();
    for Difference { rules, reason, ours, theirs } in &known.difference {
        let who = match (ours.is_empty(), theirs.is_empty()) {
            (false, true) => "farguard",
            (true, false) => "hadolint",
            _ => "each",
        };
        page += &format!("| {} | {who} | {} |\n", rules.join(", "), reason.replace('|', "\\|"));
    }
    page += NOT_HERE;
    for Unreadable { reason } in &known.unreadable {
        page += &format!("- {reason}\n");
    }
    page
}

#[test]
fn the_page_is_up_to_date() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    let path = directory.join("build-file-rules.md");
    let rows: String = rules().iter().map(|rule| row(rule)).collect();
    let sections: String = rules().iter().map(|rule| section(rule)).collect();
    let page = HEAD.to_owned() + &rows + &differences() + &sections;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stored, page, "run `UPDATE_DOCS=1 cargo test -p farguard-buildfile --test docs`");
}

#[test]
fn differences_name_rules_that_we_have() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/buildfiles");
    let text = fs::read_to_string(path.join("differences.toml")).unwrap();
    let known: Differences = toml::from_str(&text).unwrap();
    let aliases: BTreeSet<&str> = rules().iter().flat_map(|rule| rule.aliases).copied().collect();
    for difference in &known.difference {
        for place in difference.ours.iter().chain(&difference.theirs) {
            let rule = place.rsplit(' ').next().unwrap();
            assert!(aliases.contains(rule), "{place}");
            assert!(difference.rules.iter().any(|named| named == rule), "{place}");
        }
    }
}
