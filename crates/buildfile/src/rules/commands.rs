//! Commands that have no place in a build, or are used in the wrong way.

use farguard_model::Severity;

use super::support::short;
use crate::{
    context::Context,
    rule::{Concern, Hits, Rule},
    shell::Command,
};

pub(super) static SUDO: Rule = Rule {
    id: "sudo-in-build",
    aliases: &["DL3004"],
    title: "sudo in a build step",
    severity: Severity::Low,
    concern: Concern::Security,
    why: "A build runs as the user of `USER` already; sudo in the image is one more way to become \
          root in the container.",
    fix: "switch with `USER root` for the step, and back behind it",
    bad: "FROM debian:12\nRUN sudo make install\n",
    good: "FROM debian:12\nRUN make install\n",
    check: |context, hits| {
        for (_, command) in context.commands() {
            let wrapped = command.wrappers.iter().find(|(name, _)| name == "sudo");
            let alone = command.is("sudo").then_some(command.name_span);
            if let Some(span) = wrapped.map(|(_, span)| *span).or(alone) {
                let what = if command.is("sudo") { "" } else { command.name.as_str() };
                hits.add(span, format!("`sudo {}` runs in the build", short(what)));
            }
        }
    },
};

pub(super) static POINTLESS: Rule = Rule {
    id: "pointless-command",
    aliases: &["DL3001"],
    title: "command that makes no sense in a build",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "A build step has no services, terminals or mounts of its own: what the command does is \
          gone when the step ends.",
    fix: "leave the command out, or do it when the container starts",
    bad: "FROM debian:12\nRUN service nginx start\n",
    good: "FROM debian:12\nRUN nginx -t\n",
    check: |context, hits| {
        const POINTLESS: [&str; 10] =
            ["free", "ifconfig", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"];
        for (_, command) in context.commands() {
            if POINTLESS.contains(&command.name.as_str()) {
                hits.add(command.name_span, format!("`{}` runs in the build", command.name));
            }
        }
    },
};

pub(super) static CD: Rule = Rule {
    id: "cd-instead-of-workdir",
    aliases: &["DL3003"],
    title: "cd instead of WORKDIR",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "The directory is forgotten when the step ends, which surprises whoever adds the next \
          one.",
    fix: "set the directory with `WORKDIR`",
    bad: "FROM debian:12\nRUN cd /app && make\n",
    good: "FROM debian:12\nWORKDIR /app\nRUN make\n",
    check: |context, hits| {
        each(context, hits, |command| command.is("cd"), "changes the directory of one step only");
    },
};

pub(super) static APT: Rule = Rule {
    id: "apt-instead-of-apt-get",
    aliases: &["DL3027"],
    title: "apt instead of apt-get",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "`apt` is made for people and says itself that its interface may change.",
    fix: "write `apt-get`, or `apt-cache` to search",
    bad: "FROM debian:12\nRUN apt install -y curl=7.88.1-10\n",
    good: "FROM debian:12\nRUN apt-get install -y curl=7.88.1-10\n",
    check: |context, hits| {
        for (_, command) in context.commands().filter(|(_, command)| command.is("apt")) {
            let hit = hits.add(command.name_span, "`apt` has no stable interface");
            let same = ["install", "update", "upgrade", "remove", "purge", "autoremove", "clean"];
            let len = command.name_span.end - command.name_span.start;
            if command.has_any(&same) && len == "apt".len() {
                hit.replace(command.name_span, "apt-get");
            }
        }
    },
};

pub(super) static SHELL_LINK: Rule = Rule {
    id: "default-shell-replaced",
    aliases: &["DL4005"],
    title: "default shell replaced by a link",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "Every program of the image gets the other shell, not only the build.",
    fix: "write `SHELL [\"/bin/bash\", \"-c\"]`",
    bad: "FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\n",
    good: "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\n",
    check: |context, hits| {
        let links = |command: &Command| command.is("ln") && command.has("/bin/sh");
        each(context, hits, links, "replaces `/bin/sh`");
    },
};

pub(super) static PIPE: Rule = Rule {
    id: "pipe-without-pipefail",
    aliases: &["DL4006"],
    title: "failure on the left of a pipe is lost",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "The step succeeds when the last command does, so a failed download goes unnoticed.",
    fix: "write `SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]` before, or begin the step with \
          `set -o pipefail &&`",
    bad: "FROM debian:12\nRUN curl -fsS https://example.com/data | sort > /data\n",
    good: "FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n\
           RUN curl -fsS https://example.com/data | sort > /data\n",
    check: |context, hits| {
        for (_, script) in context.scripts() {
            if let Some(pipe) = script.pipes.iter().find(|pipe| !pipe.checked) {
                hits.add(pipe.span, "the pipe runs without `pipefail`");
            }
        }
    },
};

pub(super) static BOTH_FETCHERS: Rule = Rule {
    id: "wget-and-curl",
    aliases: &["DL4001"],
    title: "both wget and curl are used",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "One of them is enough, and the other makes the image larger and easier to attack.",
    fix: "use one of them throughout",
    bad: "FROM debian:12\nRUN wget -q https://example.com/a\nRUN curl -fO https://example.com/b\n",
    good: "FROM debian:12\nRUN curl -fO https://example.com/a\nRUN curl -fO https://example.com/b\n",
    check: |context, hits| {
        let mut stage = None;
        let mut seen: Vec<&str> = Vec::new();
        for (item, script) in context.scripts() {
            if stage != Some(item.stage) {
                stage = Some(item.stage);
                seen.clear();
            }
            let fetchers =
                script.commands.iter().filter(|command| command.is("curl") || command.is("wget"));
            let mut last = None;
            for command in fetchers {
                if !seen.contains(&command.name.as_str()) {
                    seen.push(&command.name);
                }
                last = Some(command);
            }
            if let Some(command) = last.filter(|_| seen.len() > 1) {
                hits.add(command.name_span, "the stage uses both `curl` and `wget`");
            }
        }
    },
};

pub(super) static WGET_PROGRESS: Rule = Rule {
    id: "wget-progress-in-log",
    aliases: &["DL3047"],
    title: "wget fills the build log with its progress",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "A line for every 50 kilobytes hides what matters in the log.",
    fix: "write `wget --progress=dot:giga`, or `-q`, or `-nv`",
    bad: "FROM debian:12\nRUN wget https://example.com/a\n",
    good: "FROM debian:12\nRUN wget -nv https://example.com/a\n",
    check: |context, hits| {
        for (_, command) in context.commands().filter(|(_, command)| command.is("wget")) {
            let quiet =
                ["progress", "q", "quiet", "o", "output-file", "a", "append-output", "no-verbose"];
            if !command.has_any_flag(&quiet) && !command.has("-nv") {
                let hit = hits.add(command.name_span, "`wget` reports its progress");
                if command.args.first().is_some_and(|arg| arg.contiguous) {
                    hit.insert(command.name_span.end, " --progress=dot:giga");
                }
            }
        }
    },
};

pub(super) static HIGH_UID: Rule = Rule {
    id: "useradd-with-high-uid",
    aliases: &["DL3046"],
    title: "useradd with a high UID makes a huge file",
    severity: Severity::Low,
    concern: Concern::Size,
    why: "Without `-l`, useradd writes a sparse log for every UID below, which becomes gigabytes \
          in a layer.",
    fix: "write `useradd -l`, or take a UID below 100000",
    bad: "FROM debian:12\nRUN useradd -u 1234567 app\n",
    good: "FROM debian:12\nRUN useradd -l -u 1234567 app\n",
    check: |context, hits| {
        for (_, command) in context.commands().filter(|(_, command)| command.is("useradd")) {
            let uid = command.flag_value(&["u", "uid"]);
            let high =
                uid.is_some_and(|uid| uid.len() > 5 && uid.bytes().all(|b| b.is_ascii_digit()));
            if high && !command.has_any_flag(&["l", "no-log-init"]) {
                let hit =
                    hits.add(command.name_span, "`useradd` has a UID above 99999 and no `-l`");
                if command.args.first().is_some_and(|arg| arg.contiguous) {
                    hit.insert(command.name_span.end, " -l");
                }
            }
        }
    },
};

/// Reports every command that `wanted` picks.
fn each(context: &Context<'_>, hits: &mut Hits, wanted: impl Fn(&Command) -> bool, says: &str) {
    for (_, command) in context.commands().filter(|(_, command)| wanted(command)) {
        hits.add(command.name_span, format!("`{}` {says}", command.name));
    }
}
