//! Credential helpers: programs that hold passwords for docker.

use std::{
    ffi::OsStr,
    io::{Read, Write},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde::Deserialize;

use crate::source::registry::credential::{Credential, Secret};

/// An answer longer than this is none.
const MAX_ANSWER_BYTES: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

/// Asks `docker-credential-NAME get` for the credential of a server; `None` when it has none.
///
/// # Errors
/// Why it could not be asked, for people. What the helper printed is never part of it.
///
/// # Source
/// <https://github.com/docker/docker-credential-helpers#development>
pub(super) fn get(
    name: &str,
    server: &str,
    search_path: Option<&OsStr>,
    timeout: Duration,
) -> Result<Option<Credential>, String> {
    let harmless = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !harmless {
        return Err("the name of its credential helper is not a plain word".to_owned());
    }
    let program = format!("docker-credential-{name}");
    let failed = |why: &dyn std::fmt::Display| format!("the helper `{program}` failed: {why}");

    let mut command = Command::new(&program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(path) = search_path {
        command.env("PATH", path);
    }
    let mut child = command.spawn().map_err(|error| failed(&error))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    if let Some(mut stdin) = stdin {
        // A helper that does not read its input closes it: what it answers says more than that.
        let _ = stdin.write_all(server.as_bytes());
    }
    let (sender, answer) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.map(|out| out.take(MAX_ANSWER_BYTES).read_to_end(&mut bytes));
        let _ = sender.send(read.and_then(Result::ok).map(|_| bytes));
    });
    let Ok(answer) = answer.recv_timeout(timeout) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed(&format_args!("no answer within {} s", timeout.as_secs_f32())));
    };
    let _ = child.kill();
    let status = child.wait().map_err(|error| failed(&error))?;
    let answer = answer.unwrap_or_default();
    match serde_json::from_slice::<Answer>(&answer) {
        Ok(Answer { secret, .. }) if secret.is_empty() => Ok(None),
        Ok(Answer { username, secret }) if username == "<token>" => {
            Ok(Some(Credential::IdentityToken(Secret::new(secret))))
        }
        Ok(Answer { username, secret }) => {
            Ok(Some(Credential::Basic { username, password: Secret::new(secret) }))
        }
        Err(_) if answer.starts_with(b"credentials not found") => Ok(None),
        Err(_) => Err(failed(&format_args!("it gave no credential ({status})"))),
    }
}
