//! Labels, environment variables and authors.

use farguard_model::Severity;

use super::support::short;
use crate::{
    ast::{Body, Keyword, Pair, unquote},
    context::Context,
    rule::{Concern, Hits, Rule},
};

pub(super) static MAINTAINER: Rule = Rule {
    id: "maintainer-instruction",
    aliases: &["DL4000"],
    title: "MAINTAINER is no longer an instruction",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "It is deprecated since Docker 1.13, and no tool reads what it sets.",
    fix: "write `LABEL org.opencontainers.image.authors=\"...\"`",
    bad: "FROM debian:12\nMAINTAINER somebody\n",
    good: "FROM debian:12\nLABEL org.opencontainers.image.authors=\"somebody\"\n",
    check: |context, hits| {
        for item in context.of(Keyword::Maintainer) {
            let hit = hits.add(item.instruction.keyword_span, "`MAINTAINER` is deprecated");
            let name = unquote(item.instruction.arguments());
            if !name.is_empty() && !name.contains(['"', '\\', '$', '`']) && !item.on_build {
                let label = format!("LABEL org.opencontainers.image.authors=\"{name}\"");
                hit.replace(item.instruction.span, label);
            }
        }
    },
};

pub(super) static LABEL_KEY: Rule = Rule {
    id: "invalid-label-key",
    aliases: &["DL3048"],
    title: "label with a key that is against the rules",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "Keys have lower-case letters, digits, dots, dashes and underscores; others may not be found, and some \
          prefixes belong to Docker.",
    fix: "write the key in lower case with dots, as in `org.opencontainers.image.title`",
    bad: "FROM debian:12\nLABEL App.Name=shop\n",
    good: "FROM debian:12\nLABEL com.example.name=shop\n",
    check: |context, hits| {
        for (_, pair) in context.pairs(Keyword::Label) {
            let key = unquote(&pair.name.text);
            if let Some(reason) = label_fault(key) {
                hits.add(pair.name.span, format!("`{}` {reason}", short(key)));
            }
        }
    },
};

pub(super) static SELF_REFERENCE: Rule = Rule {
    id: "self-referring-env",
    aliases: &["DL3044"],
    title: "ENV uses a variable that it sets itself",
    severity: Severity::Medium,
    concern: Concern::Correctness,
    why: "Within one instruction the variable still has the value from before, mostly none.",
    fix: "split the instruction in two",
    bad: "FROM debian:12\nENV HOME_DIR=/app BIN=$HOME_DIR/bin\n",
    good: "FROM debian:12\nENV HOME_DIR=/app\nENV BIN=$HOME_DIR/bin\n",
    check: self_references,
};

fn label_fault(key: &str) -> Option<&'static str> {
    const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase());
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    if !letter(key.chars().next()) {
        Some("does not begin with a lower-case letter")
    } else if !key.chars().all(allowed) {
        Some("has characters other than lower-case letters, digits, dots, dashes and underscores")
    } else if key.ends_with(['.', '-', '_']) {
        Some("ends in a dot, dash or underscore")
    } else if key.contains("..") || key.contains("--") {
        Some("has two dots or dashes in a row")
    } else if RESERVED.iter().any(|prefix| key.starts_with(prefix)) {
        Some("begins with a prefix of Docker's own")
    } else {
        None
    }
}

fn self_references(context: &Context<'_>, hits: &mut Hits) {
    // Variables that have a value before the instruction: then the use of the old one is meant.
    let mut known: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
    for item in &context.items {
        let Body::Pairs(pairs) = &item.instruction.body else { continue };
        match item.instruction.keyword {
            Keyword::Arg => known.extend(pairs.iter().map(|pair| pair.name.text.as_str())),
            // More pairs than a person writes are not compared with each other.
            Keyword::Env if pairs.len() <= 500 => {
                if let Some((pair, name)) = reference(pairs, &known) {
                    let evidence = format!("`{}` is set in the same instruction", short(name));
                    hits.add(
                        pair.value.as_ref().map_or(pair.name.span, |value| value.span),
                        evidence,
                    );
                }
                known.extend(pairs.iter().map(|pair| pair.name.text.as_str()));
            }
            _ => {}
        }
    }
}

/// The first pair whose value uses the name of another pair.
fn reference<'p>(
    pairs: &'p [Pair],
    known: &std::collections::BTreeSet<&str>,
) -> Option<(&'p Pair, &'p str)> {
    pairs.iter().enumerate().find_map(|(index, pair)| {
        let value = &pair.value.as_ref()?.text;
        let names = variables(value);
        let others = pairs.iter().enumerate().filter(|(other, _)| *other != index);
        others
            .map(|(_, other)| other.name.text.as_str())
            .find(|name| !known.contains(name) && names.contains(name))
            .map(|name| (pair, name))
    })
}

/// The names behind `$` in a text.
fn variables(text: &str) -> Vec<&str> {
    text.split('$')
        .skip(1)
        .map(|rest| rest.strip_prefix('{').unwrap_or(rest))
        .map(|rest| {
            let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            rest.get(..len.unwrap_or(rest.len())).unwrap_or_default()
        })
        .filter(|name| !name.is_empty())
        .collect()
}
