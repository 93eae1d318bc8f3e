//! Packages of SUSE.

use farguard_model::Severity;

use super::support::{add_flag, describe, unpinned};
use crate::{
    context::Context,
    rule::{Concern, Rule},
    shell::{Arg, Command},
};

/// Flags whose value is the next word.
const WITH_VALUE: [&str; 8] = ["r", "repo", "from", "t", "type", "R", "root", "C"];
const INSTALL: [&str; 2] = ["install", "in"];

pub(super) static ASKS: Rule = Rule {
    id: "zypper-asks",
    aliases: &["DL3034"],
    title: "zypper waits for an answer",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "A build has nobody who answers, so the step fails.",
    fix: "write `zypper install -y`",
    bad: "FROM opensuse/leap:15.5\nRUN zypper install curl=8.0.1 && zypper clean\n",
    good: "FROM opensuse/leap:15.5\nRUN zypper install -y curl=8.0.1 && zypper clean\n",
    check: |context, hits| {
        let words = ["install", "in", "remove", "rm", "source-install", "si", "patch"];
        let answers = ["no-confirm", "y", "n", "non-interactive"];
        for command in zypper(context) {
            if let Some((word, _)) = command.subcommand(&words, &WITH_VALUE)
                && !command.has_any_flag(&answers)
            {
                let evidence = format!("{} has no `-y`", describe(command, word));
                add_flag(hits.add(word.span, evidence), word, "-y");
            }
        }
    },
};

pub(super) static UPGRADE: Rule = Rule {
    id: "zypper-dist-upgrade",
    aliases: &["DL3035"],
    title: "zypper upgrades everything",
    severity: Severity::Negligible,
    concern: Concern::Reproducibility,
    why: "What comes out depends on the day of the build, and the base image should bring fixes.",
    fix: "take a newer base image, and upgrade single packages where a fix cannot wait",
    bad: "FROM opensuse/leap:15.5\nRUN zypper dist-upgrade -y\n",
    good: "FROM opensuse/leap:15.5\nRUN zypper refresh\n",
    check: |context, hits| {
        for command in zypper(context) {
            if let Some((word, _)) = command.subcommand(&["dist-upgrade", "dup"], &WITH_VALUE) {
                hits.add(word.span, format!("{} upgrades everything", describe(command, word)));
            }
        }
    },
};

pub(super) static CACHE: Rule = Rule {
    id: "zypper-cache-left-behind",
    aliases: &["DL3036"],
    title: "zypper cache stays in the image",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "Package lists and downloads take tens of megabytes that nobody needs.",
    fix: "end the same `RUN` with `zypper clean`",
    bad: "FROM opensuse/leap:15.5\nRUN zypper install -y curl=8.0.1\n",
    good: "FROM opensuse/leap:15.5\nRUN zypper install -y curl=8.0.1 && zypper clean\n",
    check: |context, hits| {
        for (item, script) in context.scripts() {
            let does = |command: &Command, words: &[&str]| {
                command.is("zypper") && command.subcommand(words, &WITH_VALUE).is_some()
            };
            let at = script.commands.iter().position(|command| does(command, &INSTALL));
            let Some(at) = at else { continue };
            let mut later = script.range(at..script.commands.len()).iter();
            let cached = item
                .instruction
                .flags
                .iter()
                .any(|flag| super::apt::is_cache(flag.value.as_deref(), "/var/cache/zypp"));
            if let Some(command) = script.commands.get(at)
                && !cached
                && !later.any(|command| does(command, &["clean", "cc"]))
            {
                hits.add(command.name_span, "`zypper install` leaves its cache in the layer");
            }
        }
    },
};

pub(super) static UNPINNED: Rule = Rule {
    id: "unpinned-zypper-package",
    aliases: &["DL3037"],
    title: "zypper package without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `zypper install -y curl=8.0.1`",
    bad: "FROM opensuse/leap:15.5\nRUN zypper install -y curl && zypper clean\n",
    good: "FROM opensuse/leap:15.5\nRUN zypper install -y curl=8.0.1 && zypper clean\n",
    check: |context, hits| {
        for command in zypper(context) {
            if let Some((_, packages)) = command.subcommand(&INSTALL, &WITH_VALUE) {
                let pinned = |name: &str| name.contains(['=', '<', '>']) || name.ends_with(".rpm");
                let loose: Vec<&Arg> =
                    packages.into_iter().filter(|package| !pinned(&package.text)).collect();
                unpinned(hits, &loose);
            }
        }
    },
};

fn zypper<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c Command> {
    context.commands().map(|(_, command)| command).filter(|command| command.is("zypper"))
}
