//! Packages of programming languages: pip, npm, yarn, gem, go.

use farguard_model::Severity;

use super::support::{add_flag, describe, unpinned};
use crate::{
    ast::Keyword,
    context::{Context, Item},
    rule::{Concern, Hits, Rule},
    shell::{Arg, Command},
};

/// Flags of `pip install` whose value is the next word.
const PIP_WITH_VALUE: [&str; 30] = [
    "abi",
    "b",
    "build",
    "c",
    "cache-dir",
    "cert",
    "client-cert",
    "constraint",
    "e",
    "editable",
    "exists-action",
    "extra-index-url",
    "f",
    "find-links",
    "global-option",
    "i",
    "implementation",
    "index-url",
    "log",
    "no-binary",
    "only-binary",
    "platform",
    "prefix",
    "progress-bar",
    "proxy",
    "python-version",
    "root",
    "src",
    "t",
    "target",
];
const PIP_MORE: [&str; 8] = [
    "r",
    "requirement",
    "timeout",
    "retries",
    "trusted-host",
    "upgrade-strategy",
    "group",
    "root-user-action",
];

pub(super) static UNPINNED_PIP: Rule = Rule {
    id: "unpinned-pip-package",
    aliases: &["DL3013"],
    title: "pip package without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `pip install flask==3.0.2`, or install from a requirements file \
          with hashes",
    bad: "FROM python:3.12\nRUN pip install --no-cache-dir flask\n",
    good: "FROM python:3.12\nRUN pip install --no-cache-dir flask==3.0.2\n",
    check: |context, hits| {
        for (_, command, install) in pip_installs(context) {
            if command.has_any_flag(&["r", "requirement", "c", "constraint"]) || command.has(".") {
                continue;
            }
            let with_value: Vec<&str> = PIP_WITH_VALUE.iter().chain(&PIP_MORE).copied().collect();
            let packages = command.operands(&with_value);
            let behind = packages.iter().skip_while(|arg| arg.span != install.span).skip(1);
            let loose: Vec<&Arg> =
                behind.copied().filter(|arg| !is_pinned_in_pip(&arg.text)).collect();
            unpinned(hits, &loose);
        }
    },
};

pub(super) static PIP_CACHE: Rule = Rule {
    id: "pip-cache-left-behind",
    aliases: &["DL3042"],
    title: "pip keeps its downloads in the image",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "The cache holds every package a second time and is never used again.",
    fix: "write `pip install --no-cache-dir`, or set `PIP_NO_CACHE_DIR=1`, or mount a cache over \
          /root/.cache/pip",
    bad: "FROM python:3.12\nRUN pip install flask==3.0.2\n",
    good: "FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask==3.0.2\n",
    check: pip_cache,
};

pub(super) static UNPINNED_NPM: Rule = Rule {
    id: "unpinned-npm-package",
    aliases: &["DL3016"],
    title: "npm package without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `npm install express@4.19.2`, or use `npm ci` with a lock file",
    bad: "FROM node:20\nRUN npm install express\n",
    good: "FROM node:20\nRUN npm install express@4.19.2\n",
    check: |context, hits| {
        for (_, command) in context.commands().filter(|(_, command)| command.is("npm")) {
            let with_value = ["prefix", "registry", "tag", "workspace", "w", "cache", "loglevel"];
            let operands = command.operands(&with_value);
            let Some((first, packages)) = operands.split_first() else { continue };
            if !matches!(first.text.as_str(), "install" | "i" | "add") {
                continue;
            }
            let loose: Vec<&Arg> =
                packages.iter().copied().filter(|arg| !is_pinned_in_npm(&arg.text)).collect();
            unpinned(hits, &loose);
        }
    },
};

