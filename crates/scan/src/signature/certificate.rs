//! Certificates of Fulcio: who they name, and who vouches for them.
//!
//! # Source
//! <https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md>

mod sct;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use webpki::{EndEntityCert, KeyUsage};

use super::{
    der::{Der, OCTET_STRING, OID, SEQUENCE, UTF8_STRING},
    key::PublicKey,
    trusted_root::TrustedRoot,
};
use crate::source::digest::shortened;

/// Extended key usage: code signing, 1.3.6.1.5.5.7.3.3.
const CODE_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 3];
/// Subject alternative name, 2.5.29.17.
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
/// Fulcio's extension for the OIDC issuer, 1.3.6.1.4.1.57264.1.8: a `UTF8String`.
const ISSUER: &[u8] = &[0x2b, 6, 1, 4, 1, 0x83, 0xbf, 0x30, 1, 8];
/// The older one, 1.3.6.1.4.1.57264.1.1: the text as it is.
const ISSUER_V1: &[u8] = &[0x2b, 6, 1, 4, 1, 0x83, 0xbf, 0x30, 1, 1];
/// Fulcio's name for users without an address, 1.3.6.1.4.1.57264.1.7.
const USER_NAME: &[u8] = &[0x2b, 6, 1, 4, 1, 0x83, 0xbf, 0x30, 1, 7];

/// A certificate, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    der: CertificateDer<'static>,
    pub(super) key: PublicKey,
    /// The one name in it: an address, a URI, a user name.
    pub(super) identity: String,
    /// Who vouches for the name.
    pub(super) issuer: Option<String>,
}

impl Certificate {
    /// Reads a certificate in PEM.
    pub(super) fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let der = CertificateDer::from_pem_slice(pem)
            .map_err(|_| "its certificate is not PEM".to_owned())?;
        Self::from_der(der.to_vec())
    }

    /// Reads a certificate in DER.
    pub(super) fn from_der(der: Vec<u8>) -> Result<Self, String> {
        let der = CertificateDer::from(der);
        let read = EndEntityCert::try_from(&der)
            .map_err(|error| format!("its certificate is malformed ({error})"))?;
        let key = PublicKey::from_spki(&read.subject_public_key_info())
            .map_err(|why| format!("the key of its certificate cannot be used: {why}"))?;
        let extensions = extensions(&der).unwrap_or_default();
        let identity = identity(&extensions)?;
        let issuer = issuer(&extensions)?;
        Ok(Self { key, identity, issuer, der })
    }

    /// The certificate in DER.
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether an authority of `root` issued it for signing code, and it was valid at `time`;
    /// and that a certificate log has seen it, where the root names such logs.
    pub(super) fn verify(
        &self,
        intermediates: &[CertificateDer<'static>],
        root: &TrustedRoot,
        time: Timestamp,
    ) -> Result<(), String> {
        let mut why = "no certificate authority of the trusted root was valid then".to_owned();
        for authority in root.authorities.iter().filter(|a| a.valid.contains(time)) {
            let usage = KeyUsage::required(CODE_SIGNING);
            match authority.issuer_of(&self.der, intermediates, time, usage) {
                Ok(issuer) => return sct::verify(&self.der, &issuer, root),
                Err(error) => why = error.to_string(),
            }
        }
        Err(format!("its certificate is not one of the trusted root: {why}"))
    }
}

/// Certificates in PEM, one behind the other.
pub(super) fn chain_from_pem(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    const MAX: usize = 8;
    CertificateDer::pem_slice_iter(pem).take(MAX).filter_map(Result::ok).collect()
}

/// The object identifiers and values of all extensions.
fn extensions(certificate: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    const EXTENSIONS: u8 = 0xa3;
    let mut certificate = Der::new(Der::new(certificate).expect(SEQUENCE)?);
    let mut parts = Der::new(certificate.expect(SEQUENCE)?);
    let wrapped = parts.find(|part| part.tag == EXTENSIONS)?.content;
    let list = Der::new(Der::new(wrapped).expect(SEQUENCE)?);
    list.map(|extension| {
        let mut parts = Der::new(extension.content);
        let oid = parts.expect(OID)?;
        let value = parts.find(|part| part.tag == OCTET_STRING)?;
        Some((oid, value.content))
    })
    .collect()
}

/// The value of an extension that is there once.
fn only<'a>(extensions: &[(&[u8], &'a [u8])], oid: &[u8]) -> Result<Option<&'a [u8]>, String> {
    let mut found = extensions.iter().filter(|(id, _)| *id == oid).map(|(_, value)| *value);
    let first = found.next();
    if found.next().is_some() {
        return Err("its certificate has an extension twice".to_owned());
    }
    Ok(first)
}

fn identity(extensions: &[(&[u8], &[u8])]) -> Result<String, String> {
    const OTHER_NAME: u8 = 0xa0;
    const EMAIL: u8 = 0x81;
    const URI: u8 = 0x86;
    let none = || "its certificate names nobody".to_owned();
    let value = only(extensions, SUBJECT_ALT_NAME)?.ok_or_else(none)?;
    let mut names = Der::new(Der::new(value).expect(SEQUENCE).ok_or_else(none)?);
    let name = names.next().ok_or_else(none)?;
    if names.next().is_some() {
        return Err("its certificate names several identities".to_owned());
    }
    let text = match name.tag {
        EMAIL | URI => Some(name.content),
        OTHER_NAME => user_name(name.content),
        _ => None,
    };
    text.and_then(readable).ok_or_else(none)
}

fn user_name(other_name: &[u8]) -> Option<&[u8]> {
    const EXPLICIT: u8 = 0xa0;
    let mut parts = Der::new(other_name);
    let kind = parts.expect(OID)?;
    let text = Der::new(parts.expect(EXPLICIT)?).expect(UTF8_STRING)?;
    (kind == USER_NAME).then_some(text)
}

fn issuer(extensions: &[(&[u8], &[u8])]) -> Result<Option<String>, String> {
    let new = only(extensions, ISSUER)?.and_then(|value| Der::new(value).expect(UTF8_STRING));
    let old = only(extensions, ISSUER_V1)?;
    if new.zip(old).is_some_and(|(new, old)| new != old) {
        return Err("its certificate names two issuers".to_owned());
    }
    Ok(new.or(old).and_then(readable))
}

/// A text that is the same when it is shown: what has control characters or is very long is none.
fn readable(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    (shortened(text) == text || text.len() <= 2_048 && !text.contains(char::is_control))
        .then(|| text.to_owned())
}
