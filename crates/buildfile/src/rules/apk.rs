//! Packages of Alpine.

use farguard_model::Severity;

use super::{
    apt::is_cache,
    support::{add_flag, describe, unpinned},
};
use crate::{
    context::{Context, Item},
    rule::{Concern, Rule},
    shell::{Arg, Command},
};

/// Flags of apk whose value is the next word.
const WITH_VALUE: [&str; 12] = [
    "t",
    "virtual",
    "X",
    "repository",
    "p",
    "root",
    "arch",
    "cache-dir",
    "cache-max-age",
    "keys-dir",
    "repositories-file",
    "wait",
];

pub(super) static UNPINNED: Rule = Rule {
    id: "unpinned-apk-package",
    aliases: &["DL3018"],
    title: "apk package without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `apk add curl=8.5.0-r0`, or a range, as in `curl~8.5`",
    bad: "FROM alpine:3.19\nRUN apk add --no-cache curl\n",
    good: "FROM alpine:3.19\nRUN apk add --no-cache curl~8.5\n",
    check: |context, hits| {
        for (_, _, _, packages) in adds(context) {
            let pinned = |text: &str| {
                text.contains(['=', '~', '<', '>'])
                    || text.ends_with(".apk")
                    || text.starts_with('.')
            };
            let loose: Vec<&Arg> =
                packages.into_iter().filter(|package| !pinned(&package.text)).collect();
            unpinned(hits, &loose);
        }
    },
};

pub(super) static CACHE: Rule = Rule {
    id: "apk-cache-left-behind",
    aliases: &["DL3019"],
    title: "apk package index stays in the image",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "The index of the repositories takes megabytes and is outdated soon.",
    fix: "write `apk add --no-cache`",
    bad: "FROM alpine:3.19\nRUN apk add curl~8.5\n",
    good: "FROM alpine:3.19\nRUN apk add --no-cache curl~8.5\n",
    check: |context, hits| {
        for (item, command, add, _) in adds(context) {
            if !command.has_flag("no-cache") && !is_cached(item) {
                let evidence = format!("{} has no `--no-cache`", describe(command, add));
                add_flag(hits.add(add.span, evidence), add, "--no-cache");
            }
        }
    },
};

pub(super) static UPGRADE: Rule = Rule {
    id: "apk-upgrade",
    aliases: &["DL3017"],
    title: "apk upgrades everything",
    severity: Severity::Negligible,
    concern: Concern::Reproducibility,
    why: "What comes out depends on the day of the build, and the base image should bring fixes.",
    fix: "take a newer base image, and upgrade single packages where a fix cannot wait",
    bad: "FROM alpine:3.19\nRUN apk upgrade --no-cache\n",
    good: "FROM alpine:3.19\nRUN apk add --no-cache --upgrade busybox=1.36.1-r15\n",
    check: |context, hits| {
        for (_, command) in context.commands().filter(|(_, command)| command.is("apk")) {
            if let Some((upgrade, rest)) = command.subcommand(&["upgrade"], &WITH_VALUE)
                && rest.is_empty()
            {
                hits.add(upgrade.span, format!("{} takes no names", describe(command, upgrade)));
            }
        }
    },
};

fn adds<'c>(
    context: &'c Context<'_>,
) -> impl Iterator<Item = (&'c Item<'c>, &'c Command, &'c Arg, Vec<&'c Arg>)> {
    context.commands().filter(|(_, command)| command.is("apk")).filter_map(|(item, command)| {
        let (add, packages) = command.subcommand(&["add"], &WITH_VALUE)?;
        Some((item, command, add, packages))
    })
}

fn is_cached(item: &Item<'_>) -> bool {
    let mounts = item.instruction.flags.iter().filter(|flag| flag.name == "mount");
    mounts.filter_map(|flag| flag.value.as_deref()).any(|mount| {
        is_cache(Some(mount), "/var/cache/apk") || is_cache(Some(mount), "/etc/apk/cache")
    })
}