pub(super) static UNPINNED_GEM: Rule = Rule {
    id: "unpinned-gem",
    aliases: &["DL3028"],
    title: "gem without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `gem install rails:7.1.3`",
    bad: "FROM ruby:3.3\nRUN gem install rails\n",
    good: "FROM ruby:3.3\nRUN gem install rails:7.1.3\n",
    check: |context, hits| {
        for (_, command) in context.commands().filter(|(_, command)| command.is("gem")) {
            let with_value = [
                "i",
                "install-dir",
                "n",
                "bindir",
                "s",
                "source",
                "P",
                "trust-policy",
                "p",
                "http-proxy",
                "platform",
            ];
            let Some((_, gems)) = command.subcommand(&["install", "i"], &with_value) else {
                continue;
            };
            if command.has_any_flag(&["v", "version"]) {
                continue;
            }
            let options = command.args.iter().position(|arg| arg.text == "--");
            let end = options.and_then(|at| command.args.get(at)).map(|arg| arg.span.start);
            let pinned = |text: &str| text.contains(':') || text.ends_with(".gem");
            let loose: Vec<&Arg> = gems
                .into_iter()
                .filter(|gem| end.is_none_or(|end| gem.span.start < end) && !pinned(&gem.text))
                .collect();
            unpinned(hits, &loose);
        }
    },
};

pub(super) static UNPINNED_GO: Rule = Rule {
    id: "unpinned-go-package",
    aliases: &["DL3062"],
    title: "go install without a version",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The next build may install another version, with other faults, from the same file.",
    fix: "name the version, as in `go install golang.org/x/tools/gopls@v0.15.1`",
    bad: "FROM golang:1.22\nRUN go install golang.org/x/tools/gopls@latest\n",
    good: "FROM golang:1.22\nRUN go install golang.org/x/tools/gopls@v0.15.1\n",
    check: |context, hits| {
        for (_, command) in context.commands().filter(|(_, command)| command.is("go")) {
            let with_value = ["ldflags", "tags", "mod", "o", "gcflags", "C", "p", "asmflags"];
            let operands = command.operands(&with_value);
            let Some((first, packages)) = operands.split_first() else { continue };
            if !matches!(first.text.as_str(), "install" | "get" | "run") {
                continue;
            }
            // What follows the package of `go run` is for the program.
            let count = if first.text == "run" { 1 } else { packages.len() };
            let loose: Vec<&Arg> = packages
                .iter()
                .take(count)
                .copied()
                .filter(|arg| !is_pinned_in_go(&arg.text))
                .collect();
            unpinned(hits, &loose);
        }
    },
};

pub(super) static YARN_CACHE: Rule = Rule {
    id: "yarn-cache-left-behind",
    aliases: &["DL3060"],
    title: "yarn keeps its downloads in the image",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "The cache holds every package a second time and is never used again.",
    fix: "end the same `RUN` with `yarn cache clean`, or mount a cache",
    bad: "FROM node:20\nRUN yarn install\n",
    good: "FROM node:20\nRUN yarn install && yarn cache clean\n",
    check: |context, hits| {
        for (item, script) in context.scripts() {
            let does = |command: &Command, word: &str| command.is("yarn") && command.has(word);
            let install = script.commands.iter().find(|command| does(command, "install"));
            let clean = |command: &Command| does(command, "clean") && command.has("cache");
            let mounted = item.instruction.flags.iter().any(|flag| {
                let value = flag.value.as_deref().unwrap_or_default();
                flag.name == "mount"
                    && (value.contains("type=cache") || value.contains("type=tmpfs"))
                    && (value.contains("yarn") || value.contains("/root/.cache"))
            });
            if let Some(command) = install
                && !mounted
                && !script.commands.iter().any(clean)
            {
                hits.add(command.name_span, "`yarn install` leaves its cache in the layer");
            }
        }
    },
};

/// Commands that install with pip: the command and the word `install`.
fn pip_installs<'c>(
    context: &'c Context<'_>,
) -> impl Iterator<Item = (&'c Item<'c>, &'c Command, &'c Arg)> {
    context.commands().filter_map(|(item, command)| {
        let python = command.name.starts_with("python");
        let pip = is_pip(&command.name)
            || command.is("pipx")
            || (python && command.flag_value(&["m"]).is_some_and(is_pip));
        if !pip {
            return None;
        }
        let (install, _) = command.subcommand(&["install"], &[])?;
        Some((item, command, install))
    })
}

