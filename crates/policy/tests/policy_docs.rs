//! `docs/reference/policy.md` says what [`KEYS`] holds, and every example in it is read.
//! `UPDATE_DOCS=1` rewrites the page.

use std::{collections::BTreeSet, fs, path::Path};

use farguard_policy::{KEYS, Key, Known, Policy, Section};

const HEAD: &str = "# The policy language\n\n\
    Every key that a policy may have. [Policies](../guide/policies.md) is the tutorial; \
    `farguard policy check FILE` finds mistakes.\n\n\
    - Exceptions are looked at first, then the rules from top to bottom. **The first that matches a \
    finding decides on it.** What no rule speaks of passes.\n\
    - Of several policies (`--policy A --policy B`) each judges alone, and the worst decision counts.\n\
    - All keys of `when`, and all keys of one condition, have to hold. Of the conditions in a list, \
    and of the patterns in a list, one has to.\n\
    - A *pattern* is a text in which `*` stands for anything and `?` for one character. One pattern \
    may be written without a list.\n\
    - Demands that are not met become findings of kind `violation`, decided by the rule that makes \
    the demand, unless an exception or an earlier rule names them by `id` or `kind`.\n\
    - JSON is YAML. Unknown and repeated keys are errors; anchors work, and `<<` does not.\n\n\
    Made from the parser's own table: `UPDATE_DOCS=1 cargo test -p farguard-policy --test \
    policy_docs` rewrites this page.\n";

fn about(section: Section) -> &'static str {
    match section {
        Section::Policy => "",
        Section::Rule => "One of `fail`, `warn` and `pass` is required.",
        Section::When => "What a target does not have (a directory has no tag) is not selected.",
        Section::Finding => {
            "The keys `exploited`, `fix`, `epss-above`, `age-days`, `grace-days` and `development` \
             hold for vulnerabilities only."
        }
        Section::Demand => {
            "A condition has one demand, with no key that asks about findings. Those on images mean \
             nothing for directories, build files and bills of materials, and those on registries \
             nothing for local archives."
        }
        Section::Exception => "Exceptions are for findings of all kinds, violations too.",
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for section in Section::ALL {
        page += &format!("\n## {}\n\n", section.title());
        if !about(section).is_empty() {
            page += &format!("{}\n\n", about(section));
        }
        page += "| key | value | meaning | example |\n|---|---|---|---|\n";
        for key in KEYS.iter().filter(|key| key.section == section) {
            let Key { name, value, about, example, .. } = key;
            let example = if *example == "[]" { String::new() } else { format!("`{example}`") };
            page += &format!("| `{name}` | {value} | {about} | {example} |\n");
        }
    }
    page
}

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/policy.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        stored, page,
        "run `UPDATE_DOCS=1 cargo test -p farguard-policy --test policy_docs`"
    );
}

/// A policy with the example of a key, and nothing else that it does not need.
fn example(key: &Key) -> String {
    let Key { section, name, example, .. } = key;
    let rule = |inside: &str| format!("name: p\nrules:\n  - id: r\n{inside}");
    let fail = |inside: &str| rule(&format!("    fail:\n      - {inside}\n"));
    let written = format!("{name}: {example}");
    let rules = "rules: [{id: r, fail: [id: x]}]\n";
    match section {
        Section::Policy if *name == "name" => format!("{written}\n{rules}"),
        Section::Policy if *name == "rules" => format!("name: p\n{written}\n"),
        Section::Policy => format!("name: p\n{written}\n{rules}"),
        Section::Rule if *name == "id" => {
            format!("name: p\nrules:\n  - {written}\n    fail: [id: x]\n")
        }
        Section::Rule if matches!(*name, "fail" | "warn" | "pass") => {
            rule(&format!("    {written}\n"))
        }
        Section::Rule => rule(&format!("    {written}\n    fail: [id: x]\n")),
        Section::When => rule(&format!("    when: {{{written}}}\n    fail: [id: x]\n")),
        Section::Finding => fail(&written),
        Section::Demand if *name == "unknown-licenses" => {
            fail(&format!("forbidden-licenses: X\n        {written}"))
        }
        Section::Demand if matches!(*name, "signer" | "issuer") => {
            fail(&format!("signature: required\n        {written}"))
        }
        Section::Demand => fail(&written),
        Section::Exception => {
            let entries = [
                ("id", "e"),
                ("findings", "x"),
                ("owner", "o"),
                ("reason", "r"),
                ("expires", "2099-01-01"),
            ];
            let others = entries.iter().filter(|(other, _)| other != name);
            let others: Vec<String> =
                others.map(|(key, value)| format!("{key}: {value}")).collect();
            format!("name: p\n{rules}exceptions:\n  - {{{written}, {}}}\n", others.join(", "))
        }
    }
}

#[test]
fn every_example_is_read_without_remarks() {
    for key in KEYS {
        let text = example(key);
        let parsed = Policy::parse("example", &text, &Known::default());
        let said: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
        assert!(parsed.policy.is_some() && said.is_empty(), "{said:#?} for\n{text}");
    }
}

#[test]
fn keys_are_unique_in_their_section_and_say_what_they_mean() {
    let mut seen = BTreeSet::new();
    for key in KEYS {
        let section = Section::ALL.iter().position(|section| *section == key.section);
        assert!(seen.insert((section, key.name)), "{}", key.name);
        assert!(key.about.ends_with('.'), "{}", key.about);
        assert!(!key.name.contains(|c: char| !c.is_ascii_lowercase() && c != '-'), "{}", key.name);
    }
}

#[test]
fn the_built_in_policies_and_the_guide_have_no_mistakes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut texts = Vec::new();
    for name in ["permissive", "standard", "strict"] {
        let path = format!("content/policies/{name}.yaml");
        texts.push((path.clone(), fs::read_to_string(root.join(path)).unwrap()));
    }
    let guide = fs::read_to_string(root.join("docs/guide/policies.md")).unwrap();
    let blocks = guide.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    texts.extend(blocks.map(|text| ("docs/guide/policies.md".to_owned(), text.to_owned())));
    assert!(texts.len() > 7, "the guide has recipes");
    for (path, text) in texts {
        let parsed = Policy::parse(&path, &text, &Known::default());
        let said: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
        assert!(parsed.policy.is_some() && said.is_empty(), "{said:#?} for\n{text}");
    }
}
