//! The records of `Packages`: a hash table of Berkeley DB, of either byte order.
//!
//! Its pages are read in the order of the file, not of the table: every record is met just so, and
//! a broken chain of buckets loses nothing.
//!
//! # Source
//! <https://github.com/berkeleydb/libdb/blob/master/src/dbinc/db_page.h>

use std::borrow::Cow;

use super::{
    Sink,
    bytes::{be16, be32, le16, le32, size},
};

const HASH_MAGIC: u32 = 0x0006_1561;
const PAGE_HEADER_LEN: usize = 26;
/// Hash pages; older versions do not sort them.
const HASH_PAGES: [u8; 2] = [2, 13];
const OVERFLOW_PAGE: u8 = 7;
/// Kinds of items: data in the page, and data in a chain of overflow pages.
const KEY_DATA: u8 = 1;
const OFF_PAGE: u8 = 3;

/// Gives every header blob to `each`, and every damaged place.
pub(super) fn read(bytes: &[u8], each: &mut Sink<'_>) {
    let mut database = match Database::open(bytes) {
        Ok(database) => database,
        Err(damage) => {
            each(Err(damage.to_owned()));
            return;
        }
    };
    for number in 1..=database.last_page {
        let Some(page) = database.page(number) else {
            each(Err(format!("page {number} is missing")));
            return;
        };
        if page.get(25).is_some_and(|kind| HASH_PAGES.contains(kind)) {
            database.records(number, page, each);
        }
    }
}

struct Database<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    page_size: usize,
    last_page: u32,
    /// Bytes of records that may yet be handed out: chains may share pages or go round in circles.
    left: usize,
}

impl<'a> Database<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let big_endian = match (le32(bytes, 12), be32(bytes, 12)) {
            (Some(HASH_MAGIC), _) => false,
            (_, Some(HASH_MAGIC)) => true,
            _ => return Err("not a hash table of Berkeley DB"),
        };
        let mut database =
            Self { bytes, big_endian, page_size: 0, last_page: 0, left: bytes.len() };
        let page_size = database.u32(bytes, 20).map_or(0, size);
        if !page_size.is_power_of_two() || !(512..=65536).contains(&page_size) {
            return Err("a page size that Berkeley DB does not have");
        }
        // Encryption, and the flag of checksums: both move the content of pages. RPM has neither.
        if bytes.get(24) != Some(&0) || bytes.get(26).is_none_or(|flags| flags & 1 != 0) {
            return Err("encrypted or checksummed pages, which RPM does not write");
        }
        database.page_size = page_size;
        database.last_page = database.u32(bytes, 32).ok_or("a cut off header")?;
        Ok(database)
    }

    fn u16(&self, bytes: &[u8], at: usize) -> Option<u16> {
        if self.big_endian { be16(bytes, at) } else { le16(bytes, at) }
    }

    fn u32(&self, bytes: &[u8], at: usize) -> Option<u32> {
        if self.big_endian { be32(bytes, at) } else { le32(bytes, at) }
    }

    fn page(&self, number: u32) -> Option<&'a [u8]> {
        let start = size(number).checked_mul(self.page_size)?;
        self.bytes.get(start..start.checked_add(self.page_size)?)
    }

    /// The records of a hash page: keys and values take turns.
    fn records(&mut self, number: u32, page: &'a [u8], each: &mut Sink<'_>) {
        let items = self.u16(page, 20).map_or(0, usize::from);
        for key in (0..items).step_by(2) {
            match self.item(page, key).zip(self.item(page, key + 1)) {
                // Key 0 holds the next free key.
                Some((key, _)) if key.iter().all(|byte| *byte == 0) => {}
                Some((_, value)) => each(Ok(&value)),
                None => each(Err(format!("page {number} has a damaged record"))),
            }
        }
    }

    /// Item `index` of a page. Items are stored from the end of the page towards its start.
    fn item(&mut self, page: &'a [u8], index: usize) -> Option<Cow<'a, [u8]>> {
        let offset = |index| self.u16(page, PAGE_HEADER_LEN + 2 * index).map(usize::from);
        let end = match index.checked_sub(1) {
            Some(before) => offset(before)?,
            None => self.page_size,
        };
        let (kind, data) = page.get(offset(index)?..end)?.split_first()?;
        match *kind {
            KEY_DATA => {
                self.left = self.left.checked_sub(data.len())?;
                Some(Cow::Borrowed(data))
            }
            // Three unused bytes, the first page, the length.
            OFF_PAGE => {
                let (first, len) = (self.u32(data, 3)?, self.u32(data, 7)?);
                self.chain(first, size(len)).map(Cow::Owned)
            }
            _ => None,
        }
    }

    /// The data in a chain of overflow pages.
    fn chain(&mut self, first: u32, len: usize) -> Option<Vec<u8>> {
        self.left = self.left.checked_sub(len)?;
        let mut data = Vec::new();
        let mut next = first;
        while data.len() < len {
            let page = self.page(next).filter(|page| page.get(25) == Some(&OVERFLOW_PAGE))?;
            let used = usize::from(self.u16(page, 22)?).min(len - data.len());
            let part = page.get(PAGE_HEADER_LEN..PAGE_HEADER_LEN + used)?;
            // An empty page could go round in circles for ever.
            if part.is_empty() {
                return None;
            }
            data.extend_from_slice(part);
            next = self.u32(page, 16)?;
        }
        Some(data)
    }
}
