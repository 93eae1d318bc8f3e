//! A signature as it was found: what it says, nothing of it believed yet.

use std::borrow::Cow;

use rustls_pki_types::CertificateDer;
use serde::Deserialize;

use super::{certificate::Certificate, log::LogEntry};
use crate::source::digest::{Digest, shortened};

/// What is said of signatures of images, whatever their format.
pub(super) const SIGNATURE: &str = "signature";
/// The predicate by which `cosign` 3 says no more than that an image is signed.
const COSIGN_SIGN: &str = "https://sigstore.dev/cosign/sign/v1";
/// Most subjects of a statement that are looked at.
const MAX_SUBJECTS: usize = 1_024;

/// A signature, what was signed, and what is said of who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) content: Content,
    pub(super) signature: Vec<u8>,
    pub(super) signer: Signer,
    pub(super) log: Option<LogEntry>,
    /// Responses of timestamp authorities, in DER.
    pub(super) timestamps: Vec<Vec<u8>>,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// A payload that names an image: simple signing.
    Payload(Vec<u8>),
    /// A payload in an envelope of DSSE.
    Envelope {
        /// Media type of the payload.
        payload_type: String,
        payload: Vec<u8>,
    },
    /// The manifest of the image itself.
    Manifest(Vec<u8>),
}

/// Who is said to have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signer {
    /// Whoever holds some key.
    Key,
    /// Whom a certificate names.
    Certificate {
        leaf: Box<Certificate>,
        /// Others that came with it.
        chain: Vec<CertificateDer<'static>>,
    },
}

impl Signer {
    /// Whether a certificate or public key in DER is that of the signer; any key may be.
    pub(super) fn is(&self, der: &[u8]) -> bool {
        match self {
            Self::Key => false,
            Self::Certificate { leaf, .. } => leaf.der() == der,
        }
    }
}

/// What a payload says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// [`SIGNATURE`], or the predicate type.
    pub(super) kind: String,
    /// Digests of what it is about.
    pub(super) subjects: Vec<String>,
    /// The name of the image, where the payload has one.
    pub(super) name: Option<String>,
}

impl Content {
    /// What the signature is over.
    pub(super) fn signed_bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Payload(bytes) | Self::Manifest(bytes) => Cow::Borrowed(bytes),
            Self::Envelope { payload_type, payload } => {
                pre_authentication(payload_type, payload).into()
            }
        }
    }

    /// What the payload says.
    pub(super) fn statement(&self) -> Result<Statement, String> {
        match self {
            Self::Payload(bytes) => simple_signing(bytes),
            Self::Envelope { payload_type, payload } => in_toto(payload_type, payload),
            Self::Manifest(bytes) => Ok(Statement {
                kind: SIGNATURE.to_owned(),
                subjects: vec![Digest::sha256(bytes).to_string()],
                name: None,
            }),
        }
    }
}

