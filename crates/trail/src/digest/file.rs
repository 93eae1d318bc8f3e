//! One digest file.

use jiff::Timestamp;
use serde::Deserialize;

use super::sha256_hex;

/// The only way in which CloudTrail signs.
const SIGNATURE_ALGORITHM: &str = "SHA256withRSA";
/// The only way in which it hashes.
const HASH_ALGORITHM: &str = "SHA-256";
/// The most log files that one digest may name.
const MAX_LOG_FILES: usize = 1_000_000;

/// A digest file, as far as it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// When its hour begins.
    pub start: Timestamp,
    /// When its hour ends.
    pub end: Timestamp,
    /// The bucket that it was delivered to.
    pub bucket: String,
    /// The key that it was delivered as.
    pub object: String,
    /// Which key signed it.
    pub fingerprint: String,
    /// The digest before it; absent after validation was turned on.
    pub previous: Option<Previous>,
    /// The files of its hour.
    pub log_files: Vec<LogFile>,
    /// What is signed, but for the signature before.
    signed: String,
}

/// What a digest says of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub object: String,
    /// SHA-256 of its inflated content, in hexadecimal digits.
    pub hash: String,
    /// Its signature, in hexadecimal digits.
    pub signature: String,
}

/// A log file and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub object: String,
    /// SHA-256 of its inflated content, in hexadecimal digits.
    pub hash: String,
}

/// A file that is no digest.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// It is no JSON, or lacks something.
    #[error("it is no digest: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A part of it means nothing.
    #[error("it is no digest: `{0}` means nothing")]
    Value(&'static str),
    /// It is signed or hashed in another way than this program knows.
    #[error("`{0}` is not supported")]
    Algorithm(String),
}

/// As in the file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    digest_start_time: String,
    digest_end_time: String,
    digest_s3_bucket: String,
    digest_s3_object: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: String,
    previous_digest_s3_bucket: Option<String>,
    previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    #[serde(default)]
    log_files: Vec<RawLogFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLogFile {
    s3_bucket: String,
    s3_object: String,
    hash_value: String,
    hash_algorithm: String,
}

impl Digest {
    /// Reads the inflated content of a digest file.
    ///
    /// # Errors
    /// [`DigestError`], when it is none.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>
    pub fn parse(inflated: &[u8]) -> Result<Self, DigestError> {
        let raw: Raw = serde_json::from_slice(inflated)?;
        if raw.digest_signature_algorithm != SIGNATURE_ALGORITHM {
            return Err(DigestError::Algorithm(raw.digest_signature_algorithm));
        }
        let algorithms = raw.log_files.iter().map(|file| &file.hash_algorithm);
        if let Some(other) = algorithms
            .chain(&raw.previous_digest_hash_algorithm)
            .find(|algorithm| *algorithm != HASH_ALGORITHM)
        {
            return Err(DigestError::Algorithm(other.clone()));
        }
        if raw.log_files.len() > MAX_LOG_FILES {
            return Err(DigestError::Value("logFiles"));
        }
        let time = |text: &str, name| text.parse().map_err(|_| DigestError::Value(name));
        Ok(Self {
            start: time(&raw.digest_start_time, "digestStartTime")?,
            end: time(&raw.digest_end_time, "digestEndTime")?,
            previous: previous(&raw)?,
            signed: format!(
                "{}\n{}/{}\n{}\n",
                raw.digest_end_time,
                raw.digest_s3_bucket,
                raw.digest_s3_object,
                sha256_hex(inflated)
            ),
            bucket: raw.digest_s3_bucket,
            object: raw.digest_s3_object,
            fingerprint: raw.digest_public_key_fingerprint,
            log_files: raw.log_files.into_iter().map(LogFile::from).collect(),
        })
    }

    /// The bytes that its signature is over.
    #[must_use]
    pub fn data_to_sign(&self) -> Vec<u8> {
        // The first digest has none before it: the word stands for that.
        let before = self.previous.as_ref().map_or("null", |previous| &previous.signature);
        format!("{}{before}", self.signed).into_bytes()
    }
}

/// All of it or nothing: a digest that names only a part of the one before is damaged.
fn previous(raw: &Raw) -> Result<Option<Previous>, DigestError> {
    let parts = (
        &raw.previous_digest_s3_bucket,
        &raw.previous_digest_s3_object,
        &raw.previous_digest_hash_value,
        &raw.previous_digest_signature,
    );
    match parts {
        (None, None, None, None) => Ok(None),
        (Some(bucket), Some(object), Some(hash), Some(signature)) => Ok(Some(Previous {
            bucket: bucket.clone(),
            object: object.clone(),
            hash: hash.clone(),
            signature: signature.clone(),
        })),
        _ => Err(DigestError::Value("previousDigest")),
    }
}

impl From<RawLogFile> for LogFile {
    fn from(raw: RawLogFile) -> Self {
        Self { bucket: raw.s3_bucket, object: raw.s3_object, hash: raw.hash_value }
    }
}
