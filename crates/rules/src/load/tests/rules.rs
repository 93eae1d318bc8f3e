//! What rules become.

use super::*;
use crate::rule::Priority;

/// The conditions of all rules, with everything put in.
fn conditions(text: &str) -> Vec<String> {
    let loaded = load(text);
    assert!(loaded.is_ok(), "{text}: {:?}", loaded.files);
    loaded.rules.rules.iter().map(|rule| rule.condition.expr.to_string()).collect()
}

#[test]
fn lists_and_macros_are_put_in() {
    let check = |items: &str, condition: &str, expect: &str| {
        let text = format!("{items}\n{}", rule("r", condition));
        assert_eq!(conditions(&text), [expect], "{items} {condition}");
    };
    let shells = "- {list: sh, items: [bash, 'a b']}\n- {list: all, items: [sh, cat]}";
    check(
        shells,
        "evt.type = open and proc.name in (ls, all)",
        "(evt.type = open and proc.name in (ls, bash, \"a b\", cat))",
    );
    check(
        "- {list: one, items: [cat]}",
        "evt.type=open and proc.name= one",
        "(evt.type = open and proc.name = cat)",
    );
    check(
        "- {list: low, items: [100]}",
        "evt.type=open and proc.pid < low",
        "(evt.type = open and proc.pid < 100)",
    );
    check(
        "- {list: a, items: [b]}\n- {list: b, items: [x]}\n- {list: c, items: [b, a]}",
        "proc.name in (c) and evt.type=open",
        "(proc.name in (x, x) and evt.type = open)",
    );
    check(
        "- {list: sh, items: [x]}",
        "evt.type=open and proc.name in ('sh', \"a sh b\")",
        "(evt.type = open and proc.name in (sh, \"a sh b\"))",
    );
    let macros = "- {macro: m, condition: evt.type=open or n_later}\n- {macro: n_later, condition: proc.name=x}";
    let again = "- {macro: m, condition: n_later and evt.type=open}";
    check(
        &format!("{}\n{again}", macros.replace(" or n_later", "")),
        "not m",
        "not (proc.name = x and evt.type = open)",
    );
}

#[test]
fn lists_of_lists_are_put_in_whole() {
    let text = "- {list: a, items: [x]}\n- {list: b, items: [a]}\n- {list: c, items: [b]}\n";
    let text = format!("{text}{}", rule("r", "evt.type=open and proc.name in (c)"));
    assert_eq!(conditions(&text), ["(evt.type = open and proc.name in (x))"]);
    let text = format!("- {{list: c, items: [b]}}\n{text}");
    assert_eq!(conditions(&text), ["(evt.type = open and proc.name in (x))"]);
}

#[test]
fn exceptions_are_put_behind_the_condition() {
    let check = |exceptions: &str, expect: &str| {
        let text = format!("{}  exceptions:\n    - {exceptions}\n", rule("r", "evt.type=open"));
        assert_eq!(conditions(&text), [expect], "{exceptions}");
    };
    check(
        "{name: x, fields: proc.name, values: [a, b c]}",
        "(evt.type = open and not proc.name in (a, \"b c\"))",
    );
    check(
        "{name: x, fields: [proc.name, fd.name], values: [[a, b], [c, d=e]]}",
        "(evt.type = open and not ((proc.name = a and fd.name = b) or (proc.name = c and fd.name = \"d=e\")))",
    );
    check(
        "{name: x, fields: [fd.name], comps: [pmatch], values: [[[/a, /b]]]}",
        "(evt.type = open and not fd.name pmatch (/a, /b))",
    );
    check(
        "{name: x, fields: fd.name, comps: endswith anyof, values: [.so]}",
        "(evt.type = open and not fd.name endswith anyof (.so))",
    );
    check("{name: x, fields: [tolower(fd.name)]}", "evt.type = open");
}

