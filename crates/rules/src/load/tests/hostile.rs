//! Files that mean harm.

use std::fmt::Write;

use super::*;

fn errors(text: &str) -> Vec<String> {
    let loaded = load(text);
    let remarks = loaded.files.iter().flat_map(|file| &file.diagnostics);
    remarks.filter(|it| it.is_error()).map(|it| it.message.clone()).collect()
}

#[test]
fn a_bomb_of_macros_costs_what_is_written() {
    let mut text = "- {macro: m0, condition: evt.type=open}\n".to_owned();
    for at in 1..=60 {
        let _ = writeln!(text, "- {{macro: m{at}, condition: m{0} and m{0} or m{0}}}", at - 1);
    }
    let loaded = load(&format!("{text}{}", rule("r", "m60")));
    assert!(loaded.is_ok());
    assert_eq!(loaded.rules.rules.len(), 1);
}

#[test]
fn chains_of_macros_end() {
    let mut text = "- {macro: m0, condition: evt.type=open}\n".to_owned();
    for at in 1..=100_000 {
        let _ = writeln!(text, "- {{macro: m{at}, condition: m{}}}", at - 1);
    }
    let found = errors(&format!("{text}{}", rule("r", "m99999")));
    assert_eq!(found, ["macros are nested deeper than 400 levels"]);
}

#[test]
fn chains_backwards_end() {
    let mut text = String::new();
    for at in 0..5_000 {
        let _ = writeln!(text, "- {{macro: m{at}, condition: evt.type=open}}");
    }
    for at in 0..4_999 {
        let _ = writeln!(text, "- {{macro: m{at}, condition: m{}}}", at + 1);
    }
    assert_eq!(errors(&text), ["macros are nested deeper than 400 levels"]);
}

#[test]
fn macros_that_are_all_open_are_looked_at_once() {
    let mut text = "- {macro: all, condition: evt.type=open}\n".to_owned();
    let mut names = Vec::new();
    for at in 0..10_000 {
        let _ = writeln!(text, "- {{macro: m{at}, condition: evt.type=open}}");
        names.push(format!("m{at}"));
    }
    let _ = writeln!(text, "- {{macro: all, condition: {}}}", names.join(" or "));
    assert!(load(&format!("{text}{}", rule("r", "all"))).is_ok());
}

#[test]
fn loops_are_found() {
    let check = |text: &str, expect: &[&str]| assert_eq!(errors(text), expect, "{text}");
    let one = "- {macro: a, condition: evt.type=open}\n";
    let two = format!("{one}- {{macro: b, condition: a}}\n");
    check(&format!("{one}- {{macro: a, condition: a or a}}"), &["reference loop in macro 'a'"]);
    check(&format!("{two}- {{macro: a, condition: b}}"), &["reference loop in macro 'b'"]);
    let three = format!("{two}- {{macro: c, condition: b}}\n");
    check(
        &format!("{three}- {{macro: a, condition: or c, append: true}}"),
        &["reference loop in macro 'c'"],
    );
    check("- {macro: a, condition: a}", &["Undefined macro 'a' used in filter."]);
}

#[test]
fn lists_in_themselves_are_words() {
    let lists = "- {list: a, items: [x]}\n- {list: b, items: [a, y]}\n- {list: a, items: [b]}\n";
    let loaded = load(&format!("{lists}{}", rule("r", "evt.type=open and proc.name in (a)")));
    let condition = loaded.rules.rules[0].condition.expr.to_string();
    assert_eq!(condition, "(evt.type = open and proc.name in (a, y))");
    assert_eq!(places(&loaded), ["LOAD_COMPILE_CONDITION 2:4"]);
}

#[test]
fn a_bomb_of_lists_is_refused() {
    let mut text = "- {list: l0, items: [a, b]}\n".to_owned();
    for at in 1..=60 {
        let _ = writeln!(text, "- {{list: l{at}, items: [l{0}, l{0}]}}", at - 1);
    }
    let found = errors(&format!("{text}{}", rule("r", "evt.type=open and proc.name in (l60)")));
    assert!(found.iter().any(|it| it.starts_with("lists hold more than")), "{found:?}");
}

#[test]
fn lists_put_many_times_into_one_condition_are_refused() {
    let items = vec!["x"; 10_000].join(", ");
    let condition = vec!["proc.name in (l)"; 1000].join(" or ");
    let found = errors(&format!("- {{list: l, items: [{items}]}}\n{}", rule("r", &condition)));
    assert!(found[0].starts_with("lists put more than"), "{found:?}");
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut text = "- list: a0\n  items: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for at in 1..12 {
        let aliases = vec![format!("*a{}", at - 1); 10].join(", ");
        let _ = writeln!(text, "- list: a{at}\n  items: &a{at} [{aliases}]");
    }
    let found = errors(&text);
    assert!(found[0].contains("copies by aliases included"), "{found:?}");
}

