use std::collections::BTreeSet;

use farguard_model::{Detail, Edit};

use super::rules;
use crate::{Options, Source, check};

/// The ids of what is found, with the text that the fix makes of the file.
fn ids(text: &str) -> Vec<String> {
    let options = Options {
        trusted_registries: vec!["docker.io".into(), "registry.example.com".into()],
        ..Options::default()
    };
    check("Dockerfile", text.as_bytes(), &options).findings.into_iter().map(|f| f.id).collect()
}

#[test]
fn the_registry_is_sorted_and_complete() {
    assert!(rules().is_sorted_by(|a, b| a.id < b.id));
    let mut aliases = BTreeSet::new();
    for rule in rules() {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(rule.id.chars().all(kebab), "{}", rule.id);
        for text in [rule.title, rule.why, rule.fix] {
            assert!(!text.is_empty() && !text.contains("  "), "{}: {text}", rule.id);
        }
        assert!(rule.why.ends_with('.') && rule.fix.ends_with('.'), "{}", rule.id);
        assert!(rule.aliases.iter().all(|alias| aliases.insert(*alias)), "{}", rule.id);
    }
}

#[test]
fn examples_do_what_they_say() {
    for rule in rules() {
        assert!(ids(rule.bad).iter().any(|id| id == rule.id), "{}: bad example", rule.id);
        assert!(!ids(rule.good).iter().any(|id| id == rule.id), "{}: good example", rule.id);
        for example in [rule.bad, rule.good] {
            let problems = check("x", example.as_bytes(), &Options::default()).problems;
            assert_eq!(problems, [], "{}", rule.id);
        }
    }
}

#[test]
fn fixes_put_right_what_they_are_for() {
    let mut fixable = BTreeSet::new();
    for rule in rules() {
        let found = check("x", rule.bad.as_bytes(), &Options::default()).findings;
        for finding in found.iter().filter(|finding| finding.id == rule.id) {
            let Detail::Misconfiguration(detail) = &finding.detail else { panic!() };
            if let Some(edit) = &detail.fix {
                let fixed = apply(rule.bad, edit);
                assert!(!ids(&fixed).contains(&rule.id.to_owned()), "{}: {fixed}", rule.id);
                fixable.insert(rule.id);
            }
        }
    }
    assert!(fixable.len() >= 15, "{fixable:?}");
}

/// The text with one change made.
pub(crate) fn apply(text: &str, edit: &Edit) -> String {
    let source = Source::new(text.as_bytes());
    let offset = |line: u32, column: u32| {
        let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let wanted = |at: &usize| {
            let place = source.position(*at);
            (place.line, place.column) == (line, column)
        };
        places.filter(|at| wanted(at)).next().expect("an edit is inside the file")
    };
    let start = offset(edit.start_line, edit.start_column);
    let end = offset(edit.end_line, edit.end_column);
    assert!(start <= end);
    format!("{}{}{}", &text[..start], edit.replacement, &text[end..])
}
