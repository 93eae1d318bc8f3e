//! One 512-byte header block.
//!
//! # Source
//! <https://www.gnu.org/software/tar/manual/html_node/Standard.html>

use super::TarError;

pub(crate) const BLOCK: usize = 512;

/// The fields of a header that matter to us, still as bytes.
pub(crate) struct Header<'a>(pub(crate) &'a [u8; BLOCK]);

impl<'a> Header<'a> {
    fn field(&self, at: usize, len: usize) -> &'a [u8] {
        self.0.get(at..at + len).unwrap_or_default()
    }

    /// A field that ends at its first NUL.
    fn text(&self, at: usize, len: usize) -> &'a [u8] {
        let field = self.field(at, len);
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(len);
        field.get(..end).unwrap_or_default()
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }

    /// Whether the checksum is right, summed unsigned or, as some old writers did, signed.
    pub(crate) fn checksum_matches(&self) -> bool {
        let Some(stored) = octal(self.field(148, 8)) else { return false };
        let spaces = 8 * u64::from(b' ');
        let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        let unsigned = sum(self.0) - sum(self.field(148, 8)) + spaces;
        // Every byte above 127 counts 256 less when it is signed.
        let high = |bytes: &[u8]| bytes.iter().filter(|byte| **byte > 127).count() as u64;
        let correction = 256 * (high(self.0) - high(self.field(148, 8)));
        stored == unsigned || unsigned.checked_sub(correction) == Some(stored)
    }

    pub(crate) fn kind(&self) -> u8 {
        self.0[156]
    }

    pub(crate) fn size(&self) -> Result<u64, TarError> {
        number(self.field(124, 12)).ok_or(TarError::BadNumber("size"))
    }

    /// Permission bits; an unreadable field counts as none.
    pub(crate) fn mode(&self) -> u32 {
        let mode = number(self.field(100, 8)).unwrap_or_default() & 0o7777;
        u32::try_from(mode).unwrap_or_default()
    }

    /// Writes the path into `out`, with the prefix of ustar or star.
    pub(crate) fn path(&self, out: &mut Vec<u8>) {
        out.clear();
        if self.field(257, 6) == b"ustar\0" {
            let is_star = self.field(508, 4) == b"tar\0";
            let prefix = self.text(345, if is_star { 131 } else { 155 });
            if !prefix.is_empty() {
                out.extend_from_slice(prefix);
                out.push(b'/');
            }
        }
        out.extend_from_slice(self.text(0, 100));
    }

    pub(crate) fn link(&self) -> &'a [u8] {
        self.text(157, 100)
    }

    /// The first pieces of an old GNU sparse file, 24 bytes each: offset and length.
    pub(crate) fn gnu_sparse_pieces(&self) -> &'a [u8] {
        self.field(386, 4 * 24)
    }

    pub(crate) fn gnu_sparse_continues(&self) -> bool {
        self.0[482] != 0
    }

    pub(crate) fn gnu_real_size(&self) -> Option<u64> {
        number(self.field(483, 12))
    }
}

/// An octal number, or a base-256 one whose first byte has its highest bit set. Negative and
/// larger than 63 bits is none.
pub(crate) fn number(field: &[u8]) -> Option<u64> {
    let Some((first, rest)) = field.split_first() else { return Some(0) };
    if first & 0x80 == 0 {
        return octal(field);
    }
    if first & 0x40 != 0 {
        return None;
    }
    let mut value = u64::from(first & 0x3f);
    for byte in rest {
        if value >> 55 != 0 {
            return None;
        }
        value = value << 8 | u64::from(*byte);
    }
    Some(value)
}

fn octal(field: &[u8]) -> Option<u64> {
    let is_padding = |byte: &u8| *byte == b' ' || *byte == 0;
    let start = field.iter().position(|byte| !is_padding(byte)).unwrap_or(field.len());
    let digits = field.get(start..).unwrap_or_default();
    let end = digits.iter().position(is_padding).unwrap_or(digits.len());
    let mut value: u64 = 0;
    for digit in digits.get(..end).unwrap_or_default() {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
        value = value.checked_mul(8)?.checked_add(u64::from(digit))?;
    }
    Some(value).filter(|value| value >> 63 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |field: &[u8], expect| assert_eq!(number(field), expect, "{field:?}");
        check(b"0000644\0", Some(0o644));
        check(b" 644 \0\0\0", Some(0o644));
        check(b"\0\0\0\0", Some(0));
        check(b"77777777777\0", Some(0o77_777_777_777));
        check(b"12x4\0", None);
        check(&[0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], Some(1 << 32));
        check(&[0xff; 12], None);
        check(&[0x80, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0], None);
    }
}
