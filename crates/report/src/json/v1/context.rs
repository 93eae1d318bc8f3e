//! What is known around a target: the image, the container, the owner, the policy.

use jiff::Timestamp;
use serde::Serialize;

use super::Outcome;

/// A kind of thing to look for.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::json) enum Scanner {
    /// Known vulnerabilities of packages.
    Vulnerabilities,
    /// Secrets in plain sight.
    Secrets,
    /// What is set up badly in images and build files.
    Checks,
}

/// What an image says of itself.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Image<'a> {
    /// `USER` as written; empty when there is none, which is root.
    pub(in crate::json) user: &'a str,
    /// As in `8080/tcp`.
    pub(in crate::json) exposed_ports: &'a [String],
    pub(in crate::json) has_health_check: bool,
    /// Sum of the stored sizes of the layers.
    pub(in crate::json) size_bytes: u64,
    /// The image that it was built on; null where that is not known.
    pub(in crate::json) base: Option<Base<'a>>,
    /// Signatures attached to it; null when nobody looked.
    pub(in crate::json) signatures: Option<Vec<Signature<'a>>>,
}

/// The image that another one was built on.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Base<'a> {
    pub(in crate::json) name: Option<&'a str>,
    pub(in crate::json) digest: Option<&'a str>,
    /// How many layers, from the lowest, it brought.
    pub(in crate::json) layers: u32,
    /// Whether the layers are guessed, instead of compared with another image.
    pub(in crate::json) is_guess: bool,
    /// How we know.
    pub(in crate::json) evidence: &'a str,
}

/// A signature or attestation of an image.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Signature<'a> {
    /// `signature`, or the predicate type of an attestation.
    pub(in crate::json) kind: &'a str,
    /// Whether it was verified against a key or identity that the user trusts.
    pub(in crate::json) verified: bool,
    /// The fingerprint of a key, or the identity in a certificate.
    pub(in crate::json) signer: &'a str,
    /// Who vouches for the identity, for keyless signatures.
    pub(in crate::json) issuer: Option<&'a str>,
    /// What was verified, or why it could not be.
    pub(in crate::json) evidence: &'a str,
}

/// How a container of a task definition uses an image.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Container<'a> {
    /// The file of the task definition, as the user named it.
    pub(in crate::json) task_definition: &'a str,
    pub(in crate::json) family: &'a str,
    /// Name of the container.
    pub(in crate::json) name: &'a str,
    /// The image as the task definition names it.
    pub(in crate::json) image: &'a str,
    /// Whether that name may mean another image tomorrow.
    pub(in crate::json) tag_can_move: bool,
    /// `user` of the container, which replaces that of the image; null when it sets none.
    pub(in crate::json) user: Option<&'a str>,
    /// `readonlyRootFilesystem`.
    pub(in crate::json) read_only_root: bool,
    /// What the container changes in what the image alone would say, in sentences.
    pub(in crate::json) effects: &'a [String],
    /// Tags of the task definition.
    pub(in crate::json) tags: Vec<Tag<'a>>,
}

/// A tag of a task definition.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Tag<'a> {
    pub(in crate::json) key: &'a str,
    pub(in crate::json) value: &'a str,
}

/// Who answers for a target or a finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Owner<'a> {
    /// A team, a person, an address.
    pub(in crate::json) name: &'a str,
    /// Where that is said: a label, a tag, a line of a file.
    pub(in crate::json) source: &'a str,
}

/// What the policy says of a target.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Verdict<'a> {
    /// The worst outcome of all findings.
    pub(in crate::json) outcome: Outcome,
    /// Name of the policy.
    pub(in crate::json) policy: &'a str,
    /// Findings that fail.
    pub(in crate::json) failed: usize,
    /// Findings that warn.
    pub(in crate::json) warned: usize,
}

/// An earlier report of the same target.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Baseline<'a> {
    /// The file, as the user named it.
    pub(in crate::json) source: &'a str,
    /// When the earlier scan ran, RFC 3339 in UTC.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(in crate::json) created: Timestamp,
    /// Findings of this report that the baseline has too.
    pub(in crate::json) known: usize,
    /// Findings of the baseline that this report has no more.
    pub(in crate::json) gone: usize,
}
