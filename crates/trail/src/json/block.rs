//! Sixty-four bytes of JSON at once: where quotes, brackets and colons are, and what is inside strings.

use wide::u8x16;

/// Bytes that are looked at together: one bit of a word each.
pub(crate) const BLOCK: usize = 64;

/// Where the bytes that JSON is made of stand in a block; bit 0 is the first byte.
#[derive(Debug, Clone, Copy)]
struct Masks {
    quote: u64,
    backslash: u64,
    colon: u64,
    open: u64,
    close: u64,
}

/// What is left of a block when strings are known: brackets and colons outside of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Structure {
    /// `:` between keys and values.
    pub(crate) colons: u64,
    /// `{` and `[`.
    pub(crate) opens: u64,
    /// `}` and `]`.
    pub(crate) closes: u64,
}

/// What one block leaves for the next: whether it ended inside a string or behind a backslash.
#[derive(Debug, Default)]
pub(crate) struct Strings {
    /// All ones inside a string.
    inside: u64,
    /// 1 if the first byte of the next block is escaped.
    escaped: u64,
}

impl Strings {
    /// Looks at the next block.
    #[inline(always)]
    pub(crate) fn next(&mut self, block: &[u8; BLOCK]) -> Structure {
        let masks = masks(block);
        let quotes = masks.quote & !self.escaped(masks.backslash);
        let inside = prefix_xor(quotes) ^ self.inside;
        self.inside = (inside >> 63).wrapping_neg();
        Structure {
            colons: masks.colon & !inside,
            opens: masks.open & !inside,
            closes: masks.close & !inside,
        }
    }

    /// Bytes behind a backslash that is not escaped itself.
    #[inline(always)]
    fn escaped(&mut self, backslashes: u64) -> u64 {
        let mut escaped = std::mem::take(&mut self.escaped);
        let mut rest = backslashes & !escaped;
        while rest != 0 {
            let escape = rest & rest.wrapping_neg();
            escaped |= escape << 1;
            self.escaped = escape >> 63;
            rest &= !(escape | (escape << 1));
        }
        escaped
    }
}

/// Each bit: whether the number of ones up to and with it is odd.
#[inline(always)]
const fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ (bits << 32)
}

/// The blocks of a text with the position of each; the last one is filled up with blanks.
#[inline(always)]
pub(crate) fn blocks(bytes: &[u8]) -> impl Iterator<Item = (usize, [u8; BLOCK])> {
    let (whole, rest) = bytes.as_chunks::<BLOCK>();
    let mut last = [b' '; BLOCK];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let last = (!rest.is_empty()).then_some(last);
    whole.iter().copied().chain(last).enumerate().map(|(number, block)| (number * BLOCK, block))
}

/// Compares sixteen bytes at a time with each byte that matters.
#[inline(always)]
fn masks(block: &[u8; BLOCK]) -> Masks {
    let mut masks = Masks { quote: 0, backslash: 0, colon: 0, open: 0, close: 0 };
    let (quarters, _) = block.as_chunks::<16>();
    for (quarter, shift) in quarters.iter().zip([0, 16, 32, 48]) {
        let bytes = u8x16::new(*quarter);
        // One bit makes `[` and `]` the same as `{` and `}`.
        let curly = bytes | u8x16::splat(0x20);
        let bits =
            |bytes: u8x16, byte| u64::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask()) << shift;
        masks.quote |= bits(bytes, b'"');
        masks.backslash |= bits(bytes, b'\\');
        masks.colon |= bits(bytes, b':');
        masks.open |= bits(curly, b'{');
        masks.close |= bits(curly, b'}');
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the masks mean, byte by byte.
    fn plain(text: &[u8]) -> Vec<(usize, u8)> {
        let (mut inside, mut escaped, mut found) = (false, false, Vec::new());
        for (at, &byte) in text.iter().enumerate() {
            let quote = byte == b'"' && !escaped;
            if !inside && b"{}[]:".contains(&byte) {
                found.push((at, byte));
            }
            inside ^= quote;
            escaped = byte == b'\\' && !escaped;
        }
        found
    }

    fn by_blocks(text: &[u8]) -> Vec<(usize, u8)> {
        let mut strings = Strings::default();
        let mut found = Vec::new();
        for (base, block) in blocks(text) {
            let it = strings.next(&block);
            let all = it.colons | it.opens | it.closes;
            let bits = (0..BLOCK).filter(|bit| all >> bit & 1 == 1);
            found.extend(bits.map(|bit| (base + bit, text[base + bit])));
        }
        found
    }

    proptest! {
        #[test]
        fn blocks_see_what_bytes_say(text in r#"[\\"{}\[\]:a \[]{0,300}"#) {
            prop_assert_eq!(by_blocks(text.as_bytes()), plain(text.as_bytes()));
        }
    }
}
