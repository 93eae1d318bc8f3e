//! What build steps download, and whether anybody verifies it.

use farguard_model::Severity;

use super::support::short;
use crate::{
    ast::{Keyword, unquote},
    rule::{Concern, Rule},
    shell::{Arg, Command, SHELLS, Script},
    source::Span,
};

pub(super) static PIPED: Rule = Rule {
    id: "download-piped-to-shell",
    aliases: &[],
    title: "script run straight from the network",
    severity: Severity::High,
    concern: Concern::Security,
    why: "Whoever controls the server or the way to it runs code in the build, and the next build \
          runs another script.",
    fix: "download a fixed version, compare its checksum, and run it then",
    bad: "FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n\
          RUN curl -fsSL https://example.com/install.sh | sh\n",
    good: "FROM debian:12\nRUN curl -fsSLo install.sh https://example.com/v1/install.sh && \
           echo '0a1b install.sh' | sha256sum -c && sh install.sh\n",
    check: |context, hits| {
        for (_, script) in context.scripts() {
            for command in &script.commands {
                if let Some(fetcher) = runs_download(script, command) {
                    let evidence =
                        format!("`{}` runs what `{fetcher}` downloads", short(&command.name));
                    hits.add(command.name_span, evidence);
                }
            }
        }
    },
};

pub(super) static NO_TLS: Rule = Rule {
    id: "tls-verification-off",
    aliases: &[],
    title: "certificates are not verified",
    severity: Severity::High,
    concern: Concern::Security,
    why: "Anybody between the builder and the server can change what is downloaded.",
    fix: "leave the option out, and install the certificate of the authority if it is a private \
          one",
    bad: "FROM debian:12\nRUN curl -fk https://example.com/app -o /app\n",
    good: "FROM debian:12\nRUN curl -f https://example.com/app -o /app\n",
    check: |context, hits| {
        for (_, command) in context.commands() {
            if let Some((span, what)) = skips_tls(command) {
                hits.add(
                    span,
                    format!("`{what}` of `{}` turns verification off", short(&command.name)),
                );
            }
            for set in &command.assignments {
                if turns_off(&set.name, &set.value) {
                    hits.add(set.span, format!("`{}` turns verification off", short(&set.name)));
                }
            }
            if command.is("export") {
                for arg in &command.args {
                    let off =
                        arg.text.split_once('=').filter(|(name, value)| turns_off(name, value));
                    if let Some((name, _)) = off {
                        hits.add(arg.span, format!("`{}` turns verification off", short(name)));
                    }
                }
            }
        }
        for keyword in [Keyword::Env, Keyword::Arg] {
            for (_, pair) in context.pairs(keyword) {
                let value =
                    pair.value.as_ref().map(|value| unquote(&value.text)).unwrap_or_default();
                if turns_off(&pair.name.text, value) {
                    hits.add(
                        pair.name.span,
                        format!("`{}` turns verification off", short(&pair.name.text)),
                    );
                }
            }
        }
    },
};

pub(super) static UNSIGNED: Rule = Rule {
    id: "unsigned-packages-allowed",
    aliases: &[],
    title: "packages are installed without a signature",
    severity: Severity::High,
    concern: Concern::Security,
    why: "Anybody between the builder and the mirror, and the mirror itself, can put in packages of \
          their own.",
    fix: "leave the option out, and install the key of the repository",
    bad: "FROM debian:12\nRUN apt-get install -y --allow-unauthenticated app=1.0\n",
    good: "FROM debian:12\nRUN apt-get install -y app=1.0\n",
    check: |context, hits| {
        for (_, command) in context.commands() {
            if let Some(arg) = command.args.iter().find(|arg| allows_unsigned(command, &arg.text)) {
                hits.add(
                    arg.span,
                    format!(
                        "`{}` of `{}` skips signatures",
                        short(&arg.text),
                        short(&command.name)
                    ),
                );
            }
        }
    },
};

