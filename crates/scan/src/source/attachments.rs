//! What is stored beside an image and about it: signatures, attestations, bills of materials.

use serde::Deserialize;

use super::{
    SourceError,
    digest::{Digest, shortened},
};

/// Where things about an image are stored. What it gives is proven by its digest, if asked for by
/// one, and bounded in size.
pub trait Attachments {
    /// The digests that mean the image: its own, then those of indexes that it was chosen from.
    fn subjects(&self) -> &[Digest];

    /// What says that it is about a digest.
    ///
    /// # Errors
    /// When that cannot be found out; not when there is nothing.
    fn referrers(&self, of: &Digest) -> Result<Vec<Referrer>, SourceError>;

    /// A manifest by its tag, if there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    fn tagged(&self, tag: &str) -> Result<Option<Vec<u8>>, SourceError>;

    /// A manifest by its digest.
    ///
    /// # Errors
    /// When it cannot be read or has another digest.
    fn described(&self, digest: &Digest) -> Result<Vec<u8>, SourceError>;

    /// A blob of `limit` bytes at most.
    ///
    /// # Errors
    /// When it cannot be read, is larger or has another digest.
    fn blob(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, SourceError>;
}

/// A manifest that is about another one.
///
/// # Source
/// <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// Its address.
    pub digest: Digest,
    /// What it is; empty if that is not said.
    pub artifact_type: String,
}

#[derive(Deserialize)]
struct RawIndex {
    manifests: Vec<RawReferrer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawReferrer {
    digest: String,
    artifact_type: Option<String>,
}

/// Reads an index of referrers. Those with a malformed digest are an error as a whole.
pub(super) fn parse_referrers(bytes: &[u8]) -> Result<Vec<Referrer>, String> {
    let malformed = |error: &dyn std::fmt::Display| format!("malformed list of referrers: {error}");
    let raw: RawIndex = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    let referrer = |raw: RawReferrer| {
        let artifact_type = shortened(raw.artifact_type.as_deref().unwrap_or_default());
        let digest = raw.digest.parse().map_err(|error| malformed(&error))?;
        Ok(Referrer { digest, artifact_type })
    };
    raw.manifests.into_iter().map(referrer).collect()
}