#[test]
fn rules_are_changed_by_later_items() {
    let base = rule("r", "evt.type=open");
    let check = |change: &str, read: &dyn Fn(&crate::Rule) -> String, expect: &str| {
        let loaded = load(&format!("{base}\n- rule: r\n{change}"));
        assert!(loaded.is_ok(), "{change}: {:?}", loaded.files);
        assert_eq!(read(&loaded.rules.rules[0]), expect, "{change}");
    };
    let text = |rule: &crate::Rule| rule.condition.text.clone();
    check("  condition: and proc.name=x\n  append: true", &text, "evt.type=open and proc.name=x");
    check("  condition: evt.type=close\n  override: {condition: replace}", &text, "evt.type=close");
    check("  desc: more\n  override: {desc: append}", &|it| it.desc.clone(), "a rule more");
    check("  tags: [b, a, b]\n  override: {tags: append}", &|it| it.tags.join(" "), "a b");
    check(
        "  priority: error\n  override: {priority: replace}",
        &|it| it.priority.as_str().to_owned(),
        "Error",
    );
    check("  enabled: no", &|it| it.enabled.to_string(), "false");
    check(
        "  capture: true\n  capture_duration: 7\n  override: {capture: replace, capture_duration: replace}",
        &|it| format!("{:?}", it.capture),
        "Some(7)",
    );
    check(
        "  farguard: {remediation: stop it}\n  tags: [x]\n  override: {tags: append}",
        &|it| it.extension.is_some().to_string(),
        "true",
    );
    check(
        "  enabled: false\n  override: {enabled: replace}",
        &|it| it.origins.len().to_string(),
        "2",
    );
}

#[test]
fn several_documents_and_files_are_one_set() {
    let catalog = catalog();
    let mut loader = Loader::new(&catalog);
    loader.file(
        "a.yaml",
        "---\n- {macro: m, condition: evt.type=open}\n---\n- {list: l, items: [x]}\n",
    );
    loader.file("b.yaml", &rule("r", "m and proc.name in (l)"));
    loader.file("c.yaml", "");
    let loaded = loader.finish();
    assert_eq!(places(&loaded), [""; 0]);
    assert!(loaded.rules.macros[0].used && loaded.rules.lists[0].used);
    assert_eq!(loaded.rules.rules[0].origins[0].1.file, "b.yaml");
    assert!(loaded.files.iter().all(|file| file.schema.is_empty()));
}

#[test]
fn bodies_of_macros_are_shared() {
    let text = format!(
        "- {{macro: m, condition: evt.type=open}}\n- {{macro: n, condition: m or m}}\n{}{}",
        rule("a", "m and n"),
        rule("b", "n"),
    );
    let loaded = load(&text);
    let bodies = |at: usize| {
        let mut found = Vec::new();
        fn visit(expr: &crate::syntax::Expr, found: &mut Vec<*const crate::syntax::Expr>) {
            match expr {
                crate::syntax::Expr::And(parts) | crate::syntax::Expr::Or(parts) => {
                    parts.iter().for_each(|part| visit(part, found));
                }
                crate::syntax::Expr::Macro { body: Some(body), .. } => {
                    found.push(std::sync::Arc::as_ptr(body));
                }
                _ => {}
            }
        }
        visit(&loaded.rules.rules[at].condition.expr, &mut found);
        found
    };
    assert_eq!((bodies(0).len(), bodies(1).len()), (2, 1));
    assert_eq!(bodies(0)[1], bodies(1)[0]);
}

#[test]
fn rules_are_selected_by_name_tag_and_priority() {
    let tagged =
        |name: &str, tag: &str| format!("{}  tags: [{tag}]\n", rule(name, "evt.type=open"));
    let text = format!("{}{}{}", tagged("open a", "x"), tagged("open b", "y"), tagged("exec", "x"));
    let check = |selection: Selection, expect: &[&str]| {
        let mut rules = load(&text).rules;
        selection.apply(&mut rules);
        let enabled = rules.rules.iter().filter(|rule| rule.enabled);
        assert_eq!(enabled.map(|rule| rule.name.as_str()).collect::<Vec<_>>(), expect);
    };
    check(Selection::default(), &["open a", "open b", "exec"]);
    check(Selection::default().tag("x", false), &["open b"]);
    check(Selection::default().all(false).name("open*", true), &["open a", "open b"]);
    check(Selection::default().part("open", false), &["exec"]);
    check(Selection::default().name("*", false).tag("x", true).name("exec", false), &["open a"]);
    check(Selection::default().minimum(Priority::Notice), &[]);
    let rules = load(&text).rules;
    assert_eq!(Selection::default().tag("z", true).name("o*", true).unmatched(&rules), ["z"]);
}
