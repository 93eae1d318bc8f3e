//! Packages of Debian and Ubuntu.

use std::collections::BTreeSet;

use farguard_model::Severity;

use super::support::{add_flag, describe, unpinned};
use crate::{
    context::Context,
    rule::{Concern, Hits, Rule},
    shell::{Arg, Command, Script},
};

/// Flags of apt-get whose value is the next word.
const WITH_VALUE: [&str; 8] =
    ["t", "target-release", "default-release", "o", "option", "c", "config-file", "a"];

pub(super) static UNPINNED: Rule = Rule {
    id: "unpinned-apt-package",
    aliases: &["DL3008"],
    title: "apt package without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `apt-get install curl=7.88.1-10+deb12u5`, or build from a \
          snapshot of the archive",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl=7.88.1-10\n",
    check: |context, hits| {
        for (_, _, packages) in installs(context) {
            let loose: Vec<&Arg> =
                packages.into_iter().filter(|package| !is_pinned(&package.text)).collect();
            unpinned(hits, &loose);
        }
    },
};

pub(super) static LISTS: Rule = Rule {
    id: "apt-lists-left-behind",
    aliases: &["DL3009"],
    title: "apt package lists stay in the image",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "The lists of `apt-get update` take tens of megabytes and are outdated soon.",
    fix: "end the same `RUN` with `rm -rf /var/lib/apt/lists/*`, or mount a cache over \
          /var/lib/apt and /var/cache/apt",
    bad: "FROM debian:12\nRUN apt-get update && apt-get install -y curl=7.88.1-10\n",
    good: "FROM debian:12\nRUN apt-get update && apt-get install -y curl=7.88.1-10 && \
           rm -rf /var/lib/apt/lists/*\n",
    check: lists_left_behind,
};

pub(super) static WITHOUT_YES: Rule = Rule {
    id: "apt-install-asks",
    aliases: &["DL3014"],
    title: "apt-get install waits for an answer",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "A build has nobody who answers, so the step fails.",
    fix: "write `apt-get install -y`",
    bad: "FROM debian:12\nRUN apt-get install curl=7.88.1-10\n",
    good: "FROM debian:12\nRUN apt-get install -y curl=7.88.1-10\n",
    check: |context, hits| {
        for (command, install, _) in installs(context) {
            if !command.has_any_flag(&["y", "yes", "q", "assume-yes"]) {
                let evidence = format!("{} has no `-y`", describe(command, install));
                add_flag(hits.add(install.span, evidence), install, "-y");
            }
        }
    },
};

pub(super) static RECOMMENDS: Rule = Rule {
    id: "apt-recommended-packages",
    aliases: &["DL3015"],
    title: "apt-get install brings recommended packages along",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "Packages that nobody asked for make the image larger and easier to attack.",
    fix: "write `apt-get install --no-install-recommends`",
    bad: "FROM debian:12\nRUN apt-get install -y curl=7.88.1-10\n",
    good: "FROM debian:12\nRUN apt-get install -y --no-install-recommends curl=7.88.1-10\n",
    check: |context, hits| {
        for (command, install, _) in installs(context) {
            let off = command.has_flag("no-install-recommends")
                || command.args.iter().any(|arg| {
                    arg.text.contains("Install-Recommends=false")
                        || arg.text.contains("Install-Recommends=0")
                });
            if !off {
                let evidence =
                    format!("{} has no `--no-install-recommends`", describe(command, install));
                add_flag(hits.add(install.span, evidence), install, "--no-install-recommends");
            }
        }
    },
};

pub(super) static UPGRADE: Rule = Rule {
    id: "apt-upgrade",
    aliases: &["DL3005"],
    title: "apt-get upgrades everything",
    severity: Severity::Negligible,
    concern: Concern::Reproducibility,
    why: "What comes out depends on the day of the build, and the base image should bring fixes.",
    fix: "take a newer base image, and upgrade single packages where a fix cannot wait",
    bad: "FROM debian:12\nRUN apt-get update && apt-get -y dist-upgrade\n",
    good: "FROM debian:12\nRUN apt-get update\n",
    check: |context, hits| {
        for (_, command) in context.commands().filter(|(_, command)| command.is("apt-get")) {
            let names = ["upgrade", "dist-upgrade", "full-upgrade"];
            if let Some((upgrade, rest)) = command.subcommand(&names, &WITH_VALUE)
                && rest.is_empty()
            {
                hits.add(upgrade.span, format!("{} takes no names", describe(command, upgrade)));
            }
        }
    },
};

/// `apt-get install` commands: the command, the word `install`, the packages.
fn installs<'c>(
    context: &'c Context<'_>,
) -> impl Iterator<Item = (&'c Command, &'c Arg, Vec<&'c Arg>)> {
    context.commands().filter(|(_, command)| command.is("apt-get")).filter_map(|(_, command)| {
        let (install, packages) = command.subcommand(&["install"], &WITH_VALUE)?;
        Some((command, install, packages))
    })
}

/// A version, a release, or a file.
fn is_pinned(package: &str) -> bool {
    package.contains(['=', '/']) || package.ends_with(".deb")
}

fn lists_left_behind(context: &Context<'_>, hits: &mut Hits) {
    let reused: BTreeSet<&str> = context.stages.iter().map(|stage| stage.image).collect();
    for (item, script) in context.scripts() {
        let Some(update) = update(script).filter(|_| !cleans(script)) else { continue };
        let mounts = |dir: &str| {
            item.instruction
                .flags
                .iter()
                .any(|flag| flag.name == "mount" && is_cache(flag.value.as_deref(), dir))
        };
        let cached =
            mounts("/var/lib/apt/lists") || (mounts("/var/lib/apt") && mounts("/var/cache/apt"));
        let last = item.stage == context.last_stage();
        let alias = item.stage.and_then(|stage| context.stages.get(stage)).and_then(|s| s.alias);
        if !cached && (last || alias.is_some_and(|alias| reused.contains(alias))) {
            hits.add(update.span, "`apt-get update` leaves its lists in the layer");
        }
    }
}

fn update(script: &Script) -> Option<&Arg> {
    let updates = script.commands.iter().filter(|command| command.is("apt-get"));
    updates
        .filter_map(|command| command.subcommand(&["update"], &WITH_VALUE))
        .map(|(a, _)| a)
        .next()
}

fn cleans(script: &Script) -> bool {
    script.commands.iter().any(|command| {
        command.is("rm")
            && command.has_any_flag(&["r", "R", "recursive"])
            && command.args.iter().any(|arg| {
                let path = arg.text.trim_end_matches(['*', '/']);
                path == "/var/lib/apt/lists" || path == "/var/lib/apt"
            })
    })
}

/// Whether a mount keeps a directory out of the layer.
pub(super) fn is_cache(mount: Option<&str>, dir: &str) -> bool {
    let parts: Vec<&str> = mount.unwrap_or_default().split(',').collect();
    let target = parts.iter().find_map(|part| {
        let (name, value) = part.split_once('=')?;
        matches!(name, "target" | "dst" | "destination").then_some(value)
    });
    let kind = parts.iter().any(|part| matches!(*part, "type=cache" | "type=tmpfs"));
    kind && target.is_some_and(|target| {
        target.trim_end_matches('/') == dir || target.starts_with(&format!("{dir}/"))
    })
}
