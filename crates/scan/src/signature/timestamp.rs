//! Timestamps of authorities: proof of when a signature was made, where the log signs no time.
//!
//! # Source
//! RFC 3161, section 2.4, and RFC 5652, section 5

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use webpki::KeyUsage;

use super::{
    der::{Der, OCTET_STRING, OID, SEQUENCE},
    key::PublicKey,
    trusted_root::{Authority, TrustedRoot},
};

const INTEGER: u8 = 0x02;
const GENERALIZED_TIME: u8 = 0x18;
const SET: u8 = 0x31;
const EXPLICIT: u8 = 0xa0;

/// Extended key usage: time stamping, 1.3.6.1.5.5.7.3.8.
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
/// PKCS #7 signed data, 1.2.840.113549.1.7.2.
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
/// `TSTInfo`, 1.2.840.113549.1.9.16.1.4.
const TIMESTAMP_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];
/// The attribute content type, 1.2.840.113549.1.9.3.
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
/// The attribute message digest, 1.2.840.113549.1.9.4.
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
/// SHA-256, SHA-384 and SHA-512 differ in what follows 2.16.840.1.101.3.4.2.
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];

/// When an authority of `root` saw the signature.
pub(super) fn verify(
    response: &[u8],
    signature: &[u8],
    root: &TrustedRoot,
) -> Result<Timestamp, String> {
    let token = Token::read(response).ok_or("its timestamp is malformed")?;
    let info = Info::read(token.info).ok_or("its timestamp is malformed")?;
    if hash(info.algorithm, signature).as_deref() != Some(info.imprint) {
        return Err("its timestamp is of another signature".to_owned());
    }
    token.is_bound().ok_or("its timestamp does not fit its own digest")?;
    let is_by = |authority: &Authority| token.is_by(authority, info.time).ok();
    root.timestamp_authorities
        .iter()
        .filter(|authority| authority.valid.contains(info.time))
        .find_map(is_by)
        .map(|()| info.time)
        .ok_or_else(|| "its timestamp is by no authority of the trusted root".to_owned())
}

/// The digest of bytes by an algorithm that is named by its object identifier.
fn hash(algorithm: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    match algorithm.strip_prefix(SHA2)? {
        [1] => Some(Sha256::digest(bytes).to_vec()),
        [2] => Some(Sha384::digest(bytes).to_vec()),
        [3] => Some(Sha512::digest(bytes).to_vec()),
        _ => None,
    }
}

/// The parts of a response that are verified.
struct Token<'a> {
    /// `TSTInfo` in DER.
    info: &'a [u8],
    digest_algorithm: &'a [u8],
    /// The attributes that are signed, as they are tagged in the token.
    attributes: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Token<'a> {
    fn read(response: &'a [u8]) -> Option<Self> {
        let mut response = Der::new(Der::new(response).expect(SEQUENCE)?);
        let status = Der::new(response.expect(SEQUENCE)?).expect(INTEGER)?;
        let mut content = Der::new(response.expect(SEQUENCE)?);
        let is_granted = matches!(status, [0 | 1]) && content.expect(OID)? == SIGNED_DATA;
        let mut data = Der::new(Der::new(content.expect(EXPLICIT)?).expect(SEQUENCE)?);
        let _version = data.expect(INTEGER)?;
        let _digest_algorithms = data.expect(SET)?;
        let mut wrapped = Der::new(data.expect(SEQUENCE)?);
        let is_info = wrapped.expect(OID)? == TIMESTAMP_INFO;
        let info = Der::new(wrapped.expect(EXPLICIT)?).expect(OCTET_STRING)?;
        // Certificates and revocation lists may stand between.
        let signers = data.find(|part| part.tag == SET)?;
        let mut signer = Der::new(Der::new(signers.content).expect(SEQUENCE)?);
        let _version = signer.expect(INTEGER)?;
        let _signer_id = signer.next()?;
        let digest_algorithm = Der::new(signer.expect(SEQUENCE)?).expect(OID)?;
        let attributes = signer.next().filter(|part| part.tag == EXPLICIT)?.whole;
        let _algorithm = signer.expect(SEQUENCE)?;
        let signature = signer.expect(OCTET_STRING)?;
        (is_granted && is_info).then_some(Self { info, digest_algorithm, attributes, signature })
    }

    /// Whether the signed attributes are those of the information.
    fn is_bound(&self) -> Option<()> {
        let attributes = Der::new(self.attributes).expect(EXPLICIT)?;
        let value = |wanted: &[u8], tag: u8| {
            Der::new(attributes).find_map(|attribute| {
                let mut parts = Der::new(attribute.content);
                let is_it = parts.expect(OID)? == wanted;
                is_it.then_some(Der::new(parts.expect(SET)?).expect(tag)?)
            })
        };
        let is_info = value(CONTENT_TYPE, OID)? == TIMESTAMP_INFO;
        let digest = hash(self.digest_algorithm, self.info)?;
        (is_info && value(MESSAGE_DIGEST, OCTET_STRING)? == digest).then_some(())
    }

    /// Whether the authority signed the attributes, with a certificate that was valid then.
    fn is_by(&self, authority: &Authority, time: Timestamp) -> Result<(), webpki::Error> {
        let Some((leaf, above)) = authority.chain.split_first() else {
            return Err(webpki::Error::UnknownIssuer);
        };
        let above = Authority { chain: above.to_vec(), valid: authority.valid };
        above.issuer_of(leaf, &[], time, KeyUsage::required(TIME_STAMPING))?;
        let key = webpki::EndEntityCert::try_from(leaf)?.subject_public_key_info();
        let key = PublicKey::from_spki(&key).map_err(|_| webpki::Error::UnknownIssuer)?;
        // They are signed as the set that they are, not as the field that they stand in.
        let mut signed = self.attributes.to_vec();
        signed.iter_mut().take(1).for_each(|tag| *tag = SET);
        if key.verifies(&signed, self.signature) {
            return Ok(());
        }
        Err(webpki::Error::InvalidSignatureForPublicKey)
    }
}

/// What an authority says.
struct Info<'a> {
    algorithm: &'a [u8],
    imprint: &'a [u8],
    time: Timestamp,
}

impl<'a> Info<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut info = Der::new(Der::new(der).expect(SEQUENCE)?);
        let _version = info.expect(INTEGER)?;
        let _policy = info.expect(OID)?;
        let mut imprint = Der::new(info.expect(SEQUENCE)?);
        let algorithm = Der::new(imprint.expect(SEQUENCE)?).expect(OID)?;
        let imprint = imprint.expect(OCTET_STRING)?;
        let _serial = info.expect(INTEGER)?;
        let time = time(info.expect(GENERALIZED_TIME)?)?;
        Some(Self { algorithm, imprint, time })
    }
}

/// `20250725195304Z`; fractions of a second do not matter here.
fn time(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let seconds = text.split_once('.').map_or(text, |(seconds, _)| seconds);
    let is_plain = seconds.len() == 14 && seconds.bytes().all(|byte| byte.is_ascii_digit());
    let time = DateTime::strptime("%Y%m%d%H%M%S", seconds).ok().filter(|_| is_plain)?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_are_in_utc_with_seconds() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(time(text.as_bytes()).map(|time| time.to_string()).as_deref(), expect);
        };
        check("20250725195304Z", Some("2025-07-25T19:53:04Z"));
        check("20250725195304.75Z", Some("2025-07-25T19:53:04Z"));
        for malformed in ["", "Z", "20250725195304", "202507251953Z", "20251325195304Z"] {
            check(malformed, None);
        }
    }
}
