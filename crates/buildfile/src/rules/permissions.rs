//! Rights that build steps take or give away.

use farguard_model::Severity;

use super::support::short;
use crate::{
    ast::Keyword,
    context::Context,
    rule::{Concern, Hits, Rule},
    shell::Command,
    source::Span,
};

pub(super) static WORLD_WRITABLE: Rule = Rule {
    id: "world-writable-file-made",
    aliases: &[],
    title: "file made writable for everybody",
    severity: Severity::Medium,
    concern: Concern::Security,
    why: "Every process of the container, whatever its user, can replace the file.",
    fix: "give the file to the user that needs it with `chown`, and no more rights than that",
    bad: "FROM debian:12\nRUN chmod -R 777 /app\n",
    good: "FROM debian:12\nRUN chown -R 10001 /app && chmod -R 755 /app\n",
    check: |context, hits| {
        modes(context, hits, |mode, command| {
            let sticky =
                command.is_some_and(|command| command.args.iter().any(|arg| arg.text == "/tmp"));
            (others_write(mode) && !sticky)
                .then(|| format!("the mode `{}` lets everybody write", short(mode)))
        });
    },
};

pub(super) static SETUID: Rule = Rule {
    id: "setuid-bit-set",
    aliases: &[],
    title: "file made setuid or setgid",
    severity: Severity::High,
    concern: Concern::Security,
    why: "Whoever runs the file gets the rights of its owner, mostly root.",
    fix: "leave the bit off; give the process the capability that it needs",
    bad: "FROM debian:12\nRUN chmod u+s /usr/bin/app\n",
    good: "FROM debian:12\nRUN chmod 755 /usr/bin/app\n",
    check: |context, hits| {
        modes(context, hits, |mode, command| {
            let directory = command.is_some_and(|command| command.is("mkdir") || command.has("-d"));
            (sets_id(mode) && !directory)
                .then(|| format!("the mode `{}` sets the bit", short(mode)))
        });
    },
};

pub(super) static PRIVILEGED: Rule = Rule {
    id: "privileged-build-step",
    aliases: &[],
    title: "build step without isolation",
    severity: Severity::High,
    concern: Concern::Security,
    why: "The step can reach the machine that builds, and so can everything that it downloads.",
    fix: "leave the flag out",
    bad: "FROM debian:12\nRUN --security=insecure make\n",
    good: "FROM debian:12\nRUN make\n",
    check: |context, hits| {
        for item in context.of(Keyword::Run) {
            for flag in &item.instruction.flags {
                let value = flag.value.as_deref().unwrap_or_default();
                if flag.name == "security" && value == "insecure" {
                    hits.add(flag.span, "`--security=insecure` runs the step with all rights");
                } else if flag.name == "network" && value == "host" {
                    hits.add(
                        flag.span,
                        "`--network=host` puts the step into the network of the builder",
                    )
                    .severity(Severity::Medium);
                }
            }
        }
        for (_, command) in context.commands() {
            let engine = ["docker", "podman", "nerdctl"].contains(&command.name.as_str());
            if engine && command.has_any(&["--privileged", "--privileged=true"]) {
                hits.add(
                    command.name_span,
                    format!("`{} --privileged` runs in the build", command.name),
                );
            }
        }
    },
};

pub(super) static SSH_SERVER: Rule = Rule {
    id: "ssh-server-installed",
    aliases: &[],
    title: "SSH server in the image",
    severity: Severity::Medium,
    concern: Concern::Security,
    why: "A way to log in to a container is a way in for others, and its keys are the same in every \
          container of the image.",
    fix: "leave it out and use `aws ecs execute-command` or `docker exec`",
    bad: "FROM debian:12\nRUN apt-get install -y --no-install-recommends openssh-server=1:9.2\n",
    good: "FROM debian:12\nRUN apt-get install -y --no-install-recommends openssh-client=1:9.2\n",
    check: |context, hits| {
        const INSTALLERS: [&str; 7] = ["apk", "apt", "apt-get", "dnf", "microdnf", "yum", "zypper"];
        const SERVERS: [&str; 4] = ["openssh-server", "openssh", "dropbear", "dropbear-bin"];
        for (_, command) in context.commands() {
            let installs = INSTALLERS.contains(&command.name.as_str())
                && command.has_any(&["install", "add", "in", "reinstall"]);
            if !installs {
                continue;
            }
            let named = command.args.iter().find(|arg| {
                let name = arg.text.split(['=', '~', '<', '>']).next().unwrap_or_default();
                SERVERS.contains(&name)
            });
            if let Some(package) = named {
                hits.add(package.span, format!("`{}` is installed", short(&package.text)));
            }
        }
    },
};

/// Calls `judge` with the modes that `chmod`, `install -m`, `mkdir -m` and `--chmod` give.
fn modes(
    context: &Context<'_>,
    hits: &mut Hits,
    judge: impl Fn(&str, Option<&Command>) -> Option<String>,
) {
    let mut report = |mode: &str, span: Span, command: Option<&Command>| {
        if let Some(evidence) = judge(mode, command) {
            hits.add(span, evidence);
        }
    };
    for item in &context.items {
        if let Some(flag) = item.instruction.flag("chmod") {
            report(flag.value.as_deref().unwrap_or_default(), flag.span, None);
        }
    }
    for (_, command) in context.commands() {
        match command.name.as_str() {
            "chmod" => {
                // A mode may begin with a dash, so it is looked for among all words.
                let mode = command.args.iter().find(|arg| is_mode(&arg.text));
                if let Some(mode) = mode {
                    report(&mode.text, mode.span, Some(command));
                }
            }
            "install" | "mkdir" => {
                if let Some(mode) = command.flag_value(&["m", "mode"]) {
                    report(mode, command.name_span, Some(command));
                }
            }
            _ => {}
        }
    }
}

fn is_mode(text: &str) -> bool {
    let octal =
        text.len() >= 3 && text.len() <= 5 && text.bytes().all(|b| matches!(b, b'0'..=b'7'));
    let symbolic = !text.starts_with('-')
        && text.contains(['+', '='])
        && text.bytes().all(|b| b"ugoarwxXst+-=,".contains(&b));
    octal || symbolic
}

fn octal(mode: &str) -> Option<u32> {
    (mode.len() >= 3).then(|| u32::from_str_radix(mode, 8).ok()).flatten()
}

fn others_write(mode: &str) -> bool {
    match octal(mode) {
        Some(bits) => bits & 0o002 != 0 && bits & 0o1000 == 0,
        None => clauses(mode).any(|(who, what)| (who.contains(['o', 'a'])) && what.contains('w')),
    }
}

fn sets_id(mode: &str) -> bool {
    match octal(mode) {
        Some(bits) => bits & 0o6000 != 0,
        None => clauses(mode).any(|(who, what)| {
            what.contains('s') && (who.is_empty() || who.contains(['u', 'g', 'a']))
        }),
    }
}

/// Who gets what by a symbolic mode: `u+s`, `go=rw`.
fn clauses(mode: &str) -> impl Iterator<Item = (&str, &str)> {
    mode.split(',').filter_map(|clause| clause.split_once(['+', '=']))
}
