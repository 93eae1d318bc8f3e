//! The inflated content of digests, and the hashes of log files.

use std::io::{self, BufRead, BufReader, Read};

use anyhow::{Context, Result, ensure};
use farguard_aws::{AwsError, s3::S3};
use flate2::bufread::GzDecoder;
use ring::digest::{Context as Hasher, SHA256};

use super::super::input::{Input, Place};

/// More is no digest: each log file takes some 400 bytes of it.
const MAX_DIGEST_BYTES: u64 = 64 << 20;
/// More is no digest that is compressed.
const MAX_COMPRESSED_BYTES: u64 = 32 << 20;

/// A digest file.
pub(super) struct Content {
    /// Inflated.
    pub(super) bytes: Vec<u8>,
    /// The signature in its metadata; files have none.
    pub(super) signature: Option<String>,
}

/// What hashing a log file gave.
pub(super) enum Hashed {
    /// SHA-256 of the inflated content, in hexadecimal digits.
    Hash(String),
    /// It is not what CloudTrail writes.
    Damaged(String),
    /// It is not there.
    Missing,
    /// It cannot be told.
    Failed(String),
}

/// Reads a digest file.
///
/// # Errors
/// When it cannot be read. One that is damaged is read as it is, and found to be none.
pub(super) fn content(input: &Input, s3: Option<&S3>) -> Result<Content> {
    let (compressed, signature) = match &input.place {
        Place::Object { bucket, key } => {
            let s3 = s3.context("no connection to S3")?;
            let mut object = s3.object(bucket, key, MAX_COMPRESSED_BYTES)?;
            let signature = object.metadata("signature").unwrap_or_default().to_owned();
            let mut bytes = Vec::new();
            object.read_to_end(&mut bytes)?;
            (bytes, Some(signature))
        }
        Place::File(_) | Place::Stdin => {
            let (file, size) = input.open(None)?;
            ensure!(size.is_none_or(|size| size <= MAX_COMPRESSED_BYTES), "it is too large");
            let mut bytes = Vec::new();
            file.take(MAX_COMPRESSED_BYTES).read_to_end(&mut bytes)?;
            (bytes, None)
        }
    };
    let mut bytes = Vec::new();
    let inflated =
        GzDecoder::new(compressed.as_slice()).take(MAX_DIGEST_BYTES).read_to_end(&mut bytes);
    // Whatever came out of a damaged file is no digest, and the chain says so.
    let bytes = inflated.map_or_else(|_| Vec::new(), |_| bytes);
    Ok(Content { bytes, signature })
}

/// Hashes a log file.
pub(super) fn hash(input: &Input, s3: Option<&S3>) -> Hashed {
    let is_gone = |error: &anyhow::Error| {
        let code = error.downcast_ref::<AwsError>().and_then(AwsError::code);
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        matches!(code, Some("NoSuchKey")) || kind == Some(io::ErrorKind::NotFound)
    };
    match input.open(s3) {
        Ok((content, _)) => hash_gzip(content),
        Err(error) if is_gone(&error) => Hashed::Missing,
        Err(error) => Hashed::Failed(format!("{error:#}")),
    }
}

/// The hash of what is inflated. Only one member counts, as CloudTrail writes it: what somebody
/// appended would be read by others and change no hash.
fn hash_gzip(content: impl Read) -> Hashed {
    let mut decoder = GzDecoder::new(BufReader::with_capacity(64 << 10, content));
    let mut hasher = Hasher::new(&SHA256);
    let mut buffer = vec![0; 64 << 10];
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => hasher.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_damage(&error) => {
                return Hashed::Damaged(format!("it is damaged: {error}"));
            }
            Err(error) => return Hashed::Failed(error.to_string()),
        }
    }
    match decoder.get_mut().fill_buf() {
        Ok([]) => {
            let hash = hasher.finish();
            Hashed::Hash(hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
        }
        Ok(_) => Hashed::Damaged("something was appended to it".to_owned()),
        Err(error) => Hashed::Failed(error.to_string()),
    }
}

/// Whether bytes are wrong, and not the way they came.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn one_member_is_hashed_and_nothing_may_follow() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"{}").unwrap();
        let whole = encoder.finish().unwrap();
        let check = |bytes: &[u8], expect: &str| {
            let found = match hash_gzip(bytes) {
                Hashed::Hash(hash) => hash,
                Hashed::Damaged(why) => why,
                Hashed::Missing => "missing".to_owned(),
                Hashed::Failed(why) => format!("failed: {why}"),
            };
            assert!(found.starts_with(expect), "{found}");
        };
        check(&whole, "44136fa355b3678a1146ad16f7e8649e");
        check(&[whole.as_slice(), &whole].concat(), "something was appended to it");
        check(&[whole.as_slice(), b"x"].concat(), "something was appended to it");
        check(&whole[..whole.len() - 4], "it is damaged");
        check(b"{}", "it is damaged");
    }
}
