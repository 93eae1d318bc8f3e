//! What is known of an image besides its packages.

use serde::{Deserialize, Serialize};

/// What an image says of itself, as far as reports and policies need it. Values of environment
/// variables are left out: they may be secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// `USER` as written; empty when there is none, which is root.
    pub user: String,
    /// Ports, as in `8080/tcp`.
    pub exposed_ports: Vec<String>,
    /// Whether there is a health check.
    pub has_health_check: bool,
    /// Sum of the stored sizes of the layers.
    pub size_bytes: u64,
    /// The image that it was built on, where that is known.
    pub base: Option<BaseImage>,
    /// Signatures attached to it; `None` when nobody looked.
    pub signatures: Option<Vec<Signature>>,
}

/// The image that another one was built on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseImage {
    /// Its name, where one is known.
    pub name: Option<String>,
    /// Its digest, where one is known.
    pub digest: Option<String>,
    /// How many layers, from the lowest, it brought.
    pub layers: u32,
    /// Whether the layers are guessed from what the image says of itself, instead of compared with
    /// another image. Policies do not relax on a guess.
    pub is_guess: bool,
    /// How we know, in one sentence.
    pub evidence: String,
}

/// A signature or attestation of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// What was signed: `signature`, or the predicate type of an attestation.
    pub kind: String,
    /// Whether it was verified against a key or identity that the user trusts.
    pub verified: bool,
    /// Who signed: the fingerprint of a key, or the identity in a certificate.
    pub signer: String,
    /// Who vouches for the identity (OIDC issuer), for keyless signatures.
    pub issuer: Option<String>,
    /// Why it could not be verified, or what was verified, in one sentence.
    pub evidence: String,
}

impl Signature {
    /// Whether it says that somebody stands for the image. Attestations do not, with one
    /// exception: provenance says who built an image, which is what a signature says too.
    #[must_use]
    pub fn vouches(&self) -> bool {
        self.kind == "signature" || self.kind.starts_with("https://slsa.dev/provenance/")
    }
}

/// How a container of a task definition uses an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerUse {
    /// The file of the task definition, as the user named it.
    pub task_definition: String,
    /// Family of the task definition.
    pub family: String,
    /// Name of the container.
    pub name: String,
    /// The image as the task definition names it.
    pub image: String,
    /// Whether that name may mean another image tomorrow.
    pub tag_can_move: bool,
    /// `user` of the container, which replaces that of the image.
    pub user: Option<String>,
    /// `readonlyRootFilesystem`.
    pub read_only_root: bool,
    /// What `user` and `readonlyRootFilesystem` change in what the image alone would say.
    pub effects: Vec<String>,
    /// Tags of the task definition, sorted.
    pub tags: Vec<(String, String)>,
}

/// Who answers for a target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    /// A team, a person, an address.
    pub name: String,
    /// Where that is said: the label, the tag, the line of a file.
    pub source: String,
}
