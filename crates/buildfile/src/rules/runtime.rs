//! What containers of the image do: commands, ports, health checks, directories.

use farguard_model::Severity;

use super::support::short;
use crate::{
    ast::{Body, Command, Instruction, Keyword, unquote},
    context::{Context, Item},
    rule::{Concern, Hits, Rule},
};

pub(super) static RELATIVE_WORKDIR: Rule = Rule {
    id: "relative-workdir",
    aliases: &["DL3000"],
    title: "relative WORKDIR",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "Where it leads depends on the base image and on every `WORKDIR` before.",
    fix: "write an absolute path",
    bad: "FROM debian:12\nWORKDIR app\n",
    good: "FROM debian:12\nWORKDIR /app\n",
    check: |context, hits| {
        for item in context.of(Keyword::WorkDir) {
            let path = unquote(item.instruction.arguments());
            let mut chars = path.chars();
            let drive =
                chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':');
            if !path.starts_with(['/', '$', '\\']) && !drive && !path.is_empty() {
                let hit = hits.add(
                    item.instruction.arguments_span(),
                    format!("`{}` is relative", short(path)),
                );
                if first_workdir(context, item) {
                    let start = item.instruction.arguments_span().start;
                    let quote = item.instruction.arguments().len() - path.len();
                    hit.insert(start + quote / 2, "/");
                }
            }
        }
    },
};

pub(super) static BAD_PORT: Rule = Rule {
    id: "invalid-port",
    aliases: &["DL3011"],
    title: "port that does not exist",
    severity: Severity::Medium,
    concern: Concern::Correctness,
    why: "Ports end at 65535: builders refuse the file.",
    fix: "write a port from 1 to 65535",
    bad: "FROM debian:12\nEXPOSE 80000\n",
    good: "FROM debian:12\nEXPOSE 8000\n",
    check: |context, hits| {
        ports(context, hits, |first, last| {
            let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let bad =
                [first, last].into_iter().find(|port| digits(port) && number(port) > 65_535)?;
            Some(format!("`{}` is above 65535", short(bad)))
        });
    },
};

pub(super) static SSH_PORT: Rule = Rule {
    id: "ssh-port-exposed",
    aliases: &[],
    title: "port of SSH is exposed",
    severity: Severity::Medium,
    concern: Concern::Security,
    why: "A way to log in to a container is a way in for others, and containers have better ones.",
    fix: "leave it out and use `aws ecs execute-command` or `docker exec`",
    bad: "FROM debian:12\nEXPOSE 22\n",
    good: "FROM debian:12\nEXPOSE 8443\n",
    check: |context, hits| {
        ports(context, hits, |first, last| {
            let port = |text: &str| text.parse::<u16>().ok();
            let there = port(first)? <= 22 && port(last)? >= 22;
            there.then(|| "port 22 is that of SSH".to_owned())
        });
    },
};

pub(super) static SHELL_FORM: Rule = Rule {
    id: "shell-form-command",
    aliases: &["DL3025"],
    title: "CMD or ENTRYPOINT in shell form",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "A shell becomes the first process and does not pass on the signal that stops the \
          container.",
    fix: "write the JSON form, as in `CMD [\"app\", \"--flag\"]`",
    bad: "FROM debian:12\nCMD app --flag\n",
    good: "FROM debian:12\nCMD [\"app\", \"--flag\"]\n",
    check: |context, hits| {
        for keyword in [Keyword::Cmd, Keyword::Entrypoint] {
            for item in context.of(keyword) {
                if !matches!(item.instruction.body, Body::Command(Command::Shell)) {
                    continue;
                }
                let hit = hits.add(item.instruction.span, "the command is text for a shell");
                if let Some(json) = json_form(item.instruction) {
                    hit.replace(item.instruction.arguments_span(), json);
                }
            }
        }
    },
};

pub(super) static DUPLICATE_CMD: Rule = Rule {
    id: "duplicate-cmd",
    aliases: &["DL4003"],
    title: "several CMD in one stage",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "Only the last one counts.",
    fix: "keep the one that is meant",
    bad: "FROM debian:12\nCMD [\"a\"]\nCMD [\"b\"]\n",
    good: "FROM debian:12\nCMD [\"b\"]\n",
    check: |context, hits| repeated(context, hits, Keyword::Cmd, "CMD"),
};

pub(super) static DUPLICATE_ENTRYPOINT: Rule = Rule {
    id: "duplicate-entrypoint",
    aliases: &["DL4004"],
    title: "several ENTRYPOINT in one stage",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "Only the last one counts.",
    fix: "keep the one that is meant",
    bad: "FROM debian:12\nENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]\n",
    good: "FROM debian:12\nENTRYPOINT [\"b\"]\n",
    check: |context, hits| repeated(context, hits, Keyword::Entrypoint, "ENTRYPOINT"),
};

