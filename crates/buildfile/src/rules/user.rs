//! The user that containers run as.

use std::collections::BTreeMap;

use farguard_model::Severity;

use super::support::short;
use crate::{
    ast::{Body, Keyword, unquote},
    context::{Context, Item},
    rule::{Concern, Rule},
};

pub(super) static ROOT: Rule = Rule {
    id: "last-user-is-root",
    aliases: &["DL3002"],
    title: "containers run as root by USER",
    severity: Severity::High,
    concern: Concern::Security,
    why: "A fault in the program gives the attacker root in the container.",
    fix: "end the stage with `USER` and a number that is not 0",
    bad: "FROM debian:12\nUSER root\n",
    good: "FROM debian:12\nUSER root\nRUN make install\nUSER 10001\n",
    check: |context, hits| {
        for (stage, (item, user)) in last_users(context) {
            if is_root(user) {
                let hit =
                    hits.add(item.instruction.span, format!("the last user is `{}`", short(user)));
                if !context.is_shipped(Some(stage)) {
                    hit.severity(Severity::Negligible);
                }
            }
        }
    },
};

pub(super) static NONE: Rule = Rule {
    id: "no-user",
    aliases: &[],
    title: "no USER is set",
    severity: Severity::Medium,
    concern: Concern::Security,
    why: "Unless the base image sets one, containers run as root, and a fault in the program gives \
          the attacker root in the container.",
    fix: "end the last stage with `USER` and a number that is not 0",
    bad: "FROM debian:12\nCMD [\"app\"]\n",
    good: "FROM debian:12\nUSER 10001\nCMD [\"app\"]\n",
    check: |context, hits| {
        let Some(last) = context.last_stage() else { return };
        let users = last_users(context);
        let set = context.lineage(last).any(|stage| users.contains_key(&stage));
        let base = context.lineage(last).last().and_then(|stage| context.stages.get(stage));
        let unprivileged = base.is_some_and(|stage| {
            stage.image.contains("nonroot") || stage.image.contains("unprivileged")
        });
        if let Some(stage) = context.stages.get(last).filter(|_| !set && !unprivileged) {
            hits.add(stage.from.span, "the last stage has no `USER`");
        }
    },
};

pub(super) static BY_NAME: Rule = Rule {
    id: "user-by-name",
    aliases: &["DL3066"],
    title: "USER is a name and no number",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "What runs the container cannot tell from a name that it is not root.",
    fix: "write the number of the user",
    bad: "FROM debian:12\nUSER app\n",
    good: "FROM debian:12\nUSER 10001\n",
    check: |context, hits| {
        for item in context.of(Keyword::User) {
            let Some(written) = user(item) else { continue };
            let expanded = item.expanded.argument.as_deref();
            let name = expanded.unwrap_or(written);
            let name = name.split(':').next().unwrap_or(name);
            let known = expanded.is_some() || !written.contains('$');
            if known && !name.bytes().all(|b| b.is_ascii_digit()) {
                hits.add(
                    item.instruction.arguments_span(),
                    format!("`{}` is no number", short(name)),
                );
            }
        }
    },
};

/// The last `USER` of each stage, with its variables replaced as far as they are known.
fn last_users<'c>(context: &'c Context<'_>) -> BTreeMap<usize, (&'c Item<'c>, &'c str)> {
    let users = context.of(Keyword::User).filter(|item| !item.on_build);
    users
        .filter_map(|item| {
            let user = item.expanded.argument.as_deref().or_else(|| user(item))?;
            Some((item.stage?, (item, user)))
        })
        .collect()
}

fn user<'c>(item: &'c Item<'_>) -> Option<&'c str> {
    match &item.instruction.body {
        Body::Words(words) => words.first().map(|word| unquote(&word.text)),
        _ => None,
    }
}

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next(), Some("root" | "0"))
}
