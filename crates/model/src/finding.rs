//! The answer of every engine.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::{Decision, Misconfiguration, Owner, Secret, Severity, Violation, Vulnerability};

/// Something that is wrong, with the evidence for it and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong: `CVE-2024-3094`, or a kebab-case id of ours.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// Why we say so: the facts compared, in one sentence.
    pub evidence: String,
    /// Where to look.
    pub location: Option<Location>,
    /// What to do, in one sentence.
    pub remediation: Option<String>,
    /// Controls of compliance frameworks that it touches.
    pub controls: Vec<String>,
    /// A web page that explains it.
    pub docs: Option<String>,
    /// Stable from run to run: see [`fingerprint`].
    pub fingerprint: String,
    /// Set when a person or a VEX statement has said that it does not count.
    pub suppression: Option<Suppression>,
    /// Who answers for it.
    pub owner: Option<Owner>,
    /// Who brought it, where the base image is known.
    pub origin: Option<Origin>,
    /// What the policy says of it; `None` without a policy.
    pub decision: Option<Decision>,
    /// What only this kind of finding has.
    pub detail: Detail,
}

/// What only one kind of finding has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Detail {
    /// A known vulnerability of a package.
    Vulnerability(Box<Vulnerability>),
    /// A secret in plain sight.
    Secret(Secret),
    /// A check that an image or build file does not pass.
    Misconfiguration(Misconfiguration),
    /// A demand of a policy that is not met.
    Violation(Violation),
}

/// Who brought what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The image that this one was built on.
    Base,
    /// The layers above it.
    Own,
}

impl Finding {
    /// A finding with its identity; everything else is empty, to be filled in.
    pub fn new(
        id: impl Into<String>,
        severity: Severity,
        subject: Subject,
        fingerprint: String,
        detail: Detail,
    ) -> Self {
        Self {
            id: id.into(),
            title: String::new(),
            severity,
            subject,
            evidence: String::new(),
            location: None,
            remediation: None,
            controls: Vec::new(),
            docs: None,
            fingerprint,
            suppression: None,
            owner: None,
            origin: None,
            decision: None,
            detail,
        }
    }

    /// The vulnerability that it is about, if it is about one.
    #[must_use]
    pub fn vulnerability(&self) -> Option<&Vulnerability> {
        match &self.detail {
            Detail::Vulnerability(vulnerability) => Some(vulnerability),
            Detail::Secret(_) | Detail::Misconfiguration(_) | Detail::Violation(_) => None,
        }
    }

    /// Its other names: CVE, GHSA, DL3008.
    #[must_use]
    pub fn aliases(&self) -> &[String] {
        match &self.detail {
            Detail::Vulnerability(vulnerability) => &vulnerability.aliases,
            Detail::Misconfiguration(check) => &check.aliases,
            Detail::Secret(_) | Detail::Violation(_) => &[],
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The unique name: a purl, an ARN, an image reference.
    pub id: String,
    /// The short name for people.
    pub name: String,
}

/// Where a finding can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Relative to the root of the target, without leading `/`.
    pub path: String,
    /// Index into [`ScanReport::layers`](crate::ScanReport::layers).
    pub layer: Option<u32>,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column, from 1.
    pub column: Option<u32>,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The reason given: a sentence from an ignore file, a justification from a VEX statement.
    pub reason: String,
    /// Who said so: the path of the file.
    pub source: String,
}

/// The stable name of a finding: 128 bits of the parts that make it the same finding tomorrow.
///
/// Give what a person would call the identity (id, package, path), not what changes from run to
/// run (versions of the database, layer digests, line numbers). Parts are length-prefixed, so that
/// `["ab", "c"]` and `["a", "bc"]` differ.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    format!("{:032x}", xxh3_128(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_keep_parts_apart_and_never_change() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
        // Users keep baselines: a change here breaks every one of them.
        assert_eq!(fingerprint(&["CVE-2024-3094", "xz"]), "36bbc6e933a0d4cd0dce055f273f6990");
    }
}