pub(super) static PLAIN_HTTP: Rule = Rule {
    id: "download-over-http",
    aliases: &[],
    title: "download without encryption",
    severity: Severity::Low,
    concern: Concern::Security,
    why: "Anybody between the builder and the server can change what is downloaded.",
    fix: "use an `https://` address, or compare a checksum",
    bad: "FROM debian:12\nRUN curl -fO http://example.com/app\n",
    good: "FROM debian:12\nRUN curl -fO https://example.com/app\n",
    check: |context, hits| {
        for (_, script) in context.scripts() {
            let verified = script.commands.iter().any(verifies);
            for command in script.commands.iter().filter(|command| is_fetcher(command)) {
                let address = command.args.iter().find(|arg| {
                    let host = arg.text.strip_prefix("http://").unwrap_or_default();
                    !host.is_empty() && !is_local(host)
                });
                if let Some(address) = address.filter(|_| !verified) {
                    let evidence = format!("`{}` is not encrypted", short(&address.text));
                    hits.add(address.span, evidence);
                }
            }
        }
    },
};

fn is_fetcher(command: &Command) -> bool {
    matches!(command.name.as_str(), "curl" | "wget" | "fetch" | "aria2c" | "http")
}

fn verifies(command: &Command) -> bool {
    command.name.ends_with("sum")
        || matches!(command.name.as_str(), "gpg" | "gpgv" | "cosign" | "minisign" | "shasum")
}

fn is_local(host: &str) -> bool {
    ["localhost", "127.", "169.254.", "$"].iter().any(|start| host.starts_with(start))
}

/// The program that downloads what this command runs.
fn runs_download<'s>(script: &'s Script, command: &Command) -> Option<&'s str> {
    const INTERPRETERS: [&str; 6] = ["node", "perl", "php", "python", "python3", "ruby"];
    let shell = SHELLS.contains(&command.name.as_str());
    let interpreter = INTERPRETERS.contains(&command.name.as_str());
    let sources = matches!(command.name.as_str(), "source" | "." | "eval");
    if !shell && !interpreter && !sources {
        return None;
    }
    let fetcher = |range: std::ops::Range<usize>| {
        script.range(range).iter().find(|from| is_fetcher(from)).map(|from| from.name.as_str())
    };
    // With a script of its own, what is piped in is only data.
    let own = |arg: &Arg| !arg.text.starts_with('-') && arg.text != "/dev/stdin";
    let reads_input = match command.args.first() {
        _ if command.has("-s") || command.has("-") || command.has("/dev/stdin") => true,
        Some(first) => {
            !own(first) && !command.has_any(&["-c", "-e", "-m"]) && !command.args.iter().any(own)
        }
        None => true,
    };
    let piped = command.stdin.clone().filter(|_| reads_input && !sources).and_then(fetcher);
    piped.or_else(|| command.args.iter().find_map(|arg| fetcher(arg.commands.clone())))
}

