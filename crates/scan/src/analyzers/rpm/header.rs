//! RPM headers: an index of tagged entries and the data they point into.
//!
//! # Source
//! <https://rpm-software-management.github.io/rpm/manual/format_header.html>

use std::borrow::Cow;

use super::bytes::{be16, be32, size};

pub(super) const NAME: u32 = 1000;
pub(super) const VERSION: u32 = 1001;
pub(super) const RELEASE: u32 = 1002;
pub(super) const EPOCH: u32 = 1003;
pub(super) const LICENSE: u32 = 1014;
pub(super) const ARCH: u32 = 1022;
pub(super) const FILE_MODES: u32 = 1030;
pub(super) const SOURCE_RPM: u32 = 1044;
pub(super) const DIR_INDEXES: u32 = 1116;
pub(super) const BASE_NAMES: u32 = 1117;
pub(super) const DIR_NAMES: u32 = 1118;

/// RPM's own limit.
const MAX_ENTRIES: usize = 0xffff;

const ENTRY_LEN: usize = 16;

const INT16: u32 = 3;
const INT32: u32 = 4;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// A header as databases store it: without the magic number that it has in package files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

#[derive(Clone, Copy)]
struct Entry<'a> {
    kind: u32,
    /// The data from the entry's offset to the end of the header.
    data: &'a [u8],
    count: usize,
}

impl<'a> Header<'a> {
    /// Reads the sizes: number of entries, length of the data, both 32 bits, big-endian.
    pub(super) fn parse(blob: &'a [u8]) -> Option<Self> {
        let entries = size(be32(blob, 0)?);
        let index_len = entries.checked_mul(ENTRY_LEN).filter(|_| entries <= MAX_ENTRIES)?;
        let rest = blob.get(8..)?;
        let (index, rest) = rest.split_at_checked(index_len)?;
        let data = rest.get(..size(be32(blob, 4)?))?;
        Some(Self { index, data })
    }

    fn entry(&self, tag: u32) -> Option<Entry<'a>> {
        let found = self.index.chunks_exact(ENTRY_LEN).find(|e| be32(e, 0) == Some(tag))?;
        let data = self.data.get(size(be32(found, 8)?)..)?;
        Some(Entry { kind: be32(found, 4)?, data, count: size(be32(found, 12)?) })
    }

    /// A text; of a translated one the first, untranslated form.
    pub(super) fn text(&self, tag: u32) -> Option<Cow<'a, str>> {
        self.texts(tag).next().filter(|text| !text.is_empty())
    }

    /// Texts, each closed by NUL; none when the tag is absent or of another type.
    pub(super) fn texts(&self, tag: u32) -> impl Iterator<Item = Cow<'a, str>> {
        let entry = self.entry(tag);
        let entry = entry.filter(|e| matches!(e.kind, STRING | STRING_ARRAY | I18N_STRING));
        let (mut rest, count) = entry.map_or((&[][..], 0), |e| (e.data, e.count));
        let next = move || {
            let (text, after) = rest.split_at_checked(memchr::memchr(0, rest)?)?;
            rest = after.get(1..)?;
            Some(String::from_utf8_lossy(text))
        };
        std::iter::from_fn(next).take(count)
    }

    /// 32-bit numbers; none when the tag is absent or of another type.
    pub(super) fn numbers32(&self, tag: u32) -> impl Iterator<Item = u32> {
        let (data, count) = self.entry(tag).filter(|e| e.kind == INT32).map_or((&[][..], 0), pair);
        data.chunks_exact(4).take(count).filter_map(|number| be32(number, 0))
    }

    /// 16-bit numbers; none when the tag is absent or of another type.
    pub(super) fn numbers16(&self, tag: u32) -> impl Iterator<Item = u16> {
        let (data, count) = self.entry(tag).filter(|e| e.kind == INT16).map_or((&[][..], 0), pair);
        data.chunks_exact(2).take(count).filter_map(|number| be16(number, 0))
    }
}

fn pair(entry: Entry<'_>) -> (&[u8], usize) {
    (entry.data, entry.count)
}
