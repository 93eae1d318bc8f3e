//! Signed certificate timestamps: proof that a certificate was shown to a public log.
//!
//! A log signs the certificate as it was before its own signature was put into it, so that one is
//! taken out again.
//!
//! # Source
//! RFC 6962, sections 3.2 and 3.3

use jiff::Timestamp;

use super::super::{
    der::{Der, OCTET_STRING, OID, SEQUENCE, encode},
    key::PublicKey,
    trusted_root::TrustedRoot,
};

/// The extension with the list, 1.3.6.1.4.1.11129.2.4.2.
const SCT_LIST: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];
/// Most timestamps that are looked at.
const MAX: usize = 8;

/// Whether one of the certificate logs of `root` has seen the certificate. A root without such
/// logs asks for none.
pub(super) fn verify(
    certificate: &[u8],
    issuer: &PublicKey,
    root: &TrustedRoot,
) -> Result<(), String> {
    if root.certificate_logs.is_empty() {
        return Ok(());
    }
    let malformed = || "its certificate holds no proof of a certificate log".to_owned();
    let (tbs, list) = without_list(certificate).ok_or_else(malformed)?;
    let is_signed = |sct: Sct<'_>| {
        let signed = sct.signed_bytes(issuer, &tbs)?;
        let time = Timestamp::from_millisecond(i64::try_from(sct.timestamp).ok()?).ok()?;
        let log = root.certificate_logs.iter().find(|log| log.id == sct.log_id)?;
        (log.valid.contains(time) && log.key.verifies(&signed, sct.signature)).then_some(())
    };
    if scts(list).take(MAX).find_map(is_signed).is_some() {
        return Ok(());
    }
    Err("no certificate log of the trusted root has seen its certificate".to_owned())
}

/// The part of a certificate that is signed, without the list of timestamps; and the list.
fn without_list(certificate: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    const EXTENSIONS: u8 = 0xa3;
    let mut certificate = Der::new(Der::new(certificate).expect(SEQUENCE)?);
    let mut tbs = Vec::new();
    let mut list = None;
    for part in Der::new(certificate.expect(SEQUENCE)?) {
        if part.tag != EXTENSIONS {
            tbs.extend_from_slice(part.whole);
            continue;
        }
        let mut kept = Vec::new();
        for extension in Der::new(Der::new(part.content).expect(SEQUENCE)?) {
            let mut fields = Der::new(extension.content);
            if fields.expect(OID)? == SCT_LIST {
                let value = fields.find(|field| field.tag == OCTET_STRING)?;
                list = Der::new(value.content).expect(OCTET_STRING);
            } else {
                kept.extend_from_slice(extension.whole);
            }
        }
        tbs.extend(encode(EXTENSIONS, &encode(SEQUENCE, &kept)));
    }
    Some((encode(SEQUENCE, &tbs), list?))
}

struct Sct<'a> {
    log_id: &'a [u8],
    timestamp: u64,
    extensions: &'a [u8],
    signature: &'a [u8],
}

impl Sct<'_> {
    fn signed_bytes(&self, issuer: &PublicKey, tbs: &[u8]) -> Option<Vec<u8>> {
        const VERSION_AND_TYPE: [u8; 2] = [0, 0];
        const PRECERTIFICATE: [u8; 2] = [0, 1];
        let mut bytes = VERSION_AND_TYPE.to_vec();
        bytes.extend_from_slice(&self.timestamp.to_be_bytes());
        bytes.extend_from_slice(&PRECERTIFICATE);
        bytes.extend_from_slice(&issuer.id());
        let [high, length @ ..] = u32::try_from(tbs.len()).ok()?.to_be_bytes();
        if high != 0 {
            return None;
        }
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(tbs);
        bytes.extend_from_slice(&u16::try_from(self.extensions.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(self.extensions);
        Some(bytes)
    }
}

/// The timestamps of a list, up to the first that is malformed.
fn scts(list: &[u8]) -> impl Iterator<Item = Sct<'_>> {
    let mut rest = vector(list).map_or(&[][..], |(list, _)| list);
    std::iter::from_fn(move || {
        let (sct, behind) = vector(rest)?;
        rest = behind;
        sct_of(sct)
    })
}

fn sct_of(bytes: &[u8]) -> Option<Sct<'_>> {
    let (&version, rest) = bytes.split_first()?;
    let (log_id, rest) = rest.split_at_checked(32)?;
    let (timestamp, rest) = rest.split_first_chunk()?;
    let (extensions, rest) = vector(rest)?;
    let (_algorithms, rest) = rest.split_at_checked(2)?;
    let (signature, rest) = vector(rest)?;
    let timestamp = u64::from_be_bytes(*timestamp);
    let known = version == 0 && rest.is_empty();
    known.then_some(Sct { log_id, timestamp, extensions, signature })
}

/// Bytes behind their length of two bytes, and what follows.
fn vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