fn skips_tls(command: &Command) -> Option<(Span, String)> {
    let found = |arg: &Arg| Some((arg.span, short(&arg.text)));
    let word = |words: &[&str]| {
        command.args.iter().find(|arg| words.contains(&arg.text.as_str())).and_then(found)
    };
    match command.name.as_str() {
        "curl" => command.args.iter().find(|arg| is_curl_insecure(&arg.text)).and_then(found),
        "wget" => word(&["--no-check-certificate"]),
        "git" => command
            .args
            .iter()
            .find(|arg| arg.text.to_ascii_lowercase().ends_with("http.sslverify=false"))
            .and_then(found)
            .or_else(|| followed(command, "http.sslverify", "false")),
        "npm" | "pnpm" => word(&["--strict-ssl=false", "--no-strict-ssl", "strict-ssl=false"])
            .or_else(|| followed(command, "strict-ssl", "false")),
        "yarn" => word(&["--strict-ssl=false"])
            .or_else(|| followed(command, "strict-ssl", "false"))
            .or_else(|| followed(command, "enablestrictssl", "false")),
        "conda" | "mamba" => {
            word(&["--insecure", "-k"]).or_else(|| followed(command, "ssl_verify", "false"))
        }
        "helm" | "oc" | "kubectl" => {
            word(&["--insecure-skip-tls-verify", "--insecure-skip-tls-verify=true"])
        }
        name if name.starts_with("pip") || name.starts_with("python") || name == "uv" => command
            .args
            .iter()
            .find(|arg| {
                arg.text.split('=').next() == Some("--trusted-host")
                    || arg.text == "--allow-insecure-host"
            })
            .and_then(found),
        "apt-get" | "apt" => command
            .args
            .iter()
            .find(|arg| {
                let lower = arg.text.to_ascii_lowercase();
                lower.contains("verify-peer=false")
                    || lower.contains("verify-peer=0")
                    || lower.contains("verify-host=false")
            })
            .and_then(found),
        "yum" | "dnf" | "microdnf" => command
            .args
            .iter()
            .find(|arg| {
                let lower = arg.text.to_ascii_lowercase();
                lower.contains("sslverify=false") || lower.contains("sslverify=0")
            })
            .and_then(found),
        _ => None,
    }
}

/// `curl -k`, also among other letters; the values of flags are no flags.
fn is_curl_insecure(word: &str) -> bool {
    const WITH_VALUE: &str = "AbCcDdEeFHhKmoPQrTtUuwXxYyz";
    if matches!(word, "--insecure" | "--proxy-insecure") {
        return true;
    }
    let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
        return false;
    };
    letters.chars().take_while(|c| !WITH_VALUE.contains(*c)).any(|c| c == 'k')
}

/// A key with the next word for its value, as in `git config http.sslVerify false`.
fn followed(command: &Command, key: &str, value: &str) -> Option<(Span, String)> {
    let at = command.args.iter().position(|arg| arg.text.eq_ignore_ascii_case(key))?;
    let arg = command.args.get(at)?;
    let next = command.args.get(at + 1)?;
    next.text.eq_ignore_ascii_case(value).then(|| (arg.span, short(&arg.text)))
}

/// Variables that turn verification off.
fn turns_off(name: &str, value: &str) -> bool {
    let off = matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "off" | "no");
    match name {
        "NODE_TLS_REJECT_UNAUTHORIZED"
        | "NPM_CONFIG_STRICT_SSL"
        | "npm_config_strict_ssl"
        | "PYTHONHTTPSVERIFY"
        | "CONDA_SSL_VERIFY"
        | "YARN_ENABLE_STRICT_SSL" => off,
        "GIT_SSL_NO_VERIFY" => !value.is_empty() && !off,
        "PIP_TRUSTED_HOST" | "GOINSECURE" => !value.is_empty(),
        _ => false,
    }
}

fn allows_unsigned(command: &Command, word: &str) -> bool {
    match command.name.as_str() {
        "apt-get" | "apt" | "aptitude" => {
            let lower = word.to_ascii_lowercase();
            matches!(
                word,
                "--allow-unauthenticated" | "--force-yes" | "--allow-insecure-repositories"
            ) || lower.ends_with("allowunauthenticated=true")
                || lower.ends_with("allowunauthenticated=1")
                || lower.ends_with("allowinsecurerepositories=true")
        }
        "apk" => word == "--allow-untrusted",
        "yum" | "dnf" | "microdnf" => {
            matches!(word, "--nogpgcheck" | "--no-gpgchecks") || word.ends_with("gpgcheck=0")
        }
        "zypper" => matches!(word, "--no-gpg-checks" | "--no-gpg-check" | "--allow-unsigned-rpm"),
        "rpm" => matches!(word, "--nosignature" | "--nodigest" | "--nogpg"),
        _ => false,
    }
}
