//! Bundles of sigstore: a signature with all that verifies it, in one file. `cosign` 3 and
//! `actions/attest` write them.
//!
//! # Source
//! <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto>

use serde::Deserialize;

use super::{
    certificate::Certificate,
    claim::{Claim, Content, Signer},
    dsse::Envelope,
    encoding::Base64,
    log::RawEntry,
};

/// Most log entries of one bundle; today's have one.
const MAX_ENTRIES: usize = 16;
/// Most timestamps of one bundle that are looked at.
const MAX_TIMESTAMPS: usize = 8;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    verification_material: Material,
    message_signature: Option<MessageSignature>,
    dsse_envelope: Option<Envelope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    certificate: Option<RawCertificate>,
    x509_certificate_chain: Option<RawChain>,
    #[serde(default)]
    tlog_entries: Vec<RawEntry>,
    timestamp_verification_data: Option<RawTimestamps>,
}

#[derive(Deserialize)]
struct RawTimestamps {
    #[serde(default, rename = "rfc3161Timestamps")]
    rfc3161: Vec<RawTimestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawTimestamp {
    signed_timestamp: Base64,
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
struct MessageSignature {
    signature: Base64,
}

/// Reads a bundle; `manifest` is what a signature without an envelope is over.
pub(super) fn claims(bytes: &[u8], manifest: &[u8]) -> Result<Vec<Claim>, String> {
    let raw: Bundle =
        serde_json::from_slice(bytes).map_err(|error| format!("malformed bundle: {error}"))?;
    let signatures = match (raw.dsse_envelope, raw.message_signature) {
        (Some(envelope), None) => envelope.open(),
        (None, Some(message)) => {
            vec![(Content::Manifest(manifest.to_vec()), message.signature.0)]
        }
        _ => return Err("a bundle holds either an envelope or a signature".to_owned()),
    };
    let material = raw.verification_material;
    let signer = signer(material.certificate, material.x509_certificate_chain)?;
    let mut entries = material.tlog_entries;
    if entries.len() > MAX_ENTRIES {
        return Err("the bundle holds too many log entries".to_owned());
    }
    // One entry proves it; the first is the one that its maker means.
    let log = if entries.is_empty() { None } else { Some(entries.swap_remove(0).entry()?) };
    let timestamps = material.timestamp_verification_data.into_iter().flat_map(|data| data.rfc3161);
    let timestamps: Vec<_> =
        timestamps.take(MAX_TIMESTAMPS).map(|raw| raw.signed_timestamp.0).collect();
    let claim = |(content, signature)| Claim {
        content,
        signature,
        signer: signer.clone(),
        log: log.clone(),
        timestamps: timestamps.clone(),
    };
    Ok(signatures.into_iter().map(claim).collect())
}

fn signer(one: Option<RawCertificate>, chain: Option<RawChain>) -> Result<Signer, String> {
    let chain = chain.into_iter().flat_map(|chain| chain.certificates);
    let mut certificates = one.into_iter().chain(chain).map(|raw| raw.raw_bytes.0);
    let Some(leaf) = certificates.next() else { return Ok(Signer::Key) };
    let leaf = Box::new(Certificate::from_der(leaf)?);
    Ok(Signer::Certificate { leaf, chain: certificates.take(8).map(Into::into).collect() })
}
