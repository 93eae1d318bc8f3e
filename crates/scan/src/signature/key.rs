//! Public keys, and what they say of signatures.

use std::fmt;

use rustls_pki_types::{
    SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer,
    pem::{PemObject, SectionKind},
};
use sha2::{Digest as _, Sha256};
use webpki::{RawPublicKeyEntity, ring};

/// Which keys sign how. A key says itself which algorithm it is for, and `webpki` holds it to
/// that: nothing in a signature chooses. P-384 keys come with SHA-256 too, since `cosign` hashes
/// by SHA-256 whatever the key is.
pub(super) static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P384_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ED25519,
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
];

/// A public key of a kind that we can verify with.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    spki: SubjectPublicKeyInfoDer<'static>,
}

impl PublicKey {
    /// Reads a public key in PEM, as `cosign generate-key-pair` and `openssl pkey -pubout` write
    /// it.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence.
    pub fn from_pem(pem: &[u8]) -> Result<Self, String> {
        match <(SectionKind, Vec<u8>)>::from_pem_slice(pem) {
            Ok((SectionKind::PublicKey, der)) => Self::from_spki(&der),
            Ok((SectionKind::Certificate, _)) => {
                Err("it is a certificate; a key begins with `-----BEGIN PUBLIC KEY-----`".into())
            }
            Ok(_) => {
                Err("it is no public key; one begins with `-----BEGIN PUBLIC KEY-----`".into())
            }
            Err(_) if String::from_utf8_lossy(pem).contains("PRIVATE KEY-----") => {
                Err("it is a private key; verifying takes the public one (`cosign.pub`)".into())
            }
            Err(_) => Err("it is not PEM, which begins with `-----BEGIN PUBLIC KEY-----`".into()),
        }
    }

    /// Reads a `SubjectPublicKeyInfo` in DER.
    pub(super) fn from_spki(der: &[u8]) -> Result<Self, String> {
        let spki = SubjectPublicKeyInfoDer::from(der.to_vec());
        let unusable = "it is of a kind that is not supported: ECDSA P-256 and P-384, Ed25519 and \
                        RSA from 2048 bits on are";
        let entity = RawPublicKeyEntity::try_from(&spki).map_err(|_| unusable.to_owned())?;
        // An algorithm that fits the key finds the signature wrong; the others refuse the key.
        let fits = ALGORITHMS.iter().any(|algorithm| {
            matches!(
                entity.verify_signature(*algorithm, b"", b""),
                Ok(()) | Err(webpki::Error::InvalidSignatureForPublicKey)
            )
        });
        if fits { Ok(Self { spki }) } else { Err(unusable.to_owned()) }
    }

    /// SHA-256 over the `SubjectPublicKeyInfo`: how transparency logs name keys.
    pub(super) fn id(&self) -> [u8; 32] {
        Sha256::digest(&self.spki).into()
    }

    /// Whether the signature is this key's over the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(entity) = RawPublicKeyEntity::try_from(&self.spki) else { return false };
        let by = |algorithm: &&dyn SignatureVerificationAlgorithm| {
            entity.verify_signature(*algorithm, message, signature).is_ok()
        };
        ALGORITHMS.iter().any(by)
    }
}

/// `sha256:` and the digest of the key.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.id().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}
