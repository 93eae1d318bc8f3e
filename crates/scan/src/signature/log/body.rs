//! What an entry of the log is about: which bytes, which signature, whose key.
//!
//! # Source
//! <https://github.com/sigstore/rekor/tree/main/pkg/types>: `hashedrekord`, `dsse`, `intoto`

mod v2;

use rustls_pki_types::pem::{PemObject, SectionKind};
use serde::Deserialize;

use super::super::{
    claim::{Claim, Content},
    encoding::{Base64, decode},
};
use crate::source::digest::{Digest, shortened};

/// Whether the entry is about the same bytes, signature and key as the claim. An entry about
/// something else would lend its time to a signature made later with a stolen key
/// (CVE-2022-36056).
pub(super) fn verify(body: &[u8], claim: &Claim) -> Result<(), String> {
    let malformed = |error| format!("its log entry cannot be read: {error}");
    let kind: Kind = serde_json::from_slice(body).map_err(malformed)?;
    let about = match kind.kind.as_str() {
        "hashedrekord" | "dsse" if kind.api_version == "0.0.2" => {
            serde_json::from_slice::<Body<v2::Spec>>(body).map_err(malformed)?.spec.about()?
        }
        "hashedrekord" => {
            serde_json::from_slice::<Body<HashedRekord>>(body).map_err(malformed)?.spec.about()
        }
        "dsse" => serde_json::from_slice::<Body<Dsse>>(body).map_err(malformed)?.spec.about(),
        "intoto" => serde_json::from_slice::<Body<InToto>>(body).map_err(malformed)?.spec.about(),
        other => {
            return Err(format!(
                "its log entry is of kind `{}`, which we do not read",
                shortened(other)
            ));
        }
    };
    about.fits(claim)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    kind: String,
    #[serde(default)]
    api_version: String,
}

#[derive(Deserialize)]
struct Body<T> {
    spec: T,
}

/// What an entry says.
struct About {
    /// The digest of what, as in `sha256:...`.
    digest: String,
    of: Of,
    /// Signatures, each with the certificate or key in DER that it is by. No signature where the
    /// entry does not keep it.
    signatures: Vec<(Option<Vec<u8>>, Vec<u8>)>,
}

enum Of {
    /// The bytes that are signed.
    Signed,
    /// The payload of an envelope.
    Payload,
}

impl About {
    fn fits(&self, claim: &Claim) -> Result<(), String> {
        let bytes = match (&self.of, &claim.content) {
            (Of::Signed, content) => content.signed_bytes(),
            (Of::Payload, Content::Envelope { payload, .. }) => payload.clone().into(),
            (Of::Payload, _) => {
                return Err("its log entry is about an attestation".to_owned());
            }
        };
        if !self.digest.parse::<Digest>().is_ok_and(|digest| digest.matches(&bytes)) {
            return Err("its log entry is about something else".to_owned());
        }
        let is_ours = |(signature, der): &(Option<Vec<u8>>, Vec<u8>)| {
            signature.as_ref().is_none_or(|signature| *signature == claim.signature)
                && claim.signer.is(der)
        };
        if self.signatures.iter().any(is_ours) {
            return Ok(());
        }
        Err("its log entry is about another signature or signer".to_owned())
    }
}

#[derive(Deserialize)]
struct RawHash {
    algorithm: String,
    value: String,
}

impl RawHash {
    fn digest(&self) -> String {
        format!("{}:{}", self.algorithm, self.value)
    }
}

/// What is in PEM, in DER; empty, which is nobody's, when it is no PEM.
fn der(pem: &Base64) -> Vec<u8> {
    <(SectionKind, Vec<u8>)>::from_pem_slice(&pem.0).map(|(_, der)| der).unwrap_or_default()
}

#[derive(Deserialize)]
struct HashedRekord {
    data: Data,
    signature: HashedSignature,
}

#[derive(Deserialize)]
struct Data {
    hash: RawHash,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HashedSignature {
    content: Base64,
    public_key: RawContent,
}

#[derive(Deserialize)]
struct RawContent {
    content: Base64,
}

impl HashedRekord {
    fn about(self) -> About {
        let signature = (Some(self.signature.content.0), der(&self.signature.public_key.content));
        About { digest: self.data.hash.digest(), of: Of::Signed, signatures: vec![signature] }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dsse {
    payload_hash: RawHash,
    signatures: Vec<DsseSignature>,
}

#[derive(Deserialize)]
struct DsseSignature {
    signature: Base64,
    verifier: Base64,
}

impl Dsse {
    fn about(self) -> About {
        let signature = |raw: DsseSignature| (Some(raw.signature.0), der(&raw.verifier));
        let signatures = self.signatures.into_iter().map(signature).collect();
        About { digest: self.payload_hash.digest(), of: Of::Payload, signatures }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InToto {
    content: InTotoContent,
    /// In version 0.0.1, which keeps no signature.
    public_key: Option<Base64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InTotoContent {
    payload_hash: RawHash,
    envelope: Option<InTotoEnvelope>,
}

#[derive(Deserialize)]
struct InTotoEnvelope {
    signatures: Vec<InTotoSignature>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InTotoSignature {
    /// Base64 of base64.
    sig: Base64,
    public_key: Base64,
}

impl InToto {
    fn about(self) -> About {
        let of_envelope = |raw: InTotoSignature| {
            let signature = std::str::from_utf8(&raw.sig.0).ok().and_then(decode);
            // What cannot be decoded is nobody's signature.
            (Some(signature.unwrap_or_default()), der(&raw.public_key))
        };
        let enveloped = self.content.envelope.into_iter().flat_map(|envelope| envelope.signatures);
        let signatures = enveloped.map(of_envelope);
        let signatures = signatures.chain(self.public_key.map(|key| (None, der(&key)))).collect();
        About { digest: self.content.payload_hash.digest(), of: Of::Payload, signatures }
    }
}