/// The bytes that DSSE signs: type and payload, each with its length.
///
/// # Source
/// <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>
fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[derive(Deserialize)]
struct SimpleSigning {
    critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
    identity: Identity,
    image: Image,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Identity {
    docker_reference: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Image {
    docker_manifest_digest: String,
}

/// # Source
/// <https://github.com/containers/image/blob/main/docs/containers-signature.5.md>
fn simple_signing(bytes: &[u8]) -> Result<Statement, String> {
    const TYPES: [&str; 2] = ["cosign container image signature", "atomic container signature"];
    let raw: SimpleSigning = serde_json::from_slice(bytes)
        .map_err(|error| format!("its payload is no simple signing: {error}"))?;
    if !TYPES.contains(&raw.critical.kind.as_str()) {
        let kind = shortened(&raw.critical.kind);
        return Err(format!("its payload is of the type `{kind}`, not a signature of an image"));
    }
    let name = raw.critical.identity.docker_reference;
    Ok(Statement {
        kind: SIGNATURE.to_owned(),
        subjects: vec![raw.critical.image.docker_manifest_digest],
        name: (!name.is_empty()).then(|| shortened(&name)),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InToto {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
}

#[derive(Deserialize)]
struct Subject {
    digest: SubjectDigest,
}

#[derive(Deserialize)]
struct SubjectDigest {
    sha256: Option<String>,
    sha512: Option<String>,
}

/// # Source
/// <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>
fn in_toto(payload_type: &str, payload: &[u8]) -> Result<Statement, String> {
    if payload_type != "application/vnd.in-toto+json" {
        let kind = shortened(payload_type);
        return Err(format!("its payload is of the type `{kind}`, not an in-toto statement"));
    }
    let raw: InToto = serde_json::from_slice(payload)
        .map_err(|error| format!("its payload is no in-toto statement: {error}"))?;
    if !raw.kind.starts_with("https://in-toto.io/Statement/") {
        let kind = shortened(&raw.kind);
        return Err(format!("its payload is of the type `{kind}`, not an in-toto statement"));
    }
    let digests = |subject: Subject| {
        let named =
            |algorithm: &str, hex: Option<String>| hex.map(|hex| format!("{algorithm}:{hex}"));
        [named("sha256", subject.digest.sha256), named("sha512", subject.digest.sha512)]
    };
    let kind = match raw.predicate_type.as_str() {
        COSIGN_SIGN => SIGNATURE.to_owned(),
        other => shortened(other),
    };
    let subjects = raw.subject.into_iter().take(MAX_SUBJECTS).flat_map(digests).flatten();
    Ok(Statement { kind, subjects: subjects.collect(), name: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelopes_are_signed_with_their_lengths() {
        let signed = pre_authentication("http://example.com/HelloWorld", b"hello world");
        assert_eq!(signed, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    fn payload(kind: &str, extra: &str) -> String {
        format!(
            r#"{{"critical":{{"identity":{{"docker-reference":"r.io/app"}},"image":
            {{"docker-manifest-digest":"sha256:aa"{extra}}},"type":"{kind}"}},"optional":null}}"#
        )
    }

    #[test]
    fn payloads_name_one_image_or_none() {
        let read = |text: &str| Content::Payload(text.as_bytes().to_vec()).statement();
        let statement = read(&payload("cosign container image signature", "")).unwrap();
        assert_eq!(statement.subjects, ["sha256:aa"]);
        assert_eq!(statement.name.as_deref(), Some("r.io/app"));
        let refused = |text: &str, expect: &str| {
            let error = read(text).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        refused(&payload("git commit", ""), "`git commit`");
        let twice = r#","docker-manifest-digest":"sha256:bb""#;
        refused(&payload("cosign container image signature", twice), "duplicate field");
        refused("", "no simple signing");
        refused("[1]", "no simple signing");
    }

    #[test]
    fn statements_name_their_subjects() {
        let read = |kind: &str, text: &str| {
            let payload = text.as_bytes().to_vec();
            Content::Envelope { payload_type: kind.to_owned(), payload }.statement()
        };
        let json = "application/vnd.in-toto+json";
        let text = r#"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1",
            "subject":[{"digest":{"sha1":"x","sha256":"aa"}},{"digest":{"sha512":"bb"}}],"predicate":{}}"#;
        let statement = read(json, text).unwrap();
        assert_eq!(statement.kind, "https://slsa.dev/provenance/v1");
        assert_eq!(statement.subjects, ["sha256:aa", "sha512:bb"]);
        let signed = text.replace("https://slsa.dev/provenance/v1", COSIGN_SIGN);
        assert_eq!(read(json, &signed).unwrap().kind, SIGNATURE);
        assert!(read("text/plain", text).unwrap_err().contains("`text/plain`"));
        assert!(
            read(json, &text.replace("in-toto.io", "x")).unwrap_err().contains("not an in-toto")
        );
    }
}
