//! Operating system, architecture and variant: `linux/arm64/v8`.

use std::{fmt, str::FromStr};

use super::digest::shortened;

/// The platform an image is for, in the words of Go: `linux/amd64`, `linux/arm/v7`.
///
/// # Source
/// <https://github.com/opencontainers/image-spec/blob/main/image-index.md#image-index-property-descriptions>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Platform {
    /// `linux`, `windows`.
    pub os: String,
    /// `amd64`, `arm64`, `arm`, `s390x`.
    pub architecture: String,
    /// `v7` of `arm`; absent where the default is meant.
    pub variant: Option<String>,
}

/// A platform is not of the form `os/architecture[/variant]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a platform: write `linux/amd64` or `linux/arm/v7`")]
pub struct PlatformError(String);

impl Platform {
    /// A platform without variant.
    #[must_use]
    pub fn new(os: &str, architecture: &str) -> Self {
        Self { os: os.to_owned(), architecture: architecture.to_owned(), variant: None }
    }

    /// What is taken when nobody asks: Linux on this machine's architecture, then on `amd64`.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        let host = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            "powerpc64" => "ppc64le",
            other => other,
        };
        let mut platforms = vec![Self::new("linux", host)];
        if host != "amd64" {
            platforms.push(Self::new("linux", "amd64"));
        }
        platforms
    }

    /// Whether an image for `offered` is what is asked for here. A variant that is not asked for
    /// is not compared, and `arm64` means `arm64/v8`.
    #[must_use]
    pub fn accepts(&self, offered: &Self) -> bool {
        self.os == offered.os
            && self.architecture == offered.architecture
            && match self.canonical_variant() {
                None => true,
                wanted => wanted == offered.canonical_variant(),
            }
    }

    fn canonical_variant(&self) -> Option<&str> {
        match (self.architecture.as_str(), self.variant.as_deref()) {
            ("arm64", Some("v8")) | (_, Some("")) => None,
            (_, variant) => variant,
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match self.variant.as_deref() {
            None | Some("") => Ok(()),
            Some(variant) => write!(f, "/{variant}"),
        }
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let bad = || PlatformError(shortened(text));
        let mut parts = text.split('/');
        let mut part = || parts.next().map(str::to_ascii_lowercase);
        let (Some(os), Some(architecture), variant, None) = (part(), part(), part(), part()) else {
            return Err(bad());
        };
        let word = |word: &str| {
            !word.is_empty()
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        if !word(&os) || !word(&architecture) || variant.as_deref().is_some_and(|v| !word(v)) {
            return Err(bad());
        }
        let (architecture, variant) = match (architecture.as_str(), variant) {
            ("x86_64", variant) => ("amd64".to_owned(), variant),
            ("aarch64", variant) => ("arm64".to_owned(), variant),
            (_, variant) => (architecture, variant),
        };
        Ok(Self { os, architecture, variant })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Platform {
        text.parse().unwrap()
    }

    #[test]
    fn text_goes_in_and_out() {
        for text in ["linux/amd64", "linux/arm/v7", "windows/amd64"] {
            assert_eq!(parse(text).to_string(), text);
        }
        assert_eq!(parse("linux/aarch64"), parse("linux/arm64"));
        assert_eq!(parse("Linux/x86_64"), parse("linux/amd64"));
    }

    #[test]
    fn what_is_not_a_platform_is_refused() {
        for text in ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux/a b", "linux/arm/"] {
            assert!(text.parse::<Platform>().is_err(), "{text}");
        }
    }

    #[test]
    fn variants_are_compared_when_asked_for() {
        let check = |wanted: &str, offered: &str, expect: bool| {
            assert_eq!(parse(wanted).accepts(&parse(offered)), expect, "{wanted} {offered}");
        };
        check("linux/arm64", "linux/arm64/v8", true);
        check("linux/arm64/v8", "linux/arm64", true);
        check("linux/arm/v7", "linux/arm/v6", false);
        check("linux/arm", "linux/arm/v6", true);
        check("linux/arm/v7", "linux/arm", false);
        check("linux/amd64", "windows/amd64", false);
    }
}
