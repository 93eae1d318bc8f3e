//! What follows from the signatures of an image.

use farguard_model::{
    Area, Detail, Finding, Misconfiguration, Severity, Signature, Subject, TargetInfo, fingerprint,
};

use super::claim::SIGNATURE;

/// Signatures that are named in the evidence of one finding.
const MAX_NAMED: usize = 3;

/// What is wrong with the signatures that were found when somebody looked.
///
/// Attestations are no signatures, with one exception: provenance says of an image who built it,
/// which is what a signature says too.
#[must_use]
pub fn findings(target: &TargetInfo, signatures: &[Signature]) -> Vec<Finding> {
    let relevant: Vec<_> = signatures.iter().filter(|signature| vouches(signature)).collect();
    if relevant.iter().any(|signature| signature.verified) {
        return Vec::new();
    }
    let (id, title, severity, evidence, remediation) = if relevant.is_empty() {
        (
            "unsigned-image",
            "The image is not signed",
            Severity::Medium,
            format!("no signature is attached to the image{}", others(signatures)),
            "Sign the image in the pipeline that builds it, with `cosign sign`.",
        )
    } else {
        let reasons = relevant
            .iter()
            .take(MAX_NAMED)
            .map(|signature| format!("by {}: {}", signature.signer, signature.evidence));
        (
            "invalid-signature",
            "No signature of the image can be trusted",
            Severity::High,
            format!(
                "{} attached, none verified: {}",
                counted(relevant.len(), "signature"),
                reasons.collect::<Vec<_>>().join("; ")
            ),
            "Find out who built the image, and have it signed with a key or identity you trust.",
        )
    };
    let detail = Detail::Misconfiguration(Misconfiguration {
        area: Area::Image,
        aliases: vec!["CIS-DI-0005".to_owned()],
        excerpt: None,
        fix: None,
    });
    let name = repository(&target.name);
    let subject = Subject { id: target.name.clone(), name: name.to_owned() };
    let mut finding =
        Finding::new(id, severity, subject, fingerprint(&["check", id, name]), detail);
    finding.title = title.to_owned();
    finding.evidence = evidence;
    finding.remediation = Some(remediation.to_owned());
    finding.controls = vec!["CIS Docker 4.5".to_owned()];
    vec![finding]
}

/// Whether it says that somebody stands for the image.
fn vouches(signature: &Signature) -> bool {
    signature.kind == SIGNATURE || signature.kind.starts_with("https://slsa.dev/provenance/")
}

fn others(signatures: &[Signature]) -> String {
    match signatures.len() {
        0 => String::new(),
        count => format!(", only {}", counted(count, "attestation")),
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The name without tag and digest: the same image tomorrow.
fn repository(name: &str) -> &str {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}
