//! Whether a signature holds: for this image, by somebody who is trusted.

use farguard_model::Signature;

use super::{
    Keyless, Trust,
    certificate::Certificate,
    claim::{Claim, SIGNATURE, Signer, Statement},
    key::PublicKey,
    log::Logged,
    timestamp,
    trusted_root::TrustedRoot,
};
use crate::{
    matcher::glob,
    source::digest::{Digest, shortened},
};

/// Judges one signature that was found at one of `subjects`, the digests that mean the image.
pub(super) fn verify(claim: &Claim, subjects: &[Digest], trust: &Trust) -> Signature {
    let statement = claim.content.statement();
    let kind = statement.as_ref().map_or(SIGNATURE, |statement| &statement.kind).to_owned();
    let checked = statement.and_then(|statement| {
        is_about(&statement, subjects)?;
        Ok((believed(claim, trust)?, statement))
    });
    match checked {
        Ok((by, statement)) => Signature {
            kind,
            verified: true,
            evidence: match statement.name {
                Some(name) => format!("{}; it was made for `{name}`", by.evidence),
                None => by.evidence,
            },
            signer: by.signer,
            issuer: by.issuer,
        },
        Err(why) => {
            let (signer, issuer) = said(&claim.signer);
            Signature { kind, verified: false, signer, issuer, evidence: why }
        }
    }
}

/// What could not be read as a signature.
pub(super) fn unreadable(why: String) -> Signature {
    let (signer, issuer) = said(&Signer::Key);
    Signature { kind: SIGNATURE.to_owned(), verified: false, signer, issuer, evidence: why }
}

struct By {
    signer: String,
    issuer: Option<String>,
    evidence: String,
}

/// Who is said to have signed.
fn said(signer: &Signer) -> (String, Option<String>) {
    match signer {
        Signer::Key => ("unknown key".to_owned(), None),
        Signer::Certificate { leaf, .. } => (leaf.identity.clone(), leaf.issuer.clone()),
    }
}

fn is_about(statement: &Statement, subjects: &[Digest]) -> Result<(), String> {
    let is_ours = |said: &String| subjects.iter().any(|digest| digest.as_str() == said);
    if statement.subjects.iter().any(is_ours) {
        return Ok(());
    }
    Err(match statement.subjects.first() {
        Some(other) => format!("it is about another image, `{}`", shortened(other)),
        None => "it is about no image".to_owned(),
    })
}

/// By a key that is trusted, or by an identity that is.
fn believed(claim: &Claim, trust: &Trust) -> Result<By, String> {
    let signed = claim.content.signed_bytes();
    let holds = |key: &&PublicKey| key.verifies(&signed, &claim.signature);
    if let Some(key) = trust.keys.iter().find(holds) {
        let evidence = "verified with a given key".to_owned();
        return Ok(By { signer: key.to_string(), issuer: None, evidence });
    }
    match (&claim.signer, &trust.keyless) {
        (Signer::Certificate { leaf, chain }, Some(keyless)) => {
            let logged = logged(claim, &keyless.root)?;
            for time in &logged.times {
                leaf.verify(chain, &keyless.root, *time)?;
            }
            if !leaf.key.verifies(&signed, &claim.signature) {
                return Err("it is not by the key of its certificate".to_owned());
            }
            is_trusted(leaf, keyless)?;
            Ok(By {
                signer: leaf.identity.clone(),
                issuer: leaf.issuer.clone(),
                evidence: format!(
                    "verified with the certificate of its signer, made at {}, logged under index {}",
                    logged.times.first().map(ToString::to_string).unwrap_or_default(),
                    logged.index
                ),
            })
        }
        (Signer::Certificate { .. }, None) => {
            Err("it is by an identity, and only keys are trusted".to_owned())
        }
        (Signer::Key, _) if trust.keys.is_empty() => {
            Err("it is by a key, and only identities are trusted".to_owned())
        }
        (Signer::Key, _) => Err("it is by none of the given keys, or of other content".to_owned()),
    }
}

/// That it was shown in public, and when: a certificate lives for minutes, so the time matters.
fn logged(claim: &Claim, root: &TrustedRoot) -> Result<Logged, String> {
    let entry = claim.log.as_ref().ok_or(
        "no entry of a transparency log is stored with it, so nothing proves when it was made",
    )?;
    let stamps = claim.timestamps.iter();
    let stamps = stamps.map(|response| timestamp::verify(response, &claim.signature, root));
    let (stamped, refused): (Vec<_>, Vec<_>) = stamps.partition(Result::is_ok);
    let logged = entry.verify(claim, root, stamped.into_iter().flatten().collect())?;
    if logged.times.is_empty() {
        let why = refused.into_iter().find_map(Result::err);
        return Err(why.unwrap_or_else(|| {
            "neither its log entry nor a timestamp proves when it was made".to_owned()
        }));
    }
    Ok(logged)
}

fn is_trusted(leaf: &Certificate, keyless: &Keyless) -> Result<(), String> {
    if !keyless.identities.iter().any(|pattern| glob::matches(pattern, &leaf.identity)) {
        return Err(format!("it is by `{}`, who is not trusted", leaf.identity));
    }
    match &leaf.issuer {
        Some(issuer) if *issuer == keyless.issuer => Ok(()),
        Some(issuer) => {
            Err(format!("its identity is vouched for by `{issuer}`, who is not trusted"))
        }
        None => Err("nobody vouches for the identity in its certificate".to_owned()),
    }
}
