//! HTTP with redirects followed by hand, patience with limits, and no trust.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    io::Read,
    thread,
    time::{Duration, Instant},
};

use ureq::{
    Agent, Body, http,
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::{RegistryError, credential::Secret, url::Url};

/// The most redirects that are followed.
const MAX_REDIRECTS: usize = 10;

/// How long to wait, and how often to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, with TLS.
    pub connect: Duration,
    /// For the head of an answer.
    pub response: Duration,
    /// For the next bytes of a body.
    pub idle: Duration,
    /// How often one thing is tried.
    pub attempts: u32,
    /// The first pause between two attempts; it doubles each time.
    pub pause: Duration,
    /// The longest pause, also when a registry asks for more.
    pub max_pause: Duration,
    /// No further attempt is begun after this time.
    pub budget: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            response: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            attempts: 5,
            pause: Duration::from_millis(250),
            max_pause: Duration::from_secs(20),
            budget: Duration::from_secs(90),
        }
    }
}

/// What to ask for.
pub(super) struct Request<'a> {
    pub(super) url: Url,
    pub(super) accept: &'a str,
    /// Sent to the origin of `url` only.
    pub(super) authorization: Option<&'a Secret>,
    /// The first byte of the body that is wanted.
    pub(super) offset: u64,
    /// Only the head of the answer is wanted.
    pub(super) head: bool,
    /// A form to post; such requests are never redirected.
    pub(super) form: Option<&'a Secret>,
}

impl Request<'_> {
    pub(super) fn get(url: Url) -> Self {
        let head = false;
        Self { url, accept: "*/*", authorization: None, offset: 0, head, form: None }
    }
}

/// An answer.
pub(super) struct Response {
    pub(super) status: u16,
    /// Who answered: host and port, after redirects.
    pub(super) host: String,
    /// Whether it is from the server that was asked, and not from one it redirects to.
    pub(super) same_origin: bool,
    headers: http::HeaderMap,
    pub(super) body: Body,
}

impl Response {
    /// A header, if it is there once and printable.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All values of a header.
    pub(super) fn header_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// Reads the whole body, if it is no larger than `limit`.
    pub(super) fn bytes(self, limit: u64, what: &str) -> Result<Vec<u8>, RegistryError> {
        let host = self.host;
        let mut bytes = Vec::new();
        self.body.into_reader().take(limit + 1).read_to_end(&mut bytes).map_err(|error| {
            RegistryError::Protocol {
                host: host.clone(),
                why: format!("breaks off {what}: {error}"),
            }
        })?;
        if u64::try_from(bytes.len()).is_ok_and(|len| len <= limit) {
            return Ok(bytes);
        }
        Err(RegistryError::Protocol {
            host,
            why: format!("sends more than {limit} bytes for {what}"),
        })
    }

    /// The status for people, with the first error code of the body.
    pub(super) fn status_text(self) -> String {
        const MAX_BYTES: u64 = 16 << 10;
        let status = self.status;
        let reason = http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason());
        let text = match reason {
            Some(reason) => format!("{status} {reason}"),
            None => status.to_string(),
        };
        match self.bytes(MAX_BYTES, "an error").ok().and_then(|body| error_code(&body)) {
            Some(code) => format!("{text} ({code})"),
            None => text,
        }
    }
}

/// The code of `{"errors":[{"code":"MANIFEST_UNKNOWN"}]}`. The message beside it is not repeated:
/// a server could put there what it was sent.
fn error_code(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let code = body.get("errors")?.get(0)?.get("code")?.as_str()?;
    let plain = code.len() <= 64 && code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    plain.then(|| code.to_owned())
}

/// The client of one registry.
#[derive(Debug)]
pub(super) struct Http {
    agent: Agent,
    patience: Patience,
}

