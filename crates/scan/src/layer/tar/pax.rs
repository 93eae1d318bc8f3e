//! Extended headers: records of `LENGTH KEY=VALUE\n`.
//!
//! # Source
//! <https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03>

use super::{TarError, sparse::Piece};

/// What extended headers say of the entry that follows them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Extended {
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) link: Option<Vec<u8>>,
    pub(crate) size: Option<u64>,
    pub(crate) sparse_name: Option<Vec<u8>>,
    /// Size of the file with its holes: `GNU.sparse.size` or `GNU.sparse.realsize`.
    pub(crate) sparse_size: Option<u64>,
    /// Version 1.0 of the sparse format: the map is at the start of the content.
    pub(crate) sparse_map_in_content: bool,
    /// The map of versions 0.0 and 0.1.
    pub(crate) sparse_map: Vec<Piece>,
    half_piece: Option<u64>,
}

impl Extended {
    /// Adds the records of one extended header.
    ///
    /// # Errors
    /// When a record is not what the format asks for.
    pub(crate) fn add(&mut self, mut records: &[u8]) -> Result<(), TarError> {
        while let Some((key, value, rest)) = record(records)? {
            self.set(key, value).ok_or(TarError::BadExtendedHeader)?;
            records = rest;
        }
        Ok(())
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        match key {
            b"path" => self.path = Some(name(value)?),
            b"linkpath" => self.link = Some(name(value)?),
            b"size" => self.size = Some(decimal(value)?),
            b"GNU.sparse.name" => self.sparse_name = Some(name(value)?),
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => self.sparse_size = Some(decimal(value)?),
            b"GNU.sparse.major" => self.sparse_map_in_content = decimal(value)? == 1,
            b"GNU.sparse.offset" => self.half_piece = Some(decimal(value)?),
            b"GNU.sparse.numbytes" => {
                let piece = Piece { offset: self.half_piece.take()?, len: decimal(value)? };
                self.sparse_map.push(piece);
            }
            b"GNU.sparse.map" => self.sparse_map = map(value)?,
            _ => {}
        }
        Some(())
    }

    pub(crate) fn is_sparse(&self) -> bool {
        self.sparse_map_in_content || self.sparse_size.is_some() || !self.sparse_map.is_empty()
    }
}

type Record<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// The first record and what follows it; `None` at the end.
fn record(records: &[u8]) -> Result<Option<Record<'_>>, TarError> {
    // Some writers pad with NULs.
    if records.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let parse = || {
        let space = memchr::memchr(b' ', records.get(..records.len().min(20))?)?;
        let len = usize::try_from(decimal(records.get(..space)?)?).ok()?;
        let body = records.get(space + 1..len)?.strip_suffix(b"\n")?;
        let equals = memchr::memchr(b'=', body)?;
        Some((body.get(..equals)?, body.get(equals + 1..)?, records.get(len..)?))
    };
    parse().map(Some).ok_or(TarError::BadExtendedHeader)
}

fn name(value: &[u8]) -> Option<Vec<u8>> {
    (!value.contains(&0)).then(|| value.to_vec())
}

fn map(value: &[u8]) -> Option<Vec<Piece>> {
    let mut numbers = value.split(|byte| *byte == b',');
    let mut pieces = Vec::new();
    while let Some(offset) = numbers.next().filter(|number| !number.is_empty()) {
        pieces.push(Piece { offset: decimal(offset)?, len: decimal(numbers.next()?)? });
    }
    Some(pieces)
}

/// A decimal number of at most 63 bits.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    let mut value: u64 = 0;
    for digit in digits {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    Some(value).filter(|value| value >> 63 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(records: &[u8]) -> Option<Extended> {
        let mut extended = Extended::default();
        extended.add(records).ok().map(|()| extended)
    }

    #[test]
    fn records() {
        let found = parse(b"12 path=a/b\n10 size=7\n20 atime=1700000000\n").unwrap();
        assert_eq!((found.path.as_deref(), found.size), (Some(&b"a/b"[..]), Some(7)));
        let found = parse(b"28 GNU.sparse.map=0,5,10,20\n\0\0").unwrap();
        assert_eq!(found.sparse_map, [Piece { offset: 0, len: 5 }, Piece { offset: 10, len: 20 }]);
        assert_eq!(parse(b""), Some(Extended::default()));
    }

    #[test]
    fn damaged_records_are_refused() {
        for records in [
            &b"99 path=a\n"[..],
            b"0 path=a\n",
            b"path=a\n",
            b"10 path=ab",
            b"8 patha\n",
            b"11 path=a\0\n ",
            b"99999999999999999999 path=a\n",
            b"11 size=-1\n",
            b"26 GNU.sparse.numbytes=12\n",
        ] {
            assert_eq!(parse(records), None, "{}", records.escape_ascii());
        }
    }
}