pub(super) static DUPLICATE_HEALTH_CHECK: Rule = Rule {
    id: "duplicate-health-check",
    aliases: &["DL3012"],
    title: "several HEALTHCHECK in one stage",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "Only the last one counts.",
    fix: "keep the one that is meant",
    bad: "FROM debian:12\nHEALTHCHECK CMD a\nHEALTHCHECK CMD b\n",
    good: "FROM debian:12\nHEALTHCHECK CMD b\n",
    check: |context, hits| repeated(context, hits, Keyword::HealthCheck, "HEALTHCHECK"),
};

pub(super) static NO_HEALTH_CHECK: Rule = Rule {
    id: "no-health-check",
    aliases: &["DL3057"],
    title: "no HEALTHCHECK is set",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "Nothing tells that the program hangs. ECS ignores `HEALTHCHECK` and reads the health \
          check of the task definition instead.",
    fix: "add `HEALTHCHECK CMD ...`, or a health check to the task definition",
    bad: "FROM debian:12\nCMD [\"app\"]\n",
    good: "FROM debian:12\nHEALTHCHECK CMD [\"app\", \"--check\"]\nCMD [\"app\"]\n",
    check: |context, hits| {
        let Some(last) = context.last_stage() else { return };
        let lineage: Vec<usize> = context.lineage(last).collect();
        let has = context
            .of(Keyword::HealthCheck)
            .any(|item| item.stage.is_some_and(|stage| lineage.contains(&stage)));
        if let Some(stage) = context.stages.get(last).filter(|_| !has) {
            hits.add(stage.from.span, "the last stage has no `HEALTHCHECK`");
        }
    },
};

pub(super) static CONSECUTIVE_RUNS: Rule = Rule {
    id: "consecutive-runs",
    aliases: &["DL3059"],
    title: "several short RUN in a row",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "Each is a layer of its own, and what a later one deletes still takes space.",
    fix: "join them with `&&`, or in a heredoc",
    bad: "FROM debian:12\nRUN mkdir /a\nRUN mkdir /b\n",
    good: "FROM debian:12\nRUN mkdir /a && mkdir /b\n",
    check: |context, hits| {
        let mut before: Option<(&Instruction, usize)> = None;
        for item in context.items.iter().filter(|item| !item.on_build) {
            let run = item.instruction;
            if run.keyword != Keyword::Run {
                before = None;
                continue;
            }
            let count = item.script.as_ref().map_or(0, |script| {
                script.commands.iter().filter(|command| !command.name.is_empty()).count()
            });
            match before {
                Some((earlier, commands))
                    if same_flags(earlier, run) && commands <= 1 && count <= 1 =>
                {
                    hits.add(run.span, "the `RUN` before has the same flags");
                }
                _ => before = Some((run, count)),
            }
        }
    },
};

fn first_workdir(context: &Context<'_>, item: &Item<'_>) -> bool {
    let mut earlier = context.of(Keyword::WorkDir).filter(|workdir| workdir.stage == item.stage);
    earlier.next().is_some_and(|first| first.instruction.span == item.instruction.span)
}

/// Calls `judge` with the first and last port of each range of `EXPOSE`.
fn ports(context: &Context<'_>, hits: &mut Hits, judge: impl Fn(&str, &str) -> Option<String>) {
    for item in context.of(Keyword::Expose) {
        let Body::Words(words) = &item.instruction.body else { continue };
        for word in words {
            let port = unquote(&word.text).split('/').next().unwrap_or_default();
            let (first, last) = port.split_once('-').unwrap_or((port, port));
            if let Some(evidence) = judge(first, last) {
                hits.add(word.span, evidence);
            }
        }
    }
}

/// Reports every instruction of a stage behind the first of its kind.
fn repeated(context: &Context<'_>, hits: &mut Hits, keyword: Keyword, name: &str) {
    let mut stage = None;
    for item in context.of(keyword).filter(|item| !item.on_build) {
        if stage == Some(item.stage) {
            hits.add(item.instruction.span, format!("an earlier `{name}` of the stage is lost"));
        }
        stage = Some(item.stage);
    }
}

fn same_flags(a: &Instruction, b: &Instruction) -> bool {
    let flags = |run: &Instruction| {
        let mut flags: Vec<(String, Option<String>)> =
            run.flags.iter().map(|flag| (flag.name.clone(), flag.value.clone())).collect();
        flags.sort();
        flags
    };
    flags(a) == flags(b)
}

/// The JSON form of a command that needs no shell.
fn json_form(instruction: &Instruction) -> Option<String> {
    let text = instruction.arguments();
    let needs_shell = |c: char| "$`\"'\\|&;<>()*?[]{}~#!=\n".contains(c);
    if text.is_empty() || text.contains(needs_shell) || text.chars().any(char::is_control) {
        return None;
    }
    let words: Vec<String> = text.split_whitespace().map(|word| format!("\"{word}\"")).collect();
    const BUILT_IN: [&str; 6] = ["cd", "exec", "export", "set", "source", "."];
    let first = text.split_whitespace().next()?;
    (!BUILT_IN.contains(&first)).then(|| format!("[{}]", words.join(", ")))
}
