//! Tells text from other bytes by the first block.

/// How much is looked at.
pub(crate) const BLOCK_BYTES: usize = 4 << 10;

/// Whether a file that starts like this is text: no zero byte, and few other control characters.
/// Compressed and encrypted bytes, images and programs all fail one of the two within a block.
pub(super) fn is_text(start: &[u8]) -> bool {
    let start = start.get(..BLOCK_BYTES).unwrap_or(start);
    if memchr::memchr(0, start).is_some() {
        return false;
    }
    let is_control = |byte: &u8| {
        (*byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x08 | 0x0b | 0x0c | 0x1b))
            || *byte == 0x7f
    };
    let controls = start.iter().filter(|byte| is_control(byte)).count();
    controls.saturating_mul(50) <= start.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_other_bytes() {
        let check = |start: &[u8], expect| assert_eq!(is_text(start), expect, "{start:?}");
        check(b"", true);
        check("plain text, with ümlauts and\ttabs\r\n".as_bytes(), true);
        check(b"\x1b[1mcolour\x1b[0m", true);
        check(b"\x7fELF\x02\x01\x01\0", false);
        check(b"\x1f\x8b\x08\x02\x01\x03\x05\x06\x1e", false);
        check(b"text, and then\0", false);
    }
}
