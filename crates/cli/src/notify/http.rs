//! Posts JSON to hooks, with patience and limits.

use std::{thread, time::Duration};

use anyhow::{Result, bail};
use farguard_scan::source::registry::roots;
use ureq::{Agent, tls::TlsConfig};

use super::destination::HookUrl;

const ATTEMPTS: u32 = 3;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest pause between two attempts, also when the server asks for more.
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// What is shown of the answer of a server that refuses.
const MAX_ANSWER_CHARS: usize = 200;

/// What one attempt came to, when it failed.
struct Failure {
    why: String,
    /// How long to wait before another attempt; `None` when that would not help.
    again: Option<Duration>,
}

/// Posts a body. Redirects are not followed: they would hand the digest, and the secret in the
/// address, to others.
///
/// # Errors
/// When the server does not accept it.
pub(super) fn post(url: &HookUrl, body: &str) -> Result<()> {
    let agent: Agent = Agent::config_builder()
        .https_only(url.expose().starts_with("https://"))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(ATTEMPT_TIMEOUT))
        .tls_config(TlsConfig::builder().root_certs(roots()).build())
        .user_agent(concat!("farguard/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut attempt = 1;
    loop {
        match once(&agent, url, body) {
            Ok(()) => return Ok(()),
            Err(Failure { again: Some(pause), .. }) if attempt < ATTEMPTS => {
                thread::sleep(pause.max(Duration::from_millis(500) * attempt).min(MAX_PAUSE));
                attempt += 1;
            }
            Err(Failure { why, .. }) if attempt > 1 => bail!("{why} ({attempt} attempts)"),
            Err(Failure { why, .. }) => bail!("{why}"),
        }
    }
}

fn once(agent: &Agent, url: &HookUrl, body: &str) -> Result<(), Failure> {
    let sent = agent.post(url.expose()).content_type("application/json; charset=utf-8").send(body);
    let mut answer = sent.map_err(|error| match error {
        // The message would show the address.
        ureq::Error::BadUri(_) => {
            Failure { why: "the address is malformed".to_owned(), again: None }
        }
        error => Failure { why: error.to_string(), again: Some(Duration::ZERO) },
    })?;
    let status = answer.status().as_u16();
    if (200..300).contains(&status) {
        return Ok(());
    }
    let asked = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let asked =
        asked.and_then(|text| text.parse().ok()).map_or(Duration::ZERO, Duration::from_secs);
    let text = answer.body_mut().with_config().limit(4 << 10).read_to_string().unwrap_or_default();
    let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_ANSWER_CHARS).collect();
    let why = match text.trim() {
        "" => format!("the server answers with status {status}"),
        text => format!("the server answers with status {status}: {text}"),
    };
    let may_pass = status == 429 || status >= 500;
    Err(Failure { why, again: may_pass.then_some(asked) })
}
