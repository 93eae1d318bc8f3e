use std::collections::BTreeSet;

use farguard_model::Detail;
use proptest::prelude::*;

use super::rules;
use crate::{Options, Source, check};

/// The ids of what is found.
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
        assert!(rule.why.ends_with('.') && !rule.fix.ends_with('.'), "{}", rule.id);
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
                let fixed = Source::new(rule.bad.as_bytes()).apply(edit).unwrap();
                assert!(!ids(&fixed).contains(&rule.id.to_owned()), "{}: {fixed}", rule.id);
                fixable.insert(rule.id);
            }
        }
    }
    assert!(fixable.len() >= 15, "{fixable:?}");
}

/// Lines of build files that make rules speak, and text between them.
fn file() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "apt-get",
        "install",
        "-y",
        "curl",
        "pip",
        "sudo",
        "apk add",
        "&&",
        "|",
        "\\\n ",
        "'",
        "\"",
        "$(",
        ")",
        "wget x",
        "<<E\n",
        "E\n",
        "\n",
        "apt",
        "é",
        "a b /c",
        ".",
        "http://x",
        "--flag",
        "A=$B",
        "[\"a\"]",
        "# x\n",
        "`",
        "/tmp/a.tar.gz",
        "chmod 777",
        "useradd -u 1234567",
        "\t",
        "\r\n",
    ]);
    let keyword = prop::sample::select(vec![
        "FROM debian",
        "RUN",
        "COPY",
        "ADD",
        "CMD",
        "ENTRYPOINT",
        "WORKDIR",
        "MAINTAINER",
        "ENV",
        "EXPOSE",
        "USER",
        "LABEL",
        "ONBUILD RUN",
        "ONBUILD ADD",
        "HEALTHCHECK CMD",
        "RUN --mount=type=cache,target=/x",
    ]);
    let line = (keyword, prop::collection::vec(word, 0..8))
        .prop_map(|(keyword, words)| format!("{keyword} {}\n", words.join(" ")));
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A fix can be made, and leaves less of what it is for.
    #[test]
    fn fixes_fit_every_file(text in file()) {
        let source = Source::new(text.as_bytes());
        let count = |text: &str, id: &str| ids(text).iter().filter(|found| *found == id).count();
        for finding in check("x", text.as_bytes(), &Options::default()).findings {
            let Detail::Misconfiguration(detail) = &finding.detail else { continue };
            if let Some(edit) = &detail.fix {
                let fixed = source.apply(edit).expect("an edit is inside the file");
                prop_assert!(
                    count(&fixed, &finding.id) < count(&text, &finding.id),
                    "{}: {edit:?}\n{text}\n->\n{fixed}", finding.id
                );
            }
        }
    }
}
