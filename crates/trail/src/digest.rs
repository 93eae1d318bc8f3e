//! Digest files: whether what CloudTrail delivered is still all there, and as it was.
//!
//! Every hour CloudTrail writes a digest: the hashes of the log files that it delivered, and the
//! hash and the signature of the digest before. The signature of a digest stands in the metadata
//! of its object, and once more in the digest after it; so all but the last can be verified from
//! files alone.
//!
//! # Source
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html>

mod chain;
mod coverage;
mod file;
mod finding;
mod keys;
#[cfg(test)]
mod tests;

pub use self::{
    chain::{Chain, Fetched, Named},
    coverage::Coverage,
    file::{Digest, DigestError, LogFile, Previous},
    finding::{Fault, Finding, Outcome},
    keys::{KeyError, PublicKeys},
};

use ring::digest::{SHA256, digest};

/// The SHA-256 of bytes, as digests write it.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that hexadecimal digits stand for.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}
