//! Envelopes of DSSE in JSON.

use serde::Deserialize;

use super::{claim::Content, encoding::Base64};

/// Most signatures of one envelope that are looked at.
const MAX_SIGNATURES: usize = 16;

/// A payload and signatures over it.
///
/// # Source
/// <https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope {
    payload_type: String,
    payload: Base64,
    signatures: Vec<RawSignature>,
}

#[derive(Deserialize)]
struct RawSignature {
    sig: Base64,
}

impl Envelope {
    /// Reads an envelope.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| format!("malformed envelope: {error}"))
    }

    /// The payload, with each of its signatures.
    pub(super) fn open(self) -> Vec<(Content, Vec<u8>)> {
        let content =
            Content::Envelope { payload_type: self.payload_type, payload: self.payload.0 };
        let signatures = self.signatures.into_iter().take(MAX_SIGNATURES);
        signatures.map(|raw| (content.clone(), raw.sig.0)).collect()
    }
}
