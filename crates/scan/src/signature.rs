//! Signatures and attestations of images: found beside them, verified offline.
//!
//! Signatures of sigstore are read in every form in which they are attached to images: `cosign`'s
//! tags, referrers of OCI 1.1 and bundles. They are verified with public keys, or with identities
//! in certificates (keyless) against a trusted root that the user gives. Nothing is fetched but
//! what is attached to the image, no clock is asked: a certificate has to be valid at the time that
//! the transparency log or a timestamp authority has signed.

mod bundle;
mod certificate;
mod claim;
mod cosign;
mod der;
mod dsse;
mod encoding;
mod find;
mod findings;
mod key;
mod log;
mod timestamp;
mod trusted_root;
mod verify;

use farguard_model::{Problem, Signature};

use crate::source::{attachments::Attachments, digest::Digest};

pub use self::{findings::findings, key::PublicKey, trusted_root::TrustedRoot};

/// Whom to believe.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Holders of these keys.
    pub keys: Vec<PublicKey>,
    /// People and pipelines with certificates.
    pub keyless: Option<Keyless>,
}

/// Which identities in certificates to believe.
#[derive(Debug, Clone)]
pub struct Keyless {
    /// Patterns of identities, with `*` for any text: one must fit.
    pub identities: Vec<String>,
    /// The OIDC issuer that vouches for them.
    pub issuer: String,
    /// Authorities and logs.
    pub root: TrustedRoot,
}

/// Signatures of an image, verified ones first, and what of the search could not be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// What is attached.
    pub signatures: Vec<Signature>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Looks for signatures of an image and verifies them.
///
/// A signature of an index that the image was chosen from counts for the image: the index names it
/// by its digest.
#[must_use]
pub fn inspect(store: &dyn Attachments, trust: &Trust) -> Inspection {
    let subjects = store.subjects();
    let mut inspection = Inspection::default();
    for subject in subjects {
        let found = find::beside(subject, store);
        inspection.problems.extend(found.problems);
        inspection.signatures.extend(found.claims.iter().map(|claim| match claim {
            Ok(claim) => verify::verify(claim, subjects, trust),
            Err(why) => verify::unreadable(why.clone()),
        }));
    }
    let order = |s: &Signature| (!s.verified, s.kind.clone(), s.signer.clone(), s.evidence.clone());
    inspection.signatures.sort_by_cached_key(order);
    inspection.signatures.dedup();
    inspection
}

/// Reads hostile bytes as each thing that can be attached, for fuzzing: nothing may panic.
#[doc(hidden)]
pub fn fuzz(bytes: &[u8], trust: &Trust) {
    let subjects = [Digest::sha256(bytes)];
    let annotations = serde_json::from_slice(bytes).unwrap_or_default();
    let read = [
        bundle::claims(bytes, bytes),
        cosign::envelope(bytes, &annotations),
        cosign::simple(bytes.to_vec(), &annotations).map(|claim| vec![claim]),
    ];
    for claim in read.into_iter().flatten().flatten() {
        let _ = verify::verify(&claim, &subjects, trust);
    }
    if let Some(keyless) = &trust.keyless {
        let _ = timestamp::verify(bytes, bytes, &keyless.root);
    }
    let _ = PublicKey::from_pem(bytes);
    let _ = TrustedRoot::parse(bytes);
    let _ = certificate::Certificate::from_der(bytes.to_vec());
}

#[cfg(test)]
mod tests;
