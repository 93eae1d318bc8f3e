//! Where the parts of a binary are, whatever its format.

use super::{elf, macho, pe};

/// The most that headers may take in total. Ordinary binaries need a few kilobytes.
pub(super) const MAX_HEAD_BYTES: u64 = 256 << 10;

/// What a header says.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Parts of the file that are mapped into memory.
    pub(super) segments: Vec<Segment>,
    /// Parts that may hold a record, in the order of the file.
    pub(super) regions: Vec<Region>,
    /// For ELF: where the list of sections is.
    pub(super) sections: Option<elf::SectionTable>,
    /// Whether it says that Go's linker made it.
    pub(super) is_go: bool,
}

/// A part of the file that is mapped into memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    /// Virtual address of its first byte.
    pub(crate) address: u64,
    /// Offset in the file.
    pub(crate) offset: u64,
    /// Bytes in the file.
    pub(crate) size: u64,
}

/// A part of the file that may hold a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) purpose: Purpose,
}

/// Why a region is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Writable data, in which Go's build information may be.
    Data,
    /// Rust's audit data and nothing else.
    AuditData,
}

/// The outcome of reading headers.
#[derive(Debug)]
pub(super) enum Parsed {
    Layout(Layout),
    /// The headers take this many bytes from the start of the file.
    NeedsHead(u64),
    /// Not a program, or nothing that can be made sense of.
    Unknown,
}

/// Reads the headers of a file that starts like this.
pub(super) fn parse(head: &[u8]) -> Parsed {
    let parsed = match head {
        [0x7f, b'E', b'L', b'F', ..] => elf::parse(head),
        [b'M', b'Z', ..] => pe::parse(head),
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => {
            macho::parse(head)
        }
        _ => None,
    };
    parsed.unwrap_or(Parsed::Unknown)
}

/// Integers at offsets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) big_endian: bool,
}

impl<'a> Fields<'a> {
    /// The fields of `len` bytes at `offset`.
    pub(super) fn at(self, offset: u64, len: u64) -> Option<Self> {
        let start = usize::try_from(offset).ok()?;
        let end = usize::try_from(offset.checked_add(len)?).ok()?;
        Some(Self { bytes: self.bytes.get(start..end)?, ..self })
    }

    pub(super) fn u16(self, offset: usize) -> Option<u64> {
        self.uint::<2>(offset)
    }

    pub(super) fn u32(self, offset: usize) -> Option<u64> {
        self.uint::<4>(offset)
    }

    pub(super) fn u64(self, offset: usize) -> Option<u64> {
        self.uint::<8>(offset)
    }

    /// An address or offset: 8 bytes wide at `wide` or 4 at `narrow`.
    pub(super) fn word(self, is_64: bool, wide: usize, narrow: usize) -> Option<u64> {
        if is_64 { self.u64(wide) } else { self.u32(narrow) }
    }

    /// A name of up to 16 bytes, padded with zeros.
    pub(super) fn name(self, offset: usize, len: usize) -> Option<&'a [u8]> {
        self.bytes.get(offset..offset.checked_add(len)?)?.split(|byte| *byte == 0).next()
    }

    fn uint<const N: usize>(self, offset: usize) -> Option<u64> {
        let bytes = self.bytes.get(offset..)?.first_chunk::<N>()?;
        let add = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        Some(if self.big_endian {
            bytes.iter().fold(0, add)
        } else {
            bytes.iter().rev().fold(0, add)
        })
    }
}
