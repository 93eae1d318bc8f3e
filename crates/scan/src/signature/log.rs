//! Entries of the transparency log Rekor: proof that a signature was shown in public, and when.
//!
//! Nothing is fetched: the log's signed promise and its proof of inclusion are stored with the
//! signature.
//!
//! # Source
//! <https://github.com/sigstore/rekor/blob/main/openapi.yaml> and RFC 9162, section 2.1.3

mod body;
mod merkle;

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    claim::Claim,
    encoding::{self, Base64, Number},
    trusted_root::{Log, TrustedRoot},
};
use crate::source::digest::hex;
use merkle::Proof;

/// An entry, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogEntry {
    log_id: Vec<u8>,
    index: u64,
    /// Seconds since 1970; 0 for logs that sign no time.
    integrated_time: u64,
    body: Vec<u8>,
    /// The log's signature over all of the above.
    promise: Option<Vec<u8>>,
    proof: Option<Proof>,
}

/// What an entry proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Logged {
    pub(super) index: u64,
    /// When: by the log, by timestamp authorities, or by all of them.
    pub(super) times: Vec<Timestamp>,
}

impl LogEntry {
    /// Whether a log of `root` holds this entry, and it is about the claim. `stamped` are times
    /// that authorities have seen its signature at.
    pub(super) fn verify(
        &self,
        claim: &Claim,
        root: &TrustedRoot,
        stamped: Vec<Timestamp>,
    ) -> Result<Logged, String> {
        let log = root.logs.iter().find(|log| log.id == self.log_id).ok_or_else(|| {
            "its log entry is of a log that the trusted root does not name".to_owned()
        })?;
        let is_proven = match &self.proof {
            Some(proof) => proof.verify(&self.body, &log.key)?,
            None => false,
        };
        let promised = self.promised_time(log)?;
        if promised.is_none() && !is_proven {
            return Err("nothing that the log has signed comes with its log entry".to_owned());
        }
        let times: Vec<_> = promised.into_iter().chain(stamped).collect();
        if !times.iter().all(|time| log.valid.contains(*time)) {
            return Err("its log entry is of a time when the log's key was not valid".to_owned());
        }
        body::verify(&self.body, claim)?;
        // What the log has signed: its promise the index over all shards, its tree that in one.
        let index = match (&self.promise, &self.proof) {
            (None, Some(proof)) => proof.index(),
            _ => self.index,
        };
        Ok(Logged { index, times })
    }

    /// When the log took the entry, by its own signature. Logs of today sign no time.
    fn promised_time(&self, log: &Log) -> Result<Option<Timestamp>, String> {
        let Some(promise) = &self.promise else { return Ok(None) };
        // JSON with sorted keys. Neither base64 nor hex needs escapes.
        let signed = format!(
            r#"{{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{}}}"#,
            encoding::encode(&self.body),
            self.integrated_time,
            hex(&self.log_id),
            self.index
        );
        if !log.key.verifies(signed.as_bytes(), promise) {
            return Err("the signature of the log under its entry is wrong".to_owned());
        }
        let seconds = i64::try_from(self.integrated_time).ok();
        let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        time.map(Some).ok_or_else(|| "its log entry is of no time that there is".to_owned())
    }
}

/// An entry in a bundle of sigstore.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawEntry {
    log_index: Number,
    log_id: RawLogId,
    #[serde(default)]
    integrated_time: Number,
    inclusion_promise: Option<RawPromise>,
    inclusion_proof: Option<merkle::RawProof>,
    canonicalized_body: Base64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLogId {
    key_id: Base64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPromise {
    signed_entry_timestamp: Base64,
}

impl RawEntry {
    pub(super) fn entry(self) -> Result<LogEntry, String> {
        Ok(LogEntry {
            log_id: self.log_id.key_id.0,
            index: self.log_index.0,
            integrated_time: self.integrated_time.0,
            body: self.canonicalized_body.0,
            promise: self.inclusion_promise.map(|promise| promise.signed_entry_timestamp.0),
            proof: self.inclusion_proof.map(merkle::RawProof::proof).transpose()?,
        })
    }
}

/// The annotation `dev.sigstore.cosign/bundle`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Annotation {
    signed_entry_timestamp: Base64,
    payload: AnnotationPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnnotationPayload {
    body: Base64,
    integrated_time: u64,
    log_index: u64,
    #[serde(rename = "logID")]
    log_id: String,
}

impl LogEntry {
    /// Reads the annotation that `cosign` puts beside a signature.
    pub(super) fn from_annotation(text: &str) -> Result<Self, String> {
        let malformed = || "its log entry is malformed".to_owned();
        let raw: Annotation = serde_json::from_str(text).map_err(|_| malformed())?;
        Ok(Self {
            log_id: encoding::from_hex(&raw.payload.log_id).ok_or_else(malformed)?,
            index: raw.payload.log_index,
            integrated_time: raw.payload.integrated_time,
            body: raw.payload.body.0,
            promise: Some(raw.signed_entry_timestamp.0),
            proof: None,
        })
    }
}
