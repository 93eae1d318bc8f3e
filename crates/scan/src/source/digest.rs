//! Content addresses, `sha256:...` and `sha512:...`, and the proof that bytes have one.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256, Sha512};

/// A content address in canonical form.
///
/// # Source
/// <https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

/// A digest is malformed, or its algorithm is not one of `sha256` and `sha512`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest (`sha256:` and 64 lower-case hex digits, or `sha512:` and 128)")]
pub struct DigestError(String);

impl Digest {
    /// The digest of some bytes, by `sha256`.
    #[must_use]
    pub fn sha256(bytes: &[u8]) -> Self {
        let mut verifier = Verifier::Sha256(Sha256::new());
        verifier.update(bytes);
        verifier.finish()
    }

    /// The canonical text: `sha256:...`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether bytes have this digest.
    #[must_use]
    pub fn matches(&self, bytes: &[u8]) -> bool {
        let mut verifier = self.verifier();
        verifier.update(bytes);
        verifier.finish() == *self
    }

    /// Begins hashing a stream by the algorithm of this digest.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        if self.0.starts_with("sha512:") {
            Verifier::Sha512(Sha512::new())
        } else {
            Verifier::Sha256(Sha256::new())
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digits = match text.split_once(':') {
            Some(("sha256", hex)) if hex.len() == 64 => hex,
            Some(("sha512", hex)) if hex.len() == 128 => hex,
            _ => return Err(DigestError(shortened(text))),
        };
        if digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            Ok(Self(text.to_owned()))
        } else {
            Err(DigestError(shortened(text)))
        }
    }
}

/// Hashes a stream.
#[derive(Debug, Clone)]
pub enum Verifier {
    /// By `sha256`.
    Sha256(Sha256),
    /// By `sha512`.
    Sha512(Sha512),
}

impl Verifier {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(bytes),
            Self::Sha512(hash) => hash.update(bytes),
        }
    }

    /// The digest of all that was added.
    #[must_use]
    pub fn finish(self) -> Digest {
        match self {
            Self::Sha256(hash) => Digest(format!("sha256:{}", hex(&hash.finalize()))),
            Self::Sha512(hash) => Digest(format!("sha512:{}", hex(&hash.finalize()))),
        }
    }
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The start of a text that somebody else chose, fit for an error message.
pub(crate) fn shortened(text: &str) -> String {
    const CHARS: usize = 160;
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = text.chars().take(CHARS).map(clean).collect();
    if text.chars().nth(CHARS).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digest_of_nothing() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::sha256(b"").as_str(), empty);
        assert!(empty.parse::<Digest>().unwrap().matches(b""));
        assert!(!empty.parse::<Digest>().unwrap().matches(b"x"));
    }

    #[test]
    fn sha512_is_verified_by_its_own_algorithm() {
        let mut verifier = Verifier::Sha512(Sha512::new());
        verifier.update(b"abc");
        let digest = verifier.finish();
        assert!(digest.as_str().starts_with("sha512:ddaf35a193617abacc417349ae204131"));
        assert!(digest.as_str().parse::<Digest>().unwrap().matches(b"abc"));
    }

    #[test]
    fn malformed_digests_are_refused() {
        let upper = format!("sha256:{}", "A".repeat(64));
        let short = format!("sha256:{}", "a".repeat(63));
        let other = format!("md5:{}", "a".repeat(32));
        let path = format!("sha256:../{}", "a".repeat(61));
        for text in ["", "sha256", "sha256:", &upper, &short, &other, &path] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
    }

    #[test]
    fn messages_quote_only_the_start_of_hostile_text() {
        let message = Digest::from_str(&"\u{1b}".repeat(10_000)).unwrap_err().to_string();
        assert!(message.len() < 1_000 && !message.contains('\u{1b}'), "{message}");
    }
}
