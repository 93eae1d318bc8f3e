//! Takes numbers and texts off the front of a slice.

/// What is left of a slice. Everything is `None` when there is too little.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A text: its length in 2 bytes, then its bytes.
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.u16()?;
        self.bytes(usize::from(length))
    }

    /// An entry that begins with its length, of which the length itself may be `beside` bytes more:
    /// what follows the length. The entry is taken even if it turns out to be too short.
    pub(super) fn entry(&mut self, beside: usize) -> Option<Self> {
        let length = usize::try_from(Self(self.0).u32()?).ok()?;
        let mut entry = Self(self.bytes(length.checked_add(beside)?)?);
        entry.u32()?;
        Some(entry)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub(super) const fn left(&self) -> usize {
        self.0.len()
    }
}
