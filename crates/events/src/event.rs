//! One event, as it lies in a capture.

/// Number of an event type in the event table: `PPME_SYSCALL_OPENAT_2_X` is 307.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u16);

/// One event. Since current drivers only say what a call did when it returns, one event is one call.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// Counted from 1 in the order of the source; events that are left out are counted too.
    pub num: u64,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// The thread that made the call.
    pub tid: i64,
    /// The processor it was made on.
    pub cpu: u16,
    /// Which event it is.
    pub kind: Kind,
    /// Its parameters, in the order of the event table; there may be fewer than there.
    pub params: Params<'a>,
}

/// Parameters, still encoded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Params<'a> {
    /// Lengths of the values in bytes, little-endian, one after the other: 2 bytes each, or 4.
    pub lengths: &'a [u8],
    /// Whether lengths take 4 bytes.
    pub wide: bool,
    /// The values, without anything between them.
    pub data: &'a [u8],
}

impl<'a> Params<'a> {
    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.lengths.len() / self.width()
    }

    const fn width(&self) -> usize {
        if self.wide { 4 } else { 2 }
    }

    /// The bytes of one parameter; `None` when it is absent: not recorded, or of length 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        self.iter().nth(index).filter(|bytes| !bytes.is_empty())
    }

    /// All of them; absent ones are empty, and lengths beyond the data end it.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = self.data;
        self.lengths.chunks_exact(self.width()).map_while(move |length| {
            let length = match *length {
                [a, b] => usize::from(u16::from_le_bytes([a, b])),
                [a, b, c, d] => usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?,
                _ => return None,
            };
            let (value, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(value)
        })
    }

    /// A number of 8 bytes: descriptors, results, process ids.
    #[must_use]
    pub fn i64(&self, index: usize) -> Option<i64> {
        Some(i64::from_le_bytes(self.get(index)?.try_into().ok()?))
    }

    /// A number of 8 bytes without sign.
    #[must_use]
    pub fn u64(&self, index: usize) -> Option<u64> {
        Some(u64::from_le_bytes(self.get(index)?.try_into().ok()?))
    }

    /// A number of 4 bytes.
    #[must_use]
    pub fn u32(&self, index: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.get(index)?.try_into().ok()?))
    }

    /// A number of 2 bytes.
    #[must_use]
    pub fn u16(&self, index: usize) -> Option<u16> {
        Some(u16::from_le_bytes(self.get(index)?.try_into().ok()?))
    }

    /// A number of 1 byte.
    #[must_use]
    pub fn u8(&self, index: usize) -> Option<u8> {
        self.get(index)?.first().copied()
    }

    /// A text or a path, without its NUL.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&'a [u8]> {
        let bytes = self.get(index)?;
        bytes.split(|byte| *byte == 0).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_and_damage_ends_them() {
        let params = Params { lengths: &[1, 0, 0, 0, 3, 0, 9, 0], wide: false, data: b"Xab\0rest" };
        assert_eq!(params.count(), 4);
        assert_eq!(params.get(0), Some(&b"X"[..]));
        assert_eq!(params.get(1), None, "absent");
        assert_eq!(params.text(2), Some(&b"ab"[..]));
        assert_eq!(params.get(3), None, "longer than the data");
        let wide = Params { lengths: &[2, 0, 0, 0], wide: true, data: &[1, 2] };
        assert_eq!(wide.u16(0), Some(0x0201));
    }
}