impl Http {
    pub(super) fn new(patience: Patience, proxy_from_environment: bool) -> Self {
        let proxy = if proxy_from_environment { ureq::Proxy::try_from_env() } else { None };
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(proxy)
            .tls_config(TlsConfig::builder().root_certs(roots()).build())
            .user_agent(concat!("farguard/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(patience.connect))
            .timeout_recv_response(Some(patience.response))
            .timeout_send_request(Some(patience.response))
            .timeout_per_read(Some(patience.idle))
            .timeout_per_write(Some(patience.idle))
            .build()
            .new_agent();
        Self { agent, patience }
    }

    pub(super) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Sends a request until it is answered: again after 429, 5xx and broken connections.
    pub(super) fn send(&self, request: &Request<'_>) -> Result<Response, RegistryError> {
        let started = Instant::now();
        let mut attempt = 1;
        loop {
            let outcome = self.follow(request);
            let wanted = match &outcome {
                Ok(answer) if is_transient(answer.status) => retry_after(answer),
                Err(Failure { transient: true, .. }) => None,
                Ok(_) | Err(_) => return outcome.map_err(|failure| failure.error),
            };
            let pause = self.pause(attempt, wanted);
            if attempt >= self.patience.attempts || started.elapsed() + pause > self.patience.budget
            {
                return outcome.map_err(|failure| failure.error);
            }
            thread::sleep(pause);
            attempt += 1;
        }
    }

    /// The pause after an attempt: doubled each time, and not the same for all clients at once.
    pub(super) fn pause(&self, attempt: u32, wanted: Option<Duration>) -> Duration {
        let doubled = self.patience.pause.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let spread = RandomState::new().build_hasher().finish() % 256;
        let jitter = doubled / 1_024 * u32::try_from(spread).unwrap_or_default();
        wanted.unwrap_or_default().max(doubled + jitter).min(self.patience.max_pause)
    }

    fn follow(&self, request: &Request<'_>) -> Result<Response, Failure> {
        let mut url = request.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let same_origin = url.same_origin(&request.url);
            let answer = self.once(request, &url, same_origin)?;
            let (head, body) = answer.into_parts();
            let status = head.status.as_u16();
            let host = url.authority.clone();
            let answer = Response { status, host, same_origin, headers: head.headers, body };
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return Ok(answer);
            }
            if request.form.is_some() {
                return Err(Failure::protocol(&url, "redirects a request that carries a token"));
            }
            let next = answer.header("location").and_then(|location| url.join(location));
            let Some(next) = next else {
                return Err(Failure::protocol(&url, "redirects to nowhere"));
            };
            if url.https && !next.https {
                let why = format!("redirects from https to `{}` without TLS", next.authority);
                return Err(Failure::protocol(&url, why));
            }
            url = next;
        }
        Err(Failure::protocol(&request.url, format!("redirects more than {MAX_REDIRECTS} times")))
    }

    fn once(
        &self,
        request: &Request<'_>,
        url: &Url,
        same_origin: bool,
    ) -> Result<http::Response<Body>, Failure> {
        let method = match (request.form, request.head) {
            (Some(_), _) => http::Method::POST,
            (None, true) => http::Method::HEAD,
            (None, false) => http::Method::GET,
        };
        let mut builder = http::Request::builder()
            .method(method)
            .uri(url.to_request())
            .header("accept", request.accept);
        if let Some(authorization) = request.authorization.filter(|_| same_origin) {
            builder = builder.header("authorization", authorization.expose());
        }
        if request.offset > 0 {
            builder = builder.header("range", format!("bytes={}-", request.offset));
        }
        let malformed = |_| Failure::protocol(url, "cannot be asked: the address is malformed");
        let sent = match request.form {
            Some(form) => {
                let kind = "application/x-www-form-urlencoded";
                let builder = builder.header("content-type", kind);
                self.agent.run(builder.body(form.expose()).map_err(malformed)?)
            }
            None => self.agent.run(builder.body(()).map_err(malformed)?),
        };
        sent.map_err(|error| Failure::unreachable(url, &error))
    }
}

struct Failure {
    error: RegistryError,
    /// Whether trying again may help.
    transient: bool,
}

impl Failure {
    fn protocol(url: &Url, why: impl Into<String>) -> Self {
        let error = RegistryError::Protocol { host: url.authority.clone(), why: why.into() };
        Self { error, transient: false }
    }

    fn unreachable(url: &Url, error: &ureq::Error) -> Self {
        let host = url.authority.clone();
        let why = match error {
            ureq::Error::Timeout(kind) => format!("no answer in time ({kind})"),
            ureq::Error::HostNotFound => "no host of this name".to_owned(),
            ureq::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        // What rustls makes of an answer in plain text.
        if url.https && why.contains("corrupt message") {
            return Self { error: RegistryError::NotTls { host }, transient: false };
        }
        if url.https && why.contains("invalid peer certificate") {
            let help =
                "to trust who signed it, name a file with their certificate in `SSL_CERT_FILE`";
            let error = RegistryError::Unreachable { host, why: format!("{why}; {help}") };
            return Self { error, transient: false };
        }
        let transient = matches!(
            error,
            ureq::Error::Io(error) if error.kind() != std::io::ErrorKind::ConnectionRefused
                && error.kind() != std::io::ErrorKind::TimedOut
        );
        Self { error: RegistryError::Unreachable { host, why }, transient }
    }
}

fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

fn retry_after(answer: &Response) -> Option<Duration> {
    answer.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// The certificates that this machine trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured):
/// companies sign their registries themselves. Where there are none, as in an image from scratch,
/// those of Mozilla.
#[must_use]
pub fn roots() -> RootCerts {
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return RootCerts::WebPki;
    }
    found.iter().map(|der| Certificate::from_der(der).to_owned()).into()
}
