//! Credentials that are written into the file or left in the image.

use farguard_model::Severity;

use super::support::short;
use crate::{
    ast::{Keyword, Pair, unquote},
    mask::{is_credential, names_a_place},
    rule::{Concern, Hits, Rule},
};

pub(super) static ENVIRONMENT: Rule = Rule {
    id: "credential-in-environment",
    aliases: &["DL3064"],
    title: "credential in ENV or ARG",
    severity: Severity::High,
    concern: Concern::Security,
    why: "Values of `ENV` stand in the configuration of the image, those of `ARG` in its history: \
          whoever can pull it can read them.",
    fix: "mount the secret for the step that needs it, and give it to the container when it \
          starts, from Secrets Manager",
    bad: "FROM debian:12\nENV DB_PASSWORD=correct-horse\n",
    good: "FROM debian:12\nENV DB_PASSWORD_FILE=/run/secrets/db\n",
    check: |context, hits| {
        for keyword in [Keyword::Env, Keyword::Arg] {
            for (item, pair) in context.pairs(keyword) {
                // What is set before the first `FROM` or in a stage that is not shipped is only in
                // the history of the builder.
                let shipped = item.stage.is_some() && context.is_shipped(item.stage);
                pair_of_credential(hits, keyword, pair, shipped);
            }
        }
    },
};

pub(super) static PASSWORD: Rule = Rule {
    id: "password-in-command",
    aliases: &[],
    title: "password in a build step",
    severity: Severity::High,
    concern: Concern::Security,
    why: "The command stands in the history of the image, and the password works in every \
          container of it.",
    fix: "set no password; where one is needed, give it to the container when it starts",
    bad: "FROM debian:12\nRUN echo 'root:correct-horse' | chpasswd\n",
    good: "FROM debian:12\nRUN passwd -l root\n",
    check: |context, hits| {
        for (_, script) in context.scripts() {
            for command in &script.commands {
                let piped = command.stdin.clone().unwrap_or_default();
                let literal = script.range(piped).iter().any(|from| {
                    (from.is("echo") || from.is("printf"))
                        && from.args.iter().any(|arg| sets_password(&arg.text))
                });
                let flag = command.is("useradd") || command.is("usermod");
                let option = flag.then(|| command.flag_value(&["p", "password"])).flatten();
                if (command.is("chpasswd") || command.is("passwd")) && literal {
                    hits.add(
                        command.name_span,
                        format!("a password is piped into `{}`", command.name),
                    );
                } else if option
                    .is_some_and(|value| !value.is_empty() && !matches!(value, "!" | "*" | "x"))
                    && !option.is_some_and(|value| value.starts_with('$'))
                {
                    hits.add(command.name_span, format!("`{}` is given a password", command.name));
                } else if command.is("sshpass")
                    && command.args.iter().any(|arg| arg.text.starts_with("-p"))
                {
                    hits.add(command.name_span, "`sshpass` is given a password");
                }
            }
        }
    },
};

fn sets_password(text: &str) -> bool {
    let password = text.split_once(':').map_or(text, |(_, password)| password);
    !password.is_empty()
        && !password.starts_with('$')
        && !password.starts_with('-')
        && password != "%s"
}

fn pair_of_credential(hits: &mut Hits, keyword: Keyword, pair: &Pair, shipped: bool) {
    let name = unquote(&pair.name.text);
    let value = pair.value.as_ref().map(|value| unquote(&value.text)).unwrap_or_default();
    let literal = !value.is_empty() && !value.contains('$');
    let sure = is_credential(name) && literal && !is_placeholder(value);
    if !sure && !is_suspicious(name) {
        return;
    }
    let instruction = if keyword == Keyword::Env { "ENV" } else { "ARG" };
    let what = if literal { "sets" } else { "names" };
    let severity = match (sure, keyword) {
        (true, Keyword::Env) if shipped => Severity::High,
        (true, _) => Severity::Medium,
        (false, _) => Severity::Low,
    };
    // Only the name is told; the value stays where it is.
    let evidence = format!("`{instruction}` {what} `{}`", short(name));
    hits.add(pair.name.span, evidence).severity(severity);
}

/// Names that hold a credential, or say who it belongs to.
fn is_suspicious(name: &str) -> bool {
    const PARTS: [&str; 7] =
        ["api_key", "client_key", "password", "private", "secret", "token", "username"];
    const NAMES: [&str; 4] = ["AWS_ACCESS_KEY_ID", "CF_USERNAME", "DOCKER_USERNAME", "OS_USERNAME"];
    let lower = name.to_ascii_lowercase();
    NAMES.contains(&name)
        || (PARTS.iter().any(|part| lower.contains(part)) && !names_a_place(&lower))
}

/// Values that say that a real one comes later.
fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = [
        "changeme",
        "change-me",
        "change_me",
        "example",
        "placeholder",
        "dummy",
        "xxx",
        "todo",
        "<",
        "your",
    ];
    lower.starts_with('/')
        || matches!(lower.as_str(), "true" | "false" | "none" | "null" | "0" | "1")
        || words.iter().any(|word| lower.contains(word))
}