/// `pip`, `pip3`, `pip3.12`, `pip2`.
fn is_pip(name: &str) -> bool {
    name.strip_prefix("pip")
        .is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

fn is_pinned_in_pip(package: &str) -> bool {
    const VCS: [&str; 5] = ["git+", "hg+", "svn+", "bzr+", "git:"];
    if VCS.iter().any(|scheme| package.starts_with(scheme)) {
        return package.splitn(2, "://").last().is_some_and(|rest| rest.contains('@'));
    }
    package.contains(['=', '<', '>', '/'])
        || package.contains(" @ ")
        || package.ends_with(".whl")
        || package.ends_with(".tar.gz")
        || package.ends_with(".zip")
        || package == "."
}

fn is_pinned_in_npm(package: &str) -> bool {
    const GIT: [&str; 4] = ["git://", "git+ssh://", "git+http://", "git+https://"];
    if GIT.iter().any(|scheme| package.starts_with(scheme)) {
        return package.contains('#');
    }
    let path = ["/", "./", "../", "~/", "."];
    let archive = [".tar", ".tar.gz", ".tgz"];
    path.iter().any(|start| package.starts_with(start))
        || archive.iter().any(|end| package.ends_with(end))
        || package.trim_start_matches('@').contains('@')
}

fn is_pinned_in_go(package: &str) -> bool {
    let local = ["./", "../", "/", "$"].iter().any(|start| package.starts_with(start))
        || package == "."
        || package.ends_with(".go")
        || !package.contains('.');
    let version = package.split_once('@').map(|(_, version)| version);
    local
        || version
            .is_some_and(|version| !matches!(version, "latest" | "upgrade" | "patch" | "none" | ""))
}

fn pip_cache(context: &Context<'_>, hits: &mut Hits) {
    // pipx keeps what it downloads elsewhere.
    let installs = pip_installs(context).filter(|(_, command, _)| !command.is("pipx"));
    for (item, command, install) in installs {
        let off =
            command.args.iter().any(|arg| arg.text == "--no-cache-dir" || arg.text == "--no-cache")
                || command
                    .assignments
                    .iter()
                    .any(|set| set.name == "PIP_NO_CACHE_DIR" && is_true(&set.value))
                || exports_no_cache(item)
                || env_no_cache(context, item)
                || is_mounted(item);
        if !off {
            let evidence = format!("{} has no `--no-cache-dir`", describe(command, install));
            add_flag(hits.add(install.span, evidence), install, "--no-cache-dir");
        }
    }
}

fn is_true(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    ["1", "true", "on", "yes"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// `export PIP_NO_CACHE_DIR=1` earlier in the same script.
fn exports_no_cache(item: &Item<'_>) -> bool {
    let commands =
        item.script.as_ref().map(|script| script.commands.as_slice()).unwrap_or_default();
    commands.iter().any(|command| {
        let exported = command.is("export")
            && command
                .args
                .iter()
                .any(|arg| arg.text.strip_prefix("PIP_NO_CACHE_DIR=").is_some_and(is_true));
        let set = command.name.is_empty()
            && command
                .assignments
                .iter()
                .any(|set| set.name == "PIP_NO_CACHE_DIR" && is_true(&set.value));
        exported || set
    })
}

/// `ENV PIP_NO_CACHE_DIR=1` before, in the stage or one that it builds upon.
fn env_no_cache(context: &Context<'_>, item: &Item<'_>) -> bool {
    let Some(stage) = item.stage else { return false };
    let lineage: Vec<usize> = context.lineage(stage).collect();
    let sets = context.pairs(Keyword::Env).chain(context.pairs(Keyword::Arg));
    sets.filter(|(set, _)| set.instruction.span.start < item.instruction.span.start)
        .filter(|(set, _)| set.stage.is_some_and(|stage| lineage.contains(&stage)))
        .any(|(_, pair)| {
            pair.name.text == "PIP_NO_CACHE_DIR"
                && pair.value.as_ref().is_some_and(|value| is_true(&value.text))
        })
}

fn is_mounted(item: &Item<'_>) -> bool {
    item.instruction.flags.iter().filter(|flag| flag.name == "mount").any(|flag| {
        let value = flag.value.as_deref().unwrap_or_default();
        let kind = value.contains("type=cache") || value.contains("type=tmpfs");
        kind && (value.contains("pip") || value.contains("/.cache"))
    })
}
