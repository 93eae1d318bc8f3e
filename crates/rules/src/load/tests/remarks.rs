//! What is said about files, and where.

use super::*;
use crate::diagnostic::text;

/// The place is marked with `§` in the text.
fn check(marked: &str, code: &str, message: &str, help: Option<&str>) {
    let (before, _) = marked.split_once('§').expect("a mark");
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let loaded = load(&marked.replace('§', ""));
    let remarks: Vec<_> = loaded.files.iter().flat_map(|file| &file.diagnostics).collect();
    let found = remarks
        .iter()
        .find(|it| it.code.as_str() == code)
        .unwrap_or_else(|| panic!("{marked}: {remarks:#?}"));
    assert!(found.message.contains(message), "{marked}: {}", found.message);
    assert_eq!(
        (found.origin.line as usize, found.origin.column as usize),
        (line, column),
        "{marked}\n{}",
        text::diagnostic(found)
    );
    if help.is_some() {
        assert_eq!(found.help.as_deref(), help, "{marked}");
    }
}

#[test]
fn places_inside_conditions_are_exact() {
    let code = "LOAD_ERR_COMPILE_CONDITION";
    let of = |condition: &str| {
        format!("- rule: r\n  desc: d\n  priority: INFO\n  output: o\n  condition: {condition}\n")
    };
    let unknown = "filter_check called with nonexistent field proc.nmae";
    let help = Some("did you mean `proc.name`?");
    check(&of("evt.type=open and §proc.nmae=x"), code, unknown, help);
    check(&of(">\n    evt.type=open\n    and   §proc.nmae=x\n"), code, unknown, help);
    check(&of("|\n    evt.type=open\n\n    and\n    §proc.nmae=x"), code, unknown, help);
    check(&of("evt.type=open\n    and §proc.nmae=x"), code, unknown, help);
    check(&of("\"evt.type=\\\"open\\\" and §proc.nmae=x\""), code, unknown, help);
    check(&of("'evt.type=''open'' and §proc.nmae=x'"), code, unknown, help);
    check(&of("evt.type=öpen and§"), code, "expected blank or '(' after 'and'", None);
}

#[test]
fn remarks_point_at_what_is_wrong() {
    let rule = rule("r", "evt.type=open");
    check(
        "- rule: §r\n".replace("§r", "r\n  §conditon: x").as_str(),
        "LOAD_UNKNOWN_KEY",
        "Unknown key 'conditon'",
        Some("did you mean `condition`?"),
    );
    check(
        "§- rlue: r".replace("§- ", "- §").as_str(),
        "LOAD_UNKNOWN_ITEM",
        "Unknown top level item",
        Some("did you mean `rule`?"),
    );
    check(
        "- {rule: r, desc: d, condition: evt.type=open, output: o, priority: §WARN}",
        "LOAD_ERR_YAML_VALIDATE",
        "Invalid priority",
        None,
    );
    check(
        "- §{rule: r, desc: d}".replace("§{rule", "{§rule").as_str(),
        "LOAD_ERR_YAML_VALIDATE",
        "Item has no mapping for key 'condition'",
        None,
    );
    check(
        "- {macro: m, condition: evt.type=open and §nn}\n- {macro: mm, condition: evt.type=open}",
        "LOAD_ERR_VALIDATE",
        "Undefined macro 'nn' used in filter.",
        None,
    );
    check(
        "- {macro: a, condition: §later}\n- {macro: later, condition: evt.type=open}",
        "LOAD_ERR_VALIDATE",
        "Undefined macro 'later'",
        Some("`later` is defined below: define it before the macro that names it"),
    );
    check(
        "- {list: l, items: [x]}\n- {macro: a, condition: not §l}",
        "LOAD_ERR_VALIDATE",
        "Undefined macro 'l'",
        Some("`l` is a list: compare a field with it, `field in (l)`"),
    );
    check(
        "- §required_engine_version: 1.0.0",
        "LOAD_ERR_VALIDATE",
        "Rules require engine version 1.0.0, but engine version is 0.63.0",
        None,
    );
    check(
        "- required_plugin_versions:\n  - {§name: json, version: 0.8.0}",
        "LOAD_ERR_VALIDATE",
        "must load one of: json (>= 0.8.0)",
        None,
    );
    check(
        "- {list: l, items: [a, §[b]]}",
        "LOAD_ERR_YAML_VALIDATE",
        "sequence value is not scalar",
        None,
    );
    check(
        &format!("{rule}- {{§rule: r, source: records, append: true, condition: and x}}"),
        "LOAD_ERR_VALIDATE",
        "different source",
        None,
    );
    check(
        &format!("{rule}- {{rule: r, tags: [x], override: {{§tgas: append}}}}"),
        "LOAD_ERR_YAML_VALIDATE",
        "Key 'tgas' cannot be appended to",
        Some("did you mean `tags`?"),
    );
    check(
        &format!("{rule}- {{rule: r, tags: [x], desc: §d, override: {{tags: append}}}}"),
        "LOAD_ERR_YAML_VALIDATE",
        "Unexpected key 'desc'",
        None,
    );
    check(
        &format!("{rule}  exceptions:\n    - {{name: x, fields: [proc.name], comps: [§equals]}}"),
        "LOAD_ERR_VALIDATE",
        "'equals' is not a supported comparison operator",
        None,
    );
    check(
        &format!("{rule}  exceptions:\n    - {{name: x, fields: [§proc.nam]}}"),
        "LOAD_ERR_VALIDATE",
        "'proc.nam' is not a supported filter field",
        Some("did you mean `proc.name`?"),
    );
    check(
        "- {§rule: r, desc: d, condition: evt.num>0, output: o, priority: INFO}",
        "LOAD_NO_EVTTYPE",
        "too many evt.type values",
        None,
    );
    check(
        "- {rule: r, source: records, desc: d, condition: §jevt.value = <NA>, output: o, priority: INFO}",
        "LOAD_UNSAFE_NA_CHECK",
        "<NA>",
        None,
    );
    check(
        "- {rule: r, desc: d, condition: 'evt.type in (open, §opne)', output: o, priority: INFO}",
        "LOAD_ERR_COMPILE_CONDITION",
        "unknown event type opne",
        Some("did you mean `open`?"),
    );
    check("a: [\n]§]", "LOAD_ERR_YAML_PARSE", "not YAML", None);
}

