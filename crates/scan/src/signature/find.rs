//! Where signatures of an image are stored: beside it, by tags and as referrers.

use farguard_model::Problem;
use serde::Deserialize;

use super::{
    bundle,
    claim::Claim,
    cosign::{self, Annotations},
};
use crate::source::{
    SourceError,
    attachments::{Attachments, Referrer},
    digest::{Digest, shortened},
};

/// Most manifests that are read for one digest.
const MAX_MANIFESTS: usize = 64;
/// Most signatures that are read for one digest.
const MAX_SIGNATURES: usize = 64;
/// The largest signature: attestations hold whole bills of materials.
const MAX_BYTES: u64 = 4 << 20;
/// The most of all signatures for one digest together.
const MAX_TOTAL_BYTES: u64 = 64 << 20;

/// What is stored beside one digest.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What can be read as a signature, and why the rest cannot.
    pub(super) claims: Vec<Result<Claim, String>>,
    pub(super) problems: Vec<Problem>,
}

/// Looks beside one digest.
pub(super) fn beside(subject: &Digest, store: &dyn Attachments) -> Found {
    let mut search = Search { store, subject, found: Found::default(), read: 0, bytes: 0 };
    match store.referrers(subject) {
        Ok(referrers) => search.referrers(&referrers),
        Err(error) => search.problem(&error),
    }
    // cosign's own scheme, older than referrers.
    let tag = subject.as_str().replacen(':', "-", 1);
    for ending in ["sig", "att"] {
        match store.tagged(&format!("{tag}.{ending}")) {
            Ok(Some(manifest)) => search.manifest(&manifest),
            Ok(None) => {}
            Err(error) => search.problem(&error),
        }
    }
    search.found
}

struct Search<'a> {
    store: &'a dyn Attachments,
    subject: &'a Digest,
    found: Found,
    read: usize,
    bytes: u64,
}

#[derive(Deserialize)]
struct Artifact {
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
    annotations: Option<Annotations>,
}

/// How a layer holds signatures.
enum Kind {
    Simple,
    Envelope,
    Bundle,
}

impl Layer {
    fn kind(&self) -> Option<Kind> {
        match self.media_type.as_str() {
            cosign::SIMPLE_SIGNING => Some(Kind::Simple),
            cosign::ENVELOPE => Some(Kind::Envelope),
            kind if kind.starts_with("application/vnd.dev.sigstore.bundle") => Some(Kind::Bundle),
            _ => None,
        }
    }
}

impl Search<'_> {
    fn problem(&mut self, error: &SourceError) {
        let text = format!("cannot look for signatures of `{}`: {error}", self.subject);
        self.found.problems.push(Problem::new("signatures-not-assessed", text));
    }

    fn too_many(&mut self) {
        let text = format!("more signatures are attached to `{}` than are read", self.subject);
        let problem = Problem::new("too-many-signatures", text);
        if !self.found.problems.contains(&problem) {
            self.found.problems.push(problem);
        }
    }

    fn referrers(&mut self, referrers: &[Referrer]) {
        let relevant: Vec<_> = referrers.iter().filter(|r| may_hold_signatures(r)).collect();
        for referrer in relevant.iter().take(MAX_MANIFESTS) {
            if referrer.artifact_type == NOTARY {
                let why = "it is a signature of the Notary Project, and only those of sigstore are \
                           verified";
                self.found.claims.push(Err(why.to_owned()));
                continue;
            }
            match self.store.described(&referrer.digest) {
                Ok(manifest) => self.manifest(&manifest),
                Err(error) => self.problem(&error),
            }
        }
        if relevant.len() > MAX_MANIFESTS {
            self.too_many();
        }
    }

    fn manifest(&mut self, bytes: &[u8]) {
        let artifact: Artifact = match serde_json::from_slice(bytes) {
            Ok(artifact) => artifact,
            Err(error) => return self.problem(&SourceError::Invalid(error.to_string())),
        };
        for layer in &artifact.layers {
            let Some(kind) = layer.kind() else { continue };
            if self.read >= MAX_SIGNATURES {
                return self.too_many();
            }
            self.read += 1;
            match self.layer(layer, &kind) {
                Ok(claims) => self.found.claims.extend(claims),
                Err(error) => self.problem(&error),
            }
        }
    }

    fn layer(
        &mut self,
        layer: &Layer,
        kind: &Kind,
    ) -> Result<Vec<Result<Claim, String>>, SourceError> {
        let digest: Digest = layer
            .digest
            .parse()
            .map_err(|error| SourceError::Invalid(format!("malformed manifest: {error}")))?;
        self.bytes = self.bytes.saturating_add(layer.size);
        if layer.size > MAX_BYTES || self.bytes > MAX_TOTAL_BYTES {
            let kind = shortened(&layer.media_type);
            let text = format!("a `{kind}` of {} bytes is too large", layer.size);
            return Err(SourceError::Invalid(text));
        }
        let bytes = self.store.blob(&digest, MAX_BYTES)?;
        let none = Annotations::new();
        let annotations = layer.annotations.as_ref().unwrap_or(&none);
        let claims = match kind {
            Kind::Simple => cosign::simple(bytes, annotations).map(|claim| vec![claim]),
            Kind::Envelope => cosign::envelope(&bytes, annotations),
            Kind::Bundle => bundle::claims(&bytes, &self.store.described(self.subject)?),
        };
        Ok(match claims {
            Ok(claims) => claims.into_iter().map(Ok).collect(),
            Err(why) => vec![Err(why)],
        })
    }
}

const NOTARY: &str = "application/vnd.cncf.notary.signature";

/// Leaves out what is of another kind for sure: bills of materials, scan results, charts.
fn may_hold_signatures(referrer: &Referrer) -> bool {
    const KINDS: [&str; 5] = ["sigstore", "cosign", "dsse", "in-toto", "notary.signature"];
    let kind = &referrer.artifact_type;
    kind.is_empty()
        || KINDS.iter().any(|part| kind.contains(part))
        // What makers leave as it is: the type says nothing then.
        || kind == "application/vnd.oci.empty.v1+json"
        || kind == "application/vnd.oci.image.config.v1+json"
}