#[test]
fn large_conditions_are_read_and_too_large_files_are_not() {
    let parts = vec!["proc.name = some_name_of_a_process"; 250_000].join(" or ");
    let loaded = load(&rule("r", &format!("evt.type=open and ({parts})")));
    assert!(loaded.is_ok());
    let found = errors(&format!("# {}", "x".repeat(17 << 20)));
    assert!(found[0].contains("longer than"), "{found:?}");
    let brackets = errors(&rule("r", &"(".repeat(1_000_000)));
    assert_eq!(brackets, ["exceeded max depth limit of 1000"]);
    assert!(errors(&"[".repeat(1_000_000))[0].starts_with("not YAML"));
}

#[test]
fn many_errors_stay_few_lines() {
    let parts = vec!["no.such = x"; 10_000].join(" or ");
    assert_eq!(errors(&rule("r", &parts)).len(), 20);
    let unknown: String = (0..2000).map(|at| rule(&format!("r{at}"), "no_such_macro")).collect();
    assert_eq!(errors(&unknown).len(), 2000);
}

#[test]
fn keys_of_every_type_are_refused_or_read() {
    let keys = super::super::keys::RULE
        .iter()
        .chain(super::super::keys::LIST)
        .chain(super::super::keys::MACRO);
    for key in keys {
        for value in ["", "~", "[]", "{}", "[[[]]]", "{a: [b]}", "\"\"", "0", "\"\\0\"", "&a [*a]"]
        {
            for base in [
                "rule: r",
                "macro: m",
                "list: l",
                "rule: r\n  append: true",
                "rule: r\n  override: {x: append}",
            ] {
                let text = format!("{}- {base}\n  {key}: {value}\n", rule("r", "evt.type=open"));
                let _ = load(&text);
            }
        }
    }
    for items in [
        "required_engine_version: []",
        "required_plugin_versions: {}",
        "required_plugin_versions: [1]",
        "rule: {}",
        "list: []",
        "macro: ~",
    ] {
        assert_eq!(errors(&format!("- {items}")).len(), 1, "{items}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let catalog = catalog();
    let mut loader = Loader::new(&catalog);
    loader
        .bytes("bad.yaml", b"- list: a\n  items: [\xff]\n")
        .bytes("good.yaml", b"- {list: b, items: [x]}");
    let loaded = loader.finish();
    assert_eq!(
        loaded.files[0].diagnostics[0].message,
        "the file is not UTF-8: byte 20 begins no character"
    );
    assert!(loaded.files[1].is_ok());
    let nul = load("- {list: a, items: [\"x\\0y\"]}");
    assert!(nul.is_ok());
}

/// A file with everything in it.
const WHOLE: &str = "- required_engine_version: 0.31.0
- required_plugin_versions: [{name: json, version: 0.7.0, alternatives: [{name: b, version: 1.0.0}]}]
- list: shells
  items: [bash, 'a b', \"c\\\"d\"]
- macro: opened
  condition: >
    evt.type in (open, openat)
    and not proc.name in (shells)
- rule: \"First\"
  desc: |
    a rule
  condition: opened and (fd.name startswith oneof (/etc, /root) or proc.pid > 0x1F)
  output: 'seen %proc.name'
  priority: INFO
  tags: [a, b]
  exceptions:
    - name: x
      fields: [proc.name, fd.name]
      comps: [=, startswith anyof]
      values:
        - [cat, [/a, /b]]
  farguard: {remediation: stop, references: [x], examples: {fires: [{a: 1}]}}
- rule: First
  condition: and proc.name != ä
  override: {condition: append}
---
- rule: First
  enabled: false
";

mod damaged {
    use proptest::prelude::*;

    use super::{WHOLE, load};
    use crate::diagnostic::{json, text};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn files_are_loaded_or_refused(
            edits in prop::collection::vec((0..WHOLE.len(), 0_usize..12, "[a-z\\-:\\[\\]{}()'\"|>&*!%@,.=<> \n\u{e9}\u{1b}]{0,6}"), 1..6)
        ) {
            let mut text: Vec<char> = WHOLE.chars().collect();
            for (at, length, put) in edits {
                let at = at.min(text.len());
                let end = (at + length).min(text.len());
                text.splice(at..end, put.chars());
            }
            let text: String = text.into_iter().collect();
            let loaded = load(&text);
            prop_assert!(json::validation(&loaded.files).is_object());
            for remark in loaded.files.iter().flat_map(|file| &file.diagnostics) {
                let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
                prop_assert!(remark.origin.line <= lines.max(1) + 1, "{}", text::diagnostic(remark));
                prop_assert!(!remark.message.is_empty());
            }
        }
    }

    #[test]
    fn the_whole_file_is_loaded() {
        let loaded = load(WHOLE);
        let remarks: String = loaded.files[0].diagnostics.iter().map(text::diagnostic).collect();
        assert!(loaded.is_ok(), "{remarks}");
        let rule = &loaded.rules.rules[0];
        let expect = concat!(
            "(((evt.type in (open, openat) and not proc.name in (bash, \"a b\", \"c\\\"d\"))",
            " and (fd.name startswith oneof (/etc, /root) or proc.pid > 0x1F) and proc.name != ä)",
            " and not (proc.name = cat and fd.name startswith anyof (/a, /b)))",
        );
        assert_eq!(rule.condition.expr.to_string(), expect);
    }
}
