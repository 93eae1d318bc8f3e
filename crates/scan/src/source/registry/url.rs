//! Just enough of addresses to know whether two of them are the same server.

use std::fmt;

/// An absolute address over HTTP. `Display` leaves out the query: signed links keep secrets there.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) https: bool,
    /// Host and, where it is not the default, port; in lower case.
    pub(super) authority: String,
    /// Path and query, beginning with `/`.
    path: String,
}

impl Url {
    /// The address of a path on a server.
    pub(super) fn new(https: bool, authority: &str, path: impl Into<String>) -> Self {
        let default = if https { ":443" } else { ":80" };
        let authority = authority.to_ascii_lowercase();
        let authority = authority.strip_suffix(default).unwrap_or(&authority).to_owned();
        Self { https, authority, path: path.into() }
    }

    /// Reads an absolute address without user, fragment and surprises.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let rest = rest.split('#').next()?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let host = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
        if authority.is_empty() || authority.starts_with(':') || !authority.bytes().all(host) {
            return None;
        }
        if !path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return None;
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        Some(Self::new(https, authority, format!("{slash}{path}")))
    }

    /// Follows a `Location` header.
    pub(super) fn join(&self, location: &str) -> Option<Self> {
        let scheme = if self.https { "https" } else { "http" };
        if location.contains("://") && !location.starts_with(['/', '?']) {
            return Self::parse(location);
        }
        if location.starts_with("//") {
            return Self::parse(&format!("{scheme}:{location}"));
        }
        let path = self.path.split('?').next()?;
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let path = match location.bytes().next()? {
            b'/' => location.to_owned(),
            b'?' => format!("{path}{location}"),
            _ => format!("{directory}/{location}"),
        };
        Self::parse(&format!("{scheme}://{}{path}", self.authority))
    }

    /// Whether both are the same scheme, host and port.
    pub(super) fn same_origin(&self, other: &Self) -> bool {
        self.https == other.https && self.authority == other.authority
    }

    /// Adds query parameters.
    pub(super) fn with_query<'a>(
        mut self,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        for (name, value) in parameters {
            self.path.push(if self.path.contains('?') { '&' } else { '?' });
            self.path.push_str(&format!("{name}={}", percent_encode(value)));
        }
        self
    }

    /// The whole address, to be sent and not to be shown.
    pub(super) fn to_request(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority, self.path)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        let path = self.path.split('?').next().unwrap_or_default();
        write!(f, "{scheme}://{}{path}", self.authority)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// Encodes all but unreserved characters, as forms and queries want it.
pub(super) fn percent_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_followed() {
        let base = Url::parse("https://Reg.io:443/v2/a/blobs/x?y=1").unwrap();
        let check = |location: &str, expect: Option<&str>| {
            assert_eq!(
                base.join(location).map(|u| u.to_request()).as_deref(),
                expect,
                "{location}"
            );
        };
        check("https://cdn.io/b?sig=1#f", Some("https://cdn.io/b?sig=1"));
        check("//cdn.io/b", Some("https://cdn.io/b"));
        check("/b", Some("https://reg.io/b"));
        check("b", Some("https://reg.io/v2/a/blobs/b"));
        check("?z", Some("https://reg.io/v2/a/blobs/x?z"));
        check("/b?u=http://x", Some("https://reg.io/b?u=http://x"));
        check("http://cdn.io", Some("http://cdn.io/"));
        for bad in [
            "",
            "ftp://x/",
            "https://u:p@x/",
            "https:///x",
            "https://:80/",
            "/a b",
            "/a\r\nx",
            "https://x\\y/",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn origins_differ_by_scheme_host_and_port() {
        let same = |a: &str, b: &str| Url::parse(a).unwrap().same_origin(&Url::parse(b).unwrap());
        assert!(same("https://a.io/x", "https://A.io:443/y"));
        assert!(!same("https://a.io/", "http://a.io/"));
        assert!(!same("https://a.io/", "https://a.io:444/"));
        assert!(!same("https://a.io/", "https://a.io.evil/"));
    }

    #[test]
    fn queries_are_encoded_and_not_shown() {
        let url = Url::new(true, "a.io", "/t").with_query([("scope", "a:b/c&d"), ("x", "1")]);
        assert_eq!(url.to_request(), "https://a.io/t?scope=a%3Ab%2Fc%26d&x=1");
        assert_eq!(url.to_string(), "https://a.io/t");
    }
}
