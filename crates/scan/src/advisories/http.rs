//! Downloads files, politely and within bounds.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use ureq::{Agent, Body, http::Response, tls::TlsConfig};

use crate::{progress::Progress, source::registry::roots};

/// Requests for one file before we give up.
const MAX_ATTEMPTS: u32 = 5;
const MAX_REDIRECTS: u32 = 5;
/// A server that sends nothing for so long is gone.
const IDLE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(15);
/// Longest pause that a server can ask for.
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// A file could not be fetched.
#[derive(Debug, thiserror::Error)]
#[error("cannot fetch `{url}`: {message}")]
pub struct FetchError {
    /// What was fetched.
    pub url: String,
    /// Why it failed.
    pub message: String,
}

/// Fetches over HTTP(S). From an `https` address no redirect leads to plain `http`.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher {
    secure: Agent,
    plain: Agent,
    first_pause: Duration,
}

/// What one attempt came to.
enum Attempt<T> {
    Done(T),
    Again(String, Option<Duration>),
    Failed(String),
}

impl Fetcher {
    /// A fetcher that pauses so long before the first retry, and longer before each next one.
    pub(crate) fn new(first_pause: Duration) -> Self {
        Self { secure: agent(true), plain: agent(false), first_pause }
    }

    /// The bytes at an address, at most `max_bytes`.
    pub(crate) fn bytes(&self, url: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        self.retry(url, |agent| {
            let response = match send(agent, url, None) {
                Attempt::Done(response) => response,
                Attempt::Again(message, pause) => return Attempt::Again(message, pause),
                Attempt::Failed(message) => return Attempt::Failed(message),
            };
            let mut bytes = Vec::new();
            match copy(response, &mut bytes, max_bytes, |_| ()) {
                Ok(()) => Attempt::Done(bytes),
                Err(error) => retry_io(&error),
            }
        })
    }

    /// Brings a file up to date with the one at an address; true when it had changed there.
    ///
    /// The server's tag is kept beside the file, so that an unchanged one is not sent again.
    pub(crate) fn file(
        &self,
        url: &str,
        path: &Path,
        max_bytes: u64,
        progress: &dyn Progress,
    ) -> Result<bool, FetchError> {
        self.retry(url, |agent| {
            let tag = known_tag(url, path);
            let response = match send(agent, url, tag.as_deref()) {
                Attempt::Done(response) => response,
                Attempt::Again(message, pause) => return Attempt::Again(message, pause),
                Attempt::Failed(message) => return Attempt::Failed(message),
            };
            if response.status() == 304 {
                return Attempt::Done(false);
            }
            match store(response, url, path, max_bytes, progress) {
                Ok(()) => Attempt::Done(true),
                Err(error) => retry_io(&error),
            }
        })
    }

    fn retry<T>(
        &self,
        url: &str,
        mut attempt: impl FnMut(&Agent) -> Attempt<T>,
    ) -> Result<T, FetchError> {
        let fail = |message| FetchError { url: without_credentials(url), message };
        let agent = if url.starts_with("https://") { &self.secure } else { &self.plain };
        let mut pause = self.first_pause;
        for number in 1.. {
            match attempt(agent) {
                Attempt::Done(value) => return Ok(value),
                Attempt::Failed(message) => return Err(fail(message)),
                Attempt::Again(message, _) if number == MAX_ATTEMPTS => {
                    return Err(fail(format!("{message} ({number} attempts)")));
                }
                Attempt::Again(_, asked) => {
                    thread::sleep(asked.unwrap_or(pause).min(MAX_PAUSE));
                    pause *= 2;
                }
            }
        }
        Err(fail("no attempt was made".to_owned()))
    }
}

/// Forgets the tag of a file, so that it is fetched again.
pub(crate) fn forget(path: &Path) {
    let _ = fs::remove_file(tag_path(path));
}

