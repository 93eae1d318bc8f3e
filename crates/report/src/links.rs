//! Addresses, and ids made from content.

use std::fmt::Write;

use farguard_model::fingerprint;

/// Home of the project.
pub(crate) const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// The text, if it is a web address that is safe to put into a link.
pub(crate) fn web(text: &str) -> Option<&str> {
    let has_host = |scheme: &str| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty());
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&b));
    (plain && (has_host("https://") || has_host("http://"))).then_some(text)
}

/// Name and web page of the database that an id of a vulnerability comes from.
pub(crate) fn source(id: &str) -> (&'static str, String) {
    let (name, base) = if id.starts_with("CVE-") {
        ("NVD", "https://nvd.nist.gov/vuln/detail/")
    } else if id.starts_with("GHSA-") {
        ("GitHub Advisory Database", "https://github.com/advisories/")
    } else {
        ("OSV", "https://osv.dev/vulnerability/")
    };
    (name, format!("{base}{}", percent_encode(id, b"")))
}

/// A relative URI reference for a path inside a target.
pub(crate) fn path_uri(path: &str) -> String {
    percent_encode(path, b"/!")
}

/// Everything but unreserved characters and those of `keep` as `%XX`.
///
/// # Source
/// RFC 3986, section 2.
pub(crate) fn percent_encode(text: &str, keep: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A UUID made from content: the same content has the same UUID.
///
/// # Source
/// RFC 9562, section 5.8 (version 8, custom).
pub(crate) fn uuid(content: &str) -> String {
    let hash = fingerprint(&[content]);
    let mut uuid = String::with_capacity(36);
    for (i, digit) in hash.chars().take(32).enumerate() {
        if matches!(i, 8 | 12 | 16 | 20) {
            uuid.push('-');
        }
        uuid.push(match i {
            12 => '8',
            16 => 'a',
            _ => digit,
        });
    }
    uuid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_become_links() {
        assert!(web("https://nvd.nist.gov/vuln/detail/CVE-2024-3094").is_some());
        for text in ["javascript:alert(1)", "https://", "https://a/\"onclick=", "https://a b", "x"]
        {
            assert_eq!(web(text), None, "{text}");
        }
    }

    #[test]
    fn uuids_have_version_and_variant() {
        let id = uuid("content");
        assert_eq!(id, uuid("content"));
        assert_ne!(id, uuid("other"));
        let parts: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!((id.as_bytes()[14], id.as_bytes()[19]), (b'8', b'a'));
    }

    #[test]
    fn paths_are_encoded() {
        assert_eq!(path_uri("app.jar!/a b/%\n"), "app.jar!/a%20b/%25%0A");
    }
}
