//! What is attached to an image in a layout: manifests in `index.json` beside it.

use serde::Deserialize;

use super::{Named, OciLayout};
use crate::source::{
    SourceError,
    attachments::{Attachments, Referrer, parse_referrers},
    digest::{Digest, shortened},
};

/// Most manifests of a layout that are looked at.
const MAX_MANIFESTS: usize = 1_024;

/// What a manifest says of itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    artifact_type: Option<String>,
    subject: Option<Subject>,
}

#[derive(Deserialize)]
struct Subject {
    digest: String,
}

impl Named {
    /// `cosign save` marks what it signs the one image of a layout with.
    fn is_of_cosign(&self) -> bool {
        let kind = self.annotations.get("kind").and_then(serde_json::Value::as_str);
        matches!(kind, Some("dev.cosignproject.cosign/sigs" | "dev.cosignproject.cosign/atts"))
    }
}

impl Attachments for OciLayout {
    fn subjects(&self) -> &[Digest] {
        &self.subjects
    }

    fn referrers(&self, of: &Digest) -> Result<Vec<Referrer>, SourceError> {
        let mut referrers = match self.tagged(&of.as_str().replacen(':', "-", 1))? {
            Some(index) => parse_referrers(&index).map_err(SourceError::Invalid)?,
            None => Vec::new(),
        };
        if self.names.len() > MAX_MANIFESTS {
            let text = format!("more than {MAX_MANIFESTS} manifests in the layout");
            return Err(SourceError::Invalid(text));
        }
        for named in &self.names {
            let Ok(digest) = named.digest.parse::<Digest>() else { continue };
            // Of what is not there or no manifest, nobody can say that it is attached.
            let Ok(bytes) = self.blobs.document(&digest) else { continue };
            let Ok(artifact) = serde_json::from_slice::<Artifact>(&bytes) else { continue };
            if named.is_of_cosign() || artifact.subject.is_some_and(|s| s.digest == of.as_str()) {
                let artifact_type =
                    shortened(artifact.artifact_type.as_deref().unwrap_or_default());
                referrers.push(Referrer { digest, artifact_type });
            }
        }
        Ok(referrers)
    }

    fn tagged(&self, tag: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(named) = self.names.iter().find(|named| named.names().any(|name| name == tag))
        else {
            return Ok(None);
        };
        let digest = named.digest.parse();
        let digest = digest.map_err(|error| SourceError::Invalid(format!("`{tag}`: {error}")))?;
        self.described(&digest).map(Some)
    }

    fn described(&self, digest: &Digest) -> Result<Vec<u8>, SourceError> {
        self.blobs.document(digest)
    }

    fn blob(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, SourceError> {
        let bytes = self.blobs.document(digest)?;
        if u64::try_from(bytes.len()).is_ok_and(|len| len <= limit) {
            return Ok(bytes);
        }
        Err(SourceError::Invalid(format!("blob `{digest}` has more than {limit} bytes")))
    }
}
