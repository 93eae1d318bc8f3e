//! Packages of Fedora, Red Hat and Amazon Linux: yum, dnf and microdnf.

use farguard_model::Severity;

use super::support::{add_flag, describe, unpinned};
use crate::{
    context::{Context, Item},
    rule::{Concern, Hits, Rule},
    shell::{Arg, Command},
};

const DNF: [&str; 3] = ["dnf", "microdnf", "dnf5"];
const YUM: [&str; 1] = ["yum"];

/// Flags whose value is the next word.
const WITH_VALUE: [&str; 9] =
    ["c", "config", "d", "e", "R", "x", "installroot", "releasever", "setopt"];

pub(super) static DNF_ASKS: Rule = Rule {
    id: "dnf-install-asks",
    aliases: &["DL3038"],
    title: "dnf install waits for an answer",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "A build has nobody who answers, so the step fails.",
    fix: "write `dnf install -y`",
    bad: "FROM fedora:40\nRUN dnf install curl-8.6.0 && dnf clean all\n",
    good: "FROM fedora:40\nRUN dnf install -y curl-8.6.0 && dnf clean all\n",
    check: |context, hits| asks(context, hits, &DNF),
};

pub(super) static YUM_ASKS: Rule = Rule {
    id: "yum-install-asks",
    aliases: &["DL3030"],
    title: "yum install waits for an answer",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "A build has nobody who answers, so the step fails.",
    fix: "write `yum install -y`",
    bad: "FROM centos:7\nRUN yum install curl-7.29.0 && yum clean all\n",
    good: "FROM centos:7\nRUN yum install -y curl-7.29.0 && yum clean all\n",
    check: |context, hits| asks(context, hits, &YUM),
};

pub(super) static DNF_CACHE: Rule = Rule {
    id: "dnf-cache-left-behind",
    aliases: &["DL3040"],
    title: "dnf cache stays in the image",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "Package lists and downloads take tens of megabytes that nobody needs.",
    fix: "end the same `RUN` with `dnf clean all`",
    bad: "FROM fedora:40\nRUN dnf install -y curl-8.6.0\n",
    good: "FROM fedora:40\nRUN dnf install -y curl-8.6.0 && dnf clean all\n",
    check: |context, hits| cache(context, hits, &DNF),
};

pub(super) static YUM_CACHE: Rule = Rule {
    id: "yum-cache-left-behind",
    aliases: &["DL3032"],
    title: "yum cache stays in the image",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "Package lists and downloads take tens of megabytes that nobody needs.",
    fix: "end the same `RUN` with `yum clean all`",
    bad: "FROM centos:7\nRUN yum install -y curl-7.29.0\n",
    good: "FROM centos:7\nRUN yum install -y curl-7.29.0 && yum clean all\n",
    check: |context, hits| cache(context, hits, &YUM),
};

pub(super) static DNF_UNPINNED: Rule = Rule {
    id: "unpinned-dnf-package",
    aliases: &["DL3041"],
    title: "dnf package without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `dnf install -y curl-8.6.0`",
    bad: "FROM fedora:40\nRUN dnf install -y curl && dnf clean all\n",
    good: "FROM fedora:40\nRUN dnf install -y curl-8.6.0 && dnf clean all\n",
    check: |context, hits| loose(context, hits, &DNF, has_version),
};

pub(super) static YUM_UNPINNED: Rule = Rule {
    id: "unpinned-yum-package",
    aliases: &["DL3033"],
    title: "yum package without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `yum install -y curl-7.29.0`",
    bad: "FROM centos:7\nRUN yum install -y curl && yum clean all\n",
    good: "FROM centos:7\nRUN yum install -y curl-7.29.0 && yum clean all\n",
    check: |context, hits| loose(context, hits, &YUM, has_version),
};

fn installs<'c>(
    context: &'c Context<'_>,
    programs: &'c [&str],
    words: &'c [&str],
) -> impl Iterator<Item = (&'c Item<'c>, &'c Command, &'c Arg, Vec<&'c Arg>)> {
    context.commands().filter_map(move |(item, command)| {
        if !programs.contains(&command.name.as_str()) {
            return None;
        }
        let (install, packages) = command.subcommand(words, &WITH_VALUE)?;
        Some((item, command, install, packages))
    })
}

fn asks(context: &Context<'_>, hits: &mut Hits, programs: &[&str]) {
    let words = ["install", "groupinstall", "localinstall"];
    for (_, command, install, _) in installs(context, programs, &words) {
        if !command.has_any_flag(&["y", "assumeyes"]) {
            let evidence = format!("{} has no `-y`", describe(command, install));
            add_flag(hits.add(install.span, evidence), install, "-y");
        }
    }
}

/// The first installation of each `RUN` that is not cleaned up behind.
fn cache(context: &Context<'_>, hits: &mut Hits, programs: &[&str]) {
    for (item, script) in context.scripts() {
        let installs = |command: &Command| {
            programs.contains(&command.name.as_str())
                && command.subcommand(&["install", "update", "upgrade"], &WITH_VALUE).is_some()
        };
        let Some(at) = script.commands.iter().position(installs) else { continue };
        let cleaned = script.range(at..script.commands.len()).iter().any(cleans);
        let mounted = item.instruction.flags.iter().any(|flag| {
            ["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5"]
                .iter()
                .any(|dir| super::apt::is_cache(flag.value.as_deref(), dir))
        });
        if let Some(command) = script.commands.get(at).filter(|_| !cleaned && !mounted) {
            let evidence = format!("`{}` leaves its cache in the layer", command.name);
            hits.add(command.name_span, evidence);
        }
    }
}

fn cleans(command: &Command) -> bool {
    let tool = YUM.contains(&command.name.as_str()) || DNF.contains(&command.name.as_str());
    let removes = command.is("rm")
        && command.args.iter().any(|arg| {
            let path = &arg.text;
            path.starts_with("/var/cache/yum")
                || path.starts_with("/var/cache/dnf")
                || path.starts_with("/var/cache/libdnf5")
                || matches!(path.as_str(), "/var/cache" | "/var/cache/*")
        });
    removes || (tool && command.subcommand(&["clean"], &WITH_VALUE).is_some())
}

fn loose(context: &Context<'_>, hits: &mut Hits, programs: &[&str], has_version: fn(&str) -> bool) {
    for (_, command, _, packages) in installs(context, programs, &["install"]) {
        let group = command.has("group");
        let module = command.has("module");
        let pinned = |name: &str| if module { name.contains(':') } else { has_version(name) };
        let loose: Vec<&Arg> = packages
            .into_iter()
            .filter(|package| !group && !package.text.starts_with('@') && !pinned(&package.text))
            .collect();
        unpinned(hits, &loose);
    }
}

/// `name-1.2-3`: a part behind a dash that begins with a digit. `.rpm` files are versions.
fn has_version(package: &str) -> bool {
    package.ends_with(".rpm")
        || package.contains(['=', '<', '>'])
        || package.split('-').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        || package.rsplit_once('-').is_some_and(|(_, version)| version.starts_with('$'))
}
