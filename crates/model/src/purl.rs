//! Package URLs, read.

use std::str::FromStr;

use crate::{Package, PackageType};

/// A package URL taken apart, percent encoding resolved.
///
/// Case is kept: the specification has tools lower some names (npm, Go), while the registries and
/// advisories behind them tell `JSONStream` and `jsonstream` apart.
///
/// # Source
/// <https://github.com/package-url/purl-spec/blob/main/PURL-SPECIFICATION.rst>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purl {
    /// `deb`, `npm`: in lower case.
    pub kind: String,
    /// Segments joined with `/`; empty when there is none.
    pub namespace: String,
    /// Never empty.
    pub name: String,
    /// Empty when there is none.
    pub version: String,
    /// Key (lower case) and value.
    pub qualifiers: Vec<(String, String)>,
    /// Segments joined with `/`; empty when there is none.
    pub subpath: String,
}

/// The text is not a package URL, or one of a type that we have no advisories for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurlError {
    /// Not a package URL.
    #[error("`{0}` is not a package url")]
    Invalid(String),
    /// A package URL of another type.
    #[error("packages of type `{0}` are not known")]
    UnknownType(String),
}

impl FromStr for Purl {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, PurlError> {
        parse(text).ok_or_else(|| PurlError::Invalid(text.to_owned()))
    }
}

/// Cuts from the right, as the specification prescribes.
fn parse(text: &str) -> Option<Purl> {
    let rest = text.strip_prefix("pkg:")?.trim_start_matches('/');
    let (rest, subpath) = rest.rsplit_once('#').unwrap_or((rest, ""));
    let (rest, qualifiers) = rest.rsplit_once('?').unwrap_or((rest, ""));
    let (kind, rest) = rest.split_once('/')?;
    // An `@` with a `/` after it belongs to an npm scope that was not encoded.
    let (rest, version) = match rest.rsplit_once('@') {
        Some((rest, version)) if !rest.is_empty() && !version.contains('/') => (rest, version),
        _ => (rest, ""),
    };
    let rest = rest.trim_matches('/');
    let (namespace, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    let valid_kind = kind.starts_with(|c: char| c.is_ascii_alphabetic())
        && kind.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    if !valid_kind || name.is_empty() {
        return None;
    }
    Some(Purl {
        kind: kind.to_ascii_lowercase(),
        namespace: decode_segments(namespace)?,
        name: decode(name)?,
        version: decode(version)?,
        qualifiers: decode_qualifiers(qualifiers)?,
        subpath: decode_segments(subpath)?,
    })
}

fn decode_segments(text: &str) -> Option<String> {
    let segments: Option<Vec<_>> =
        text.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
    Some(segments?.join("/"))
}

fn decode_qualifiers(text: &str) -> Option<Vec<(String, String)>> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| Some((key.to_ascii_lowercase(), decode(value)?)))
        .collect()
}

/// Resolves `%XX`. A `%` that starts no escape stands for itself: tools forget to encode it.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

impl Purl {
    /// The value of a qualifier.
    #[must_use]
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }

    /// The package it names, with an empty path.
    ///
    /// # Errors
    /// [`PurlError::UnknownType`] for a type that is not a [`PackageType`].
    pub fn package(&self) -> Result<Package, PurlError> {
        let kind = PackageType::from_purl_type(&self.kind)
            .ok_or_else(|| PurlError::UnknownType(self.kind.clone()))?;
        let separator = match kind {
            PackageType::Maven => ":",
            _ => "/",
        };
        // The namespace of an OS package is its distribution.
        let name = match self.namespace.as_str() {
            "" => self.name.clone(),
            _ if kind.is_os() => self.name.clone(),
            namespace => format!("{namespace}{separator}{}", self.name),
        };
        let epoch = self.qualifier("epoch").filter(|epoch| kind.is_os() && *epoch != "0");
        let version = match epoch {
            // Some tools say the epoch twice.
            Some(epoch) if !self.version.starts_with(&format!("{epoch}:")) => {
                format!("{epoch}:{}", self.version)
            }
            _ => self.version.clone(),
        };
        let mut package = Package::new(kind, name, version, "");
        package.arch = self.qualifier("arch").map(str::to_owned);
        Ok(package)
    }
}

