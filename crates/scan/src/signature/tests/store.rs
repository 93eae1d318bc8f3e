//! Images with attachments, in memory.

use std::collections::BTreeMap;

use super::super::{Inspection, Trust, inspect};
use crate::source::{
    SourceError,
    attachments::{Attachments, Referrer},
    digest::Digest,
};

pub(super) const SIMPLE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
pub(super) const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";
pub(super) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// A repository that holds one image.
pub(super) struct Store {
    pub(super) subjects: Vec<Digest>,
    pub(super) referrers: Vec<Referrer>,
    tags: BTreeMap<String, Vec<u8>>,
    blobs: BTreeMap<Digest, Vec<u8>>,
}

impl Store {
    /// With an image of this manifest.
    pub(super) fn new(manifest: &[u8]) -> Self {
        let mut store = Self {
            subjects: vec![Digest::sha256(manifest)],
            referrers: Vec::new(),
            tags: BTreeMap::new(),
            blobs: BTreeMap::new(),
        };
        store.put(manifest);
        store
    }

    /// With an image of this digest, of which nothing else is known.
    pub(super) fn of_digest(digest: &str) -> Self {
        let subjects = vec![digest.parse().unwrap()];
        Self { subjects, ..Self::new(b"") }
    }

    pub(super) fn image(&self) -> &Digest {
        &self.subjects[0]
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256(bytes);
        self.blobs.insert(digest.clone(), bytes.to_vec());
        digest
    }

    /// A manifest around layers of one type, with their annotations.
    pub(super) fn manifest(
        &mut self,
        kind: &str,
        layers: &[(&[u8], serde_json::Value)],
    ) -> Vec<u8> {
        let layer = |(bytes, annotations): &(&[u8], serde_json::Value)| {
            let digest = self.put(bytes).to_string();
            serde_json::json!({"mediaType": kind, "digest": digest, "size": bytes.len(),
                               "annotations": annotations})
        };
        let layers: Vec<_> = layers.iter().map(layer).collect();
        serde_json::json!({"schemaVersion": 2, "layers": layers}).to_string().into_bytes()
    }

    /// Attaches by cosign's tag: `sig` or `att`.
    pub(super) fn tag(&mut self, ending: &str, manifest: Vec<u8>) {
        let tag = format!("{}.{ending}", self.image().as_str().replace(':', "-"));
        self.tags.insert(tag, manifest);
    }

    /// Attaches as referrer.
    pub(super) fn refer(&mut self, kind: &str, manifest: &[u8]) {
        let digest = self.put(manifest);
        self.referrers.push(Referrer { digest, artifact_type: kind.to_owned() });
    }

    pub(super) fn inspect(&self, trust: &Trust) -> Inspection {
        inspect(self, trust)
    }
}

impl Attachments for Store {
    fn subjects(&self) -> &[Digest] {
        &self.subjects
    }

    fn referrers(&self, _: &Digest) -> Result<Vec<Referrer>, SourceError> {
        Ok(self.referrers.clone())
    }

    fn tagged(&self, tag: &str) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(self.tags.get(tag).cloned())
    }

    fn described(&self, digest: &Digest) -> Result<Vec<u8>, SourceError> {
        self.blob(digest, u64::MAX)
    }

    fn blob(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, SourceError> {
        let blob = self.blobs.get(digest).filter(|blob| blob.len() as u64 <= limit);
        blob.cloned().ok_or_else(|| SourceError::Invalid(format!("no blob `{digest}`")))
    }
}
