//! The database file.
//!
//! ```text
//! header       64 bytes: magic, format version, place of the metadata, checksums
//! details      blocks: what does not depend on the package, once for each record
//! packages     blocks: for each package, its records and the versions they concern
//! tables       hash of ecosystem and name -> package; CVE -> KEV; CVE -> EPSS
//! dictionaries of the two kinds of blocks
//! metadata     JSON
//! ```
//!
//! All numbers are little endian. Every part has a checksum. Nothing is read before it is needed:
//! opening reads header and metadata, the first look-up the dictionaries and the first keys of the
//! tables, and each look-up one page of a table and the blocks it names.
//! `docs/reference/database.md` says the same for people.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Candidate, contents::Section};

pub(crate) const HEADER_BYTES: usize = 64;
pub(crate) const FORMAT_VERSION: u32 = 1;
const MAGIC: &[u8; 8] = b"FGADVDB\n";

/// The value of a package in its block. [`Candidate::detail`] is the
/// [`ValueRef`](super::block::ValueRef) of the detail.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct PackageValue {
    pub(crate) ecosystem: String,
    pub(crate) name: String,
    pub(crate) advisories: Vec<Candidate>,
}

/// The key of a package in the table.
pub(crate) fn package_key(ecosystem: &str, name: &str) -> u64 {
    let mut bytes = Vec::with_capacity(ecosystem.len() + name.len() + 1);
    bytes.extend_from_slice(ecosystem.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(name.as_bytes());
    xxh3_64(&bytes)
}

/// The key of a CVE: year and number; `None` when the text is not a CVE.
pub(crate) fn cve_key(cve: &str) -> Option<u64> {
    let (year, number) = cve.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || number.len() < 4 || !digits(year) || !digits(number) {
        return None;
    }
    let number: u64 = number.parse().ok().filter(|n| *n < 1 << 48)?;
    Some(year.parse::<u64>().ok()? << 48 | number)
}

/// The header that points to the metadata.
pub(crate) fn encode_header(metadata: Section) -> [u8; HEADER_BYTES] {
    let mut bytes = Vec::with_capacity(HEADER_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&u64::from(FORMAT_VERSION).to_le_bytes());
    for number in [metadata.offset, metadata.len, metadata.checksum, 0, 0] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    let checksum = xxh3_64(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.try_into().unwrap_or([0; HEADER_BYTES])
}

/// Where a header says that the metadata is.
pub(crate) fn decode_header(bytes: &[u8; HEADER_BYTES]) -> Result<Section, String> {
    let (numbers, _) = bytes.as_chunks::<8>();
    let [magic, version, offset, len, metadata_checksum, _, _, checksum] = numbers else {
        return Err("no header at offset 0".to_owned());
    };
    if magic != MAGIC {
        return Err("not an advisory database: wrong magic at offset 0".to_owned());
    }
    let version = u64::from_le_bytes(*version);
    if version != u64::from(FORMAT_VERSION) {
        return Err(format!(
            "format version {version} at offset 8 is not {FORMAT_VERSION}: run `farguard db update`"
        ));
    }
    let hashed = bytes.get(..HEADER_BYTES - 8).unwrap_or_default();
    if xxh3_64(hashed) != u64::from_le_bytes(*checksum) {
        return Err("wrong checksum of the header at offset 0".to_owned());
    }
    Ok(Section {
        offset: u64::from_le_bytes(*offset),
        len: u64::from_le_bytes(*len),
        checksum: u64::from_le_bytes(*metadata_checksum),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cves_are_keyed_by_year_and_number() {
        assert_eq!(cve_key("CVE-2024-3094"), Some(2024 << 48 | 3094));
        assert!(cve_key("CVE-2024-3094") < cve_key("CVE-2024-1000000"));
        for not in ["CVE-24-3094", "CVE-2024-", "GHSA-x", "CVE-2024-99999999999999999", ""] {
            assert_eq!(cve_key(not), None, "{not}");
        }
    }

    #[test]
    fn headers_read_back_and_damage_is_told() {
        let place = Section { offset: 1, len: 2, checksum: 3 };
        let header = encode_header(place);
        assert_eq!(decode_header(&header), Ok(place));
        let mut broken = header;
        broken[20] ^= 1;
        assert_eq!(
            decode_header(&broken),
            Err("wrong checksum of the header at offset 0".to_owned())
        );
    }
}