impl Package {
    /// The package that a package URL names, with an empty path; the opposite of
    /// [`purl`](Self::purl).
    ///
    /// # Errors
    /// When the text is not a package URL, or one of a type that is not a [`PackageType`].
    pub fn from_purl(text: &str) -> Result<Self, PurlError> {
        text.parse::<Purl>()?.package()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Os;

    fn check(text: &str, expect: Option<(PackageType, &str, &str)>) {
        let read = Package::from_purl(text).ok();
        let read = read.as_ref().map(|p| (p.kind, p.name.as_str(), p.version.as_str()));
        assert_eq!(read, expect, "{text}");
    }

    #[test]
    fn purls_of_other_tools() {
        use PackageType::{Deb, Golang, Maven, Npm, Rpm};
        check("pkg:npm/%40babel/core@7.0.0", Some((Npm, "@babel/core", "7.0.0")));
        check("pkg:npm/@babel/core@7.0.0", Some((Npm, "@babel/core", "7.0.0")));
        check("pkg:npm/@babel/core", Some((Npm, "@babel/core", "")));
        check("pkg:npm/JSONStream@1.3.5", Some((Npm, "JSONStream", "1.3.5")));
        check("pkg:maven/org.slf4j/slf4j-api@2.0", Some((Maven, "org.slf4j:slf4j-api", "2.0")));
        check("pkg:golang/stdlib@1.22.1", Some((Golang, "stdlib", "1.22.1")));
        check(
            "pkg:rpm/redhat/bind-libs@9.11.36-5.el8?arch=x86_64&epoch=32&upstream=bind.src.rpm",
            Some((Rpm, "bind-libs", "32:9.11.36-5.el8")),
        );
        check(
            "pkg:deb/debian/libstdc++6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12",
            Some((Deb, "libstdc++6", "12.2.0-14+deb12u1")),
        );
        check("pkg://deb/debian/tar@1%3A1.34", Some((Deb, "tar", "1:1.34")));
    }

    #[test]
    fn what_is_no_purl_is_an_error() {
        for text in ["", "pkg:", "pkg:npm", "pkg:npm/", "npm/a@1", "pkg:1x/a", "pkg:np m/a"] {
            assert!(matches!(text.parse::<Purl>(), Err(PurlError::Invalid(_))), "{text}");
        }
        assert_eq!(
            Package::from_purl("pkg:oci/app@sha256:0"),
            Err(PurlError::UnknownType("oci".to_owned()))
        );
    }

    fn any_package() -> impl Strategy<Value = Package> {
        let part = "[a-z0-9][a-z0-9@+~%?#=&é ._-]{0,12}";
        let kind = (0..PackageType::ALL.len()).prop_map(|index| PackageType::ALL[index]);
        // A `/` in a version is beyond what the encoder of purls gets right: see `sbom_keys::VERSION`.
        let version = "[0-9a-z][0-9a-zA-Z%@#?&+~^: .-]{0,12}";
        let arch = prop::option::of("[a-z0-9_]{1,8}");
        (kind, part, part, version, arch).prop_map(|(kind, namespace, name, version, arch)| {
            let name = match kind {
                PackageType::Maven => format!("{namespace}:{name}"),
                PackageType::Composer | PackageType::Golang | PackageType::Npm => {
                    format!("{namespace}/{name}")
                }
                // Its purls say `-` for `_`, as PEP 503 does.
                PackageType::Pypi => name.replace('_', "-"),
                _ => name,
            };
            // In an RPM purl a leading number and colon can only be an epoch.
            let version = if kind == PackageType::Rpm { version.replace(':', "") } else { version };
            Package { arch, ..Package::new(kind, name, version, "") }
        })
    }

    proptest! {
        #[test]
        fn packages_survive_their_purl(package in any_package()) {
            let os = Os { id: "debian".into(), version_id: "12".into(), ..Os::default() };
            let purl = package.purl(Some(&os));
            prop_assert_eq!(Package::from_purl(&purl), Ok(package), "{}", purl);
        }

        #[test]
        fn no_text_panics(text in "(pkg:)?[a-z]{0,3}/?\\PC{0,30}") {
            let _ = Package::from_purl(&text);
        }
    }
}
