//! Signatures as `cosign` 1 and 2, `skopeo` and `podman` attach them: layers of a manifest, whose
//! annotations hold the signature.
//!
//! # Source
//! <https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    certificate::{Certificate, chain_from_pem},
    claim::{Claim, Content, Signer},
    dsse::Envelope,
    encoding::{Base64, decode},
    log::LogEntry,
};

/// Media type of a payload of simple signing.
pub(super) const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// Media type of an envelope.
pub(super) const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";

const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
const CHAIN: &str = "dev.sigstore.cosign/chain";
const LOG_ENTRY: &str = "dev.sigstore.cosign/bundle";
const TIMESTAMP: &str = "dev.sigstore.cosign/rfc3161timestamp";

/// Annotations of a layer.
pub(super) type Annotations = BTreeMap<String, String>;

/// A layer with a payload of simple signing.
pub(super) fn simple(payload: Vec<u8>, annotations: &Annotations) -> Result<Claim, String> {
    let signature = annotations
        .get(SIGNATURE)
        .filter(|text| !text.is_empty())
        .ok_or("it has no annotation with a signature")?;
    let signature = decode(signature).ok_or("the base64 of its signature is malformed")?;
    let (signer, log, timestamps) = material(annotations)?;
    Ok(Claim { content: Content::Payload(payload), signature, signer, log, timestamps })
}

/// A layer with an envelope: one claim for each signature in it.
pub(super) fn envelope(bytes: &[u8], annotations: &Annotations) -> Result<Vec<Claim>, String> {
    let (signer, log, timestamps) = material(annotations)?;
    let claim = |(content, signature)| Claim {
        content,
        signature,
        signer: signer.clone(),
        log: log.clone(),
        timestamps: timestamps.clone(),
    };
    Ok(Envelope::parse(bytes)?.open().into_iter().map(claim).collect())
}

/// What is stored beside a signature to verify it.
type Material = (Signer, Option<LogEntry>, Vec<Vec<u8>>);

#[derive(Deserialize)]
struct RawTimestamp {
    #[serde(rename = "SignedRFC3161Timestamp")]
    response: Base64,
}

fn material(annotations: &Annotations) -> Result<Material, String> {
    let present = |key: &str| annotations.get(key).filter(|text| !text.is_empty());
    let signer = match present(CERTIFICATE) {
        Some(pem) => Signer::Certificate {
            leaf: Box::new(Certificate::from_pem(pem.as_bytes())?),
            chain: present(CHAIN).map(|pem| chain_from_pem(pem.as_bytes())).unwrap_or_default(),
        },
        None => Signer::Key,
    };
    let log = present(LOG_ENTRY).map(|text| LogEntry::from_annotation(text)).transpose()?;
    let timestamp = present(TIMESTAMP).map(|text| serde_json::from_str::<RawTimestamp>(text));
    let timestamp = timestamp.transpose().map_err(|_| "its timestamp is malformed")?;
    Ok((signer, log, timestamp.into_iter().map(|raw| raw.response.0).collect()))
}
