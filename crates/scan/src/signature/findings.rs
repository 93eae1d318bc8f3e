//! What follows from the signatures of an image.

use farguard_model::{
    Area, Detail, Finding, Misconfiguration, Severity, Signature, Subject, TargetInfo, fingerprint,
};

/// The page that says what is verified.
const DOCS: &str = "https://github.com/farguard/farguard/blob/main/docs/guide/signatures.md";
/// Signatures that are named in the evidence of one finding.
const MAX_NAMED: usize = 3;

/// What is wrong with the signatures that were found when somebody looked.
#[must_use]
pub fn findings(target: &TargetInfo, signatures: &[Signature]) -> Vec<Finding> {
    let relevant: Vec<_> = signatures.iter().filter(|signature| signature.vouches()).collect();
    if relevant.iter().any(|signature| signature.verified) {
        return Vec::new();
    }
    let (id, title, severity, evidence, remediation) = if relevant.is_empty() {
        (
            "unsigned-image",
            "the image is not signed",
            Severity::Medium,
            format!("no signature is attached to the image{}", others(signatures)),
            "sign the image in the pipeline that builds it: `cosign sign`",
        )
    } else {
        let reasons = relevant
            .iter()
            .take(MAX_NAMED)
            .map(|signature| format!("by {}: {}", signature.signer, signature.evidence));
        (
            "invalid-signature",
            "no signature of the image can be trusted",
            Severity::High,
            format!(
                "{} attached, none verified: {}",
                counted(relevant.len(), "signature"),
                reasons.collect::<Vec<_>>().join("; ")
            ),
            "find out who built the image, and have it signed with a key or identity that you trust",
        )
    };
    let detail = Detail::Misconfiguration(Misconfiguration {
        area: Area::Image,
        aliases: vec!["CIS-DI-0005".to_owned()],
        excerpt: None,
        fix: None,
    });
    let name = target.name.clone();
    let subject = Subject { id: name.clone(), name };
    let mut finding = Finding::new(id, severity, subject, fingerprint(&["check", id]), detail);
    finding.title = title.to_owned();
    finding.evidence = evidence;
    finding.remediation = Some(remediation.to_owned());
    finding.controls = vec!["cis-docker-1.6.0-4.5".to_owned()];
    finding.docs = Some(DOCS.to_owned());
    vec![finding]
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
