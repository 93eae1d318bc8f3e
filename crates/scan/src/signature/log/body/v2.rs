//! Entries of Rekor 2, whose fields are those of protocol buffers.
//!
//! # Source
//! <https://github.com/sigstore/rekor-tiles/tree/main/api/proto/rekor/v2>

use serde::Deserialize;

use super::{super::super::encoding::Base64, About, Of};
use crate::source::digest::hex;

/// What is logged: one of the two.
#[derive(Deserialize)]
pub(super) struct Spec {
    #[serde(rename = "hashedRekordV002")]
    hashed: Option<Hashed>,
    #[serde(rename = "dsseV002")]
    dsse: Option<Dsse>,
}

#[derive(Deserialize)]
struct Hashed {
    data: Hash,
    signature: Signature,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dsse {
    payload_hash: Hash,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Hash {
    algorithm: String,
    digest: Base64,
}

#[derive(Deserialize)]
struct Signature {
    content: Base64,
    verifier: Verifier,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verifier {
    x509_certificate: Option<Raw>,
    public_key: Option<Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    raw_bytes: Base64,
}

impl Hash {
    /// As in `sha256:...`; of other algorithms, what is no digest.
    fn text(&self) -> String {
        let algorithm = match self.algorithm.as_str() {
            "SHA2_256" => "sha256",
            "SHA2_512" => "sha512",
            other => other,
        };
        format!("{algorithm}:{}", hex(&self.digest.0))
    }
}

impl Signature {
    fn with_der(self) -> (Option<Vec<u8>>, Vec<u8>) {
        let by = self.verifier.x509_certificate.or(self.verifier.public_key);
        (Some(self.content.0), by.map(|raw| raw.raw_bytes.0).unwrap_or_default())
    }
}

impl Spec {
    pub(super) fn about(self) -> Result<About, String> {
        match (self.hashed, self.dsse) {
            (Some(hashed), None) => Ok(About {
                digest: hashed.data.text(),
                of: Of::Signed,
                signatures: vec![hashed.signature.with_der()],
            }),
            (None, Some(dsse)) => Ok(About {
                digest: dsse.payload_hash.text(),
                of: Of::Payload,
                signatures: dsse.signatures.into_iter().map(Signature::with_der).collect(),
            }),
            _ => Err("its log entry holds nothing that we read".to_owned()),
        }
    }
}