#[test]
fn rules_that_may_be_skipped_are_skipped() {
    let text =
        format!("{}  skip-if-unknown-filter: true\n", rule("r", "evt.type=open and no.such=x"));
    let loaded = load(&text);
    assert!(loaded.is_ok() && loaded.rules.rules.is_empty());
    assert_eq!(places(&loaded), ["LOAD_UNKNOWN_FILTER 3:32"]);
}

#[test]
fn one_bad_item_does_not_hide_the_others() {
    let text = format!(
        "- {{rule: a}}\n{}- {{macro: broken, condition: evt.type=}}\n{}{}",
        rule("b", "no_such"),
        rule("c", "broken"),
        rule("d", "evt.type=open"),
    );
    let loaded = load(&text);
    assert_eq!(
        places(&loaded),
        ["LOAD_ERR_YAML_VALIDATE 1:4", "LOAD_ERR_COMPILE_CONDITION 7:39", "LOAD_ERR_VALIDATE 4:14"]
    );
    assert_eq!(loaded.rules.rules.len(), 1);
}

#[test]
fn remarks_are_printed_for_people() {
    let text = format!("{}\n", rule("Open it", "evt.type=open and proc.nmae=x"));
    let loaded = load(&text);
    let expect =
        "error[LOAD_ERR_COMPILE_CONDITION]: filter_check called with nonexistent field proc.nmae
  --> rules.yaml:3:32
   |
 3 |   condition: evt.type=open and proc.nmae=x
   |                                ^^^^^^^^^
   = in rule `Open it`, rule condition
   = help: did you mean `proc.name`?
";
    assert_eq!(text::diagnostic(&loaded.files[0].diagnostics[0]), expect);
    assert_eq!(text::summary(&loaded.files[0]), "rules.yaml: Invalid, 1 error");
}

#[test]
fn what_is_printed_does_not_steer_a_terminal() {
    let loaded = load(
        "- {rule: \"a\\e[31m\\nb\", priority: \"\\e]0;x\\a\"}\n- {list: l, items: {\"\\e\": x}}",
    );
    let remarks = loaded.files.iter().flat_map(|file| &file.diagnostics);
    let printed: String = remarks.map(text::diagnostic).collect();
    assert!(!printed.contains(|c: char| c.is_control() && c != '\n'), "{printed:?}");
}