fn agent(https_only: bool) -> Agent {
    Agent::config_builder()
        .https_only(https_only)
        .http_status_as_error(false)
        .max_redirects(MAX_REDIRECTS)
        .max_redirects_will_error(true)
        .timeout_connect(Some(CONNECT))
        .timeout_resolve(Some(CONNECT))
        .timeout_recv_response(Some(2 * IDLE))
        .timeout_per_read(Some(IDLE))
        .tls_config(TlsConfig::builder().root_certs(roots()).build())
        .user_agent(concat!("farguard/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

fn send(agent: &Agent, url: &str, tag: Option<&str>) -> Attempt<Response<Body>> {
    let mut request = agent.get(url);
    if let Some(tag) = tag {
        request = request.header("If-None-Match", tag);
    }
    let response = match request.call() {
        Ok(response) => response,
        Err(
            error @ (ureq::Error::Io(_)
            | ureq::Error::Timeout(_)
            | ureq::Error::ConnectionFailed
            | ureq::Error::HostNotFound),
        ) => return Attempt::Again(error.to_string(), None),
        Err(error) => return Attempt::Failed(error.to_string()),
    };
    let status = response.status();
    match status.as_u16() {
        200 => Attempt::Done(response),
        304 if tag.is_some() => Attempt::Done(response),
        429 | 500..=599 => {
            Attempt::Again(format!("the server says {status}"), asked_pause(&response))
        }
        _ => Attempt::Failed(format!("the server says {status}")),
    }
}

fn asked_pause(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn store(
    response: Response<Body>,
    url: &str,
    path: &Path,
    max_bytes: u64,
    progress: &dyn Progress,
) -> io::Result<()> {
    let tag = response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::with_prefix_in(".download-", directory)?;
    progress.start(url, url, response.body().content_length().unwrap_or(0));
    copy(response, file.as_file_mut(), max_bytes, |bytes| progress.advance(url, bytes))?;
    progress.finish(url, "fetched");
    // A file without its tag is fetched again; a tag without its file must never be.
    forget(path);
    file.persist(path)?;
    if let Some(tag) = tag {
        fs::write(tag_path(path), format!("{url}\n{tag}\n"))?;
    }
    Ok(())
}

/// Copies a body, which must be as long as the server has said.
fn copy(
    response: Response<Body>,
    out: &mut impl Write,
    max_bytes: u64,
    mut each: impl FnMut(u64),
) -> io::Result<()> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let promised = response.body().content_length();
    if promised.is_some_and(|len| len > max_bytes) {
        return Err(invalid(format!("it has more than {max_bytes} bytes")));
    }
    let mut reader = response.into_body().into_reader();
    let mut buffer = vec![0; 64 << 10];
    let mut total = 0;
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > max_bytes {
            return Err(invalid(format!("it has more than {max_bytes} bytes")));
        }
        out.write_all(buffer.get(..read).unwrap_or_default())?;
        each(read as u64);
    }
    match promised {
        Some(promised) if promised != total => {
            let message = format!("it ends after {total} of {promised} bytes");
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, message))
        }
        _ => Ok(()),
    }
}

/// Too many bytes and full disks do not get better by trying again.
fn retry_io<T>(error: &io::Error) -> Attempt<T> {
    match error.kind() {
        io::ErrorKind::InvalidData
        | io::ErrorKind::StorageFull
        | io::ErrorKind::PermissionDenied
        | io::ErrorKind::NotFound => Attempt::Failed(error.to_string()),
        _ => Attempt::Again(error.to_string(), None),
    }
}

fn tag_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".etag");
    name.into()
}

/// The tag of a file that came from this address and is still there.
fn known_tag(url: &str, path: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(tag_path(path)).ok()?.take(64 << 10).read_to_string(&mut text).ok()?;
    let (from, tag) = text.split_once('\n')?;
    (from == url && path.is_file()).then(|| tag.trim().to_owned()).filter(|tag| !tag.is_empty())
}

/// Addresses may carry a user and a password, which belong into no message.
fn without_credentials(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            format!("{scheme}://{host}/{path}")
        }
        None => url.to_owned(),
    }
}
