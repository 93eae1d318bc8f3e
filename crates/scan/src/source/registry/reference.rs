//! Image references: `alpine`, `ghcr.io/org/app:1.2`, `localhost:5000/x@sha256:...`.

use std::{fmt, str::FromStr};

use crate::source::digest::{Digest, shortened};

/// The domain that a reference without one means.
const DEFAULT_DOMAIN: &str = "docker.io";
/// The longest name, domain included.
const MAX_NAME_BYTES: usize = 255;
/// The longest tag.
const MAX_TAG_BYTES: usize = 128;

/// The name of an image in a registry, with the defaults of docker filled in.
///
/// # Source
/// <https://github.com/distribution/reference/blob/main/reference.go>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// A reference is malformed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an image reference: {reason}")]
pub struct ReferenceError {
    /// The start of the text, without what may be a password.
    text: String,
    reason: String,
}

impl Reference {
    /// Host and port as written: `docker.io`, `localhost:5000`.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The host and port that serve the API of the domain.
    #[must_use]
    pub fn api_host(&self) -> &str {
        if self.domain == DEFAULT_DOMAIN { "registry-1.docker.io" } else { &self.domain }
    }

    /// The repository: `library/alpine`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag, if one is written.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, if one is written.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// What to ask the registry for: the digest before the tag before `latest`.
    #[must_use]
    pub fn manifest_key(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.domain, self.path)?;
        match (&self.tag, &self.digest) {
            (Some(tag), _) => write!(f, ":{tag}")?,
            (None, None) => f.write_str(":latest")?,
            (None, Some(_)) => {}
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        parse(text)
            .map_err(|reason| ReferenceError { text: shortened(&without_secrets(text)), reason })
    }
}

/// What looks like `user:password@host` is not repeated in an error.
fn without_secrets(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) if !rest.starts_with("sha") => format!("…@{rest}"),
        _ => text.to_owned(),
    }
}

fn parse(text: &str) -> Result<Reference, String> {
    if text.is_empty() {
        return Err("it is empty; write `name:tag`, like `alpine:3.20`".to_owned());
    }
    if text.contains("://") {
        return Err("leave out the scheme; with `--plain-http` it is `http`".to_owned());
    }
    let (rest, digest) = match text.split_once('@') {
        None => (text, None),
        Some((rest, digest)) => match digest.parse::<Digest>() {
            Ok(digest) => (rest, Some(digest)),
            Err(_) => {
                return Err("after `@` comes a digest, `sha256:` and 64 hex digits".to_owned());
            }
        },
    };
    let (name, tag) = split_tag(rest);
    if let Some(tag) = tag {
        check_tag(tag)?;
    }
    let (domain, path) = split_domain(name);
    if let Some(domain) = domain {
        check_domain(domain)?;
    }
    let domain = match domain {
        None | Some("index.docker.io") => DEFAULT_DOMAIN.to_owned(),
        Some(domain) => domain.to_owned(),
    };
    check_path(path)?;
    if name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err("it is an image id; write a name, or `name@sha256:...`".to_owned());
    }
    let path = if domain == DEFAULT_DOMAIN && !path.contains('/') {
        format!("library/{path}")
    } else {
        path.to_owned()
    };
    if domain.len() + 1 + path.len() > MAX_NAME_BYTES {
        return Err(format!("its name is longer than {MAX_NAME_BYTES} characters"));
    }
    Ok(Reference { domain, path, tag: tag.map(str::to_owned), digest })
}

/// A colon after the last slash begins the tag; one before it, the port.
fn split_tag(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (text, None),
    }
}

/// The first component is a domain when it looks like one; otherwise it is a user of Docker Hub.
fn split_domain(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, path))
            if first == "localhost"
                || first.contains(['.', ':'])
                || first.bytes().any(|b| b.is_ascii_uppercase()) =>
        {
            (Some(first), path)
        }
        _ => (None, name),
    }
}

fn check_tag(tag: &str) -> Result<(), String> {
    let start = tag.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    let rest = tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    if start && rest && tag.len() <= MAX_TAG_BYTES {
        return Ok(());
    }
    Err(format!(
        "the tag after `:` has 1 to {MAX_TAG_BYTES} letters, digits, `_`, `.` and `-`, and begins \
         with none of the last two"
    ))
}

fn check_domain(domain: &str) -> Result<(), String> {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (domain, None),
    };
    if port.is_some_and(|port| {
        !port.bytes().all(|b| b.is_ascii_digit())
            || port.parse::<u16>().is_ok_and(|p| p == 0)
            || port.parse::<u16>().is_err()
    }) {
        return Err("the port of the registry is a number from 1 to 65535".to_owned());
    }
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let ok = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(is_domain_component),
    };
    if ok { Ok(()) } else { Err("the part before the first `/` is not a host name".to_owned()) }
}

fn is_domain_component(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn check_path(path: &str) -> Result<(), String> {
    if path.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err("the name of a repository is in lower case".to_owned());
    }
    if path.split('/').all(is_path_component) {
        return Ok(());
    }
    Err("each part of a name is of lower-case letters and digits, with single `.`, `_`, double \
         `__` or any number of `-` between them"
        .to_owned())
}

fn is_path_component(text: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let edges = [text.bytes().next(), text.bytes().last()];
    edges.into_iter().all(|edge| edge.is_some_and(alphanumeric))
        && text
            .split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            .all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|b| b == b'-'))
}

#[cfg(test)]
mod tests;
