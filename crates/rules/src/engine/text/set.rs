//! Sets of texts: `proc.name in (...)`.

use super::Set;

/// Texts of which a value may be one.
#[derive(Debug)]
pub(crate) struct Texts {
    /// One bit for each length that occurs, the last for all that are longer: most values are
    /// dismissed by it.
    lengths: u64,
    texts: Set<Box<[u8]>>,
}

impl Texts {
    pub(crate) fn contains(&self, text: &[u8]) -> bool {
        self.lengths & length_bit(text) != 0 && self.texts.contains(text)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.texts.iter().map(|text| &**text)
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}

impl FromIterator<Box<[u8]>> for Texts {
    fn from_iter<I: IntoIterator<Item = Box<[u8]>>>(texts: I) -> Self {
        let texts: Set<_> = texts.into_iter().collect();
        let lengths = texts.iter().fold(0, |bits, text| bits | length_bit(text));
        Self { lengths, texts }
    }
}

const fn length_bit(text: &[u8]) -> u64 {
    let length = text.len();
    1 << if length < 63 { length } else { 63 }
}
