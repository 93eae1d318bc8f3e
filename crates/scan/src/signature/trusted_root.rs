//! `trusted_root.json`: the certificate authorities and logs that keyless signatures lean on.
//!
//! # Source
//! <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto>

use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, UnixTime};
use serde::Deserialize;
use webpki::{EndEntityCert, KeyUsage};

use super::{
    encoding::Base64,
    key::{ALGORITHMS, PublicKey},
};

/// What a user trusts to say who held a key when: read from a file, never fetched.
#[derive(Debug, Clone)]
pub struct TrustedRoot {
    pub(super) authorities: Vec<Authority>,
    pub(super) logs: Vec<Log>,
    pub(super) certificate_logs: Vec<Log>,
    pub(super) timestamp_authorities: Vec<Authority>,
}

/// A certificate authority.
#[derive(Debug, Clone)]
pub(super) struct Authority {
    /// The root last.
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) valid: Period,
}

impl Authority {
    /// The key of who issued a certificate, when that leads to the root and is good for this usage
    /// at this time.
    pub(super) fn issuer_of(
        &self,
        certificate: &CertificateDer<'_>,
        more: &[CertificateDer<'static>],
        time: Timestamp,
        usage: KeyUsage,
    ) -> Result<PublicKey, webpki::Error> {
        let Some((last, between)) = self.chain.split_last() else {
            return Err(webpki::Error::UnknownIssuer);
        };
        let anchors = [webpki::anchor_from_trusted_cert(last)?];
        let between: Vec<_> = between.iter().chain(more).cloned().collect();
        let seconds = u64::try_from(time.as_second()).unwrap_or_default();
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let leaf = EndEntityCert::try_from(certificate)?;
        let path =
            leaf.verify_for_usage(ALGORITHMS, &anchors, &between, time, usage, None, None)?;
        PublicKey::from_spki(&path.issuer_spki()).map_err(|_| webpki::Error::UnknownIssuer)
    }
}

/// A transparency log.
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub(super) id: Vec<u8>,
    pub(super) key: PublicKey,
    pub(super) valid: Period,
}

/// A time span; open where nothing is said.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Period {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

impl Period {
    pub(super) fn contains(&self, time: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= time) && self.end.is_none_or(|end| time <= end)
    }
}

impl TrustedRoot {
    /// Reads a `trusted_root.json`. Logs with keys of kinds that we do not know are left out: what
    /// they vouch for is then not verified.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let raw: Raw = serde_json::from_slice(bytes)
            .map_err(|error| format!("it is no trusted root of sigstore: {error}"))?;
        let authority = |raw: RawAuthority| Authority {
            chain: raw
                .cert_chain
                .certificates
                .into_iter()
                .map(|raw| raw.raw_bytes.0.into())
                .collect(),
            valid: raw.valid_for,
        };
        let logs = |raw: Vec<RawLog>| raw.into_iter().filter_map(RawLog::usable).collect();
        let root = Self {
            authorities: raw.certificate_authorities.into_iter().map(authority).collect(),
            logs: logs(raw.tlogs),
            certificate_logs: logs(raw.ctlogs),
            timestamp_authorities: raw.timestamp_authorities.into_iter().map(authority).collect(),
        };
        if root.authorities.iter().all(|authority| authority.chain.is_empty()) {
            return Err("it names no certificate authority".to_owned());
        }
        if root.logs.is_empty() {
            return Err("it names no transparency log with a key that can be used".to_owned());
        }
        Ok(root)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    certificate_authorities: Vec<RawAuthority>,
    tlogs: Vec<RawLog>,
    #[serde(default)]
    ctlogs: Vec<RawLog>,
    #[serde(default)]
    timestamp_authorities: Vec<RawAuthority>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAuthority {
    cert_chain: RawChain,
    #[serde(default)]
    valid_for: Period,
}

#[derive(Deserialize)]
struct RawChain {
    certificates: Vec<RawCertificate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawCertificate {
    raw_bytes: Base64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLog {
    public_key: RawKey,
    log_id: RawLogId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawKey {
    raw_bytes: Base64,
    #[serde(default)]
    valid_for: Period,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawLogId {
    key_id: Base64,
}

impl RawLog {
    fn usable(self) -> Option<Log> {
        let key = PublicKey::from_spki(&self.public_key.raw_bytes.0).ok()?;
        Some(Log { id: self.log_id.key_id.0, key, valid: self.public_key.valid_for })
    }
}
