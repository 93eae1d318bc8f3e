//! The records of `rpmdb.sqlite`: the rows of its table `Packages`.
//!
//! # Source
//! <https://www.sqlite.org/fileformat2.html>

use std::borrow::Cow;

use super::{
    Sink,
    bytes::{be16, be32, size},
};

const MAGIC: &[u8] = b"SQLite format 3\0";
const FILE_HEADER_LEN: usize = 100;
const INTERIOR_TABLE: u8 = 5;
const LEAF_TABLE: u8 = 13;

/// Gives every header blob to `each`, and every damaged place.
pub(super) fn read(bytes: &[u8], each: &mut Sink<'_>) {
    let Some(mut database) = Database::open(bytes) else {
        each(Err("not an SQLite database".to_owned()));
        return;
    };
    let mut root = None;
    database.walk(1, &mut |row| match row {
        Ok(row) => root = root.or_else(|| root_of_packages(row)),
        Err(damage) => each(Err(damage)),
    });
    let Some(root) = root else {
        each(Err("no table `Packages`".to_owned()));
        return;
    };
    database.walk(root, &mut |row| {
        each(row.and_then(|row| {
            // Column 0 is the row number, which SQLite does not store in the row.
            let blob = column(row, 1).map(|(_, blob)| blob);
            blob.ok_or_else(|| "a row of `Packages` without a blob".to_owned())
        }));
    });
}

/// The root page, if this row of the schema is the table `Packages`.
fn root_of_packages(row: &[u8]) -> Option<u32> {
    let is = |at, text: &[u8]| column(row, at).is_some_and(|(_, value)| value == text);
    if !is(0, b"table") || !is(1, b"Packages") {
        return None;
    }
    let (_, root) = column(row, 3)?;
    root.iter().try_fold(0u32, |sum, byte| sum.checked_mul(256)?.checked_add(u32::from(*byte)))
}

/// Serial type and value of a column of a record.
fn column(record: &[u8], wanted: usize) -> Option<(u64, &[u8])> {
    let (header_len, start) = varint(record)?;
    let (header, mut body) = record.split_at_checked(usize::try_from(header_len).ok()?)?;
    let mut types = header.get(start..)?;
    for index in 0..=wanted {
        let (serial, len) = varint(types)?;
        types = types.get(len..)?;
        let value_len = match serial {
            0 | 8 | 9 => 0,
            1..=4 => serial,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (serial - 12) / 2,
        };
        let (value, rest) = body.split_at_checked(usize::try_from(value_len).ok()?)?;
        if index == wanted {
            return Some((serial, value));
        }
        body = rest;
    }
    None
}

/// A number of 1 to 9 bytes, and how many they are.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some((number << 8 | u64::from(*byte), 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    None
}

struct Database<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// What a page has for content: some databases reserve its last bytes.
    usable: usize,
    /// Pages that were read. None is read twice, so nothing can go round in circles.
    visited: Vec<bool>,
    /// Bytes of rows that may yet be handed out: cells may overlap, and pages are full of them.
    left: usize,
}

impl<'a> Database<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let page_size = match be16(bytes, 16).filter(|_| bytes.starts_with(MAGIC))? {
            1 => 65536,
            size => usize::from(size),
        };
        let usable = page_size.checked_sub(usize::from(*bytes.get(20)?))?;
        if !page_size.is_power_of_two() || page_size < 512 || usable < 480 {
            return None;
        }
        let visited = vec![false; bytes.len() / page_size + 1];
        Some(Self { bytes, page_size, usable, visited, left: bytes.len() })
    }

    /// The content of page `number`, from 1; an error when it was read before.
    fn page(&mut self, number: u32) -> Result<&'a [u8], String> {
        let index = size(number).wrapping_sub(1);
        let start = index.checked_mul(self.page_size);
        let page =
            start.and_then(|start| self.bytes.get(start..start.checked_add(self.page_size)?));
        match (page.and_then(|page| page.get(..self.usable)), self.visited.get_mut(index)) {
            (Some(page), Some(visited @ false)) => {
                *visited = true;
                Ok(page)
            }
            (Some(_), _) => Err(format!("page {number} is used twice")),
            (None, _) => Err(format!("page {number} is missing")),
        }
    }

    /// Gives every row of the table at `root` to `each`, in order.
    fn walk(&mut self, root: u32, each: &mut Sink<'_>) {
        let mut pages = vec![root];
        while let Some(number) = pages.pop() {
            let header = if number == 1 { FILE_HEADER_LEN } else { 0 };
            let page = match self.page(number) {
                Ok(page) => page,
                Err(damage) => {
                    each(Err(damage));
                    continue;
                }
            };
            match page.get(header) {
                Some(&LEAF_TABLE) => self.leaf(number, page, header, each),
                Some(&INTERIOR_TABLE) => push_children(page, header, &mut pages),
                _ => each(Err(format!("page {number} is not part of a table"))),
            }
        }
    }

    fn leaf(&mut self, number: u32, page: &'a [u8], header: usize, each: &mut Sink<'_>) {
        for cell in cells(page, header, 8) {
            match cell.and_then(|cell| self.payload(cell)) {
                Some(payload) => each(Ok(&payload)),
                None => each(Err(format!("page {number} has a damaged row"))),
            }
        }
    }

    /// The row in a leaf cell: its start is in the page, the rest in a chain of others.
    fn payload(&mut self, cell: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let (len, start) = varint(cell)?;
        let len = usize::try_from(len).ok()?;
        self.left = self.left.checked_sub(len)?;
        let (_, row_number_len) = varint(cell.get(start..)?)?;
        let cell = cell.get(start + row_number_len..)?;
        let most = self.usable - 35;
        if len <= most {
            return cell.get(..len).map(Cow::Borrowed);
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let local = least + (len - least) % (self.usable - 4);
        let local = if local > most { least } else { local };
        let mut payload = cell.get(..local)?.to_vec();
        let mut next = be32(cell, local)?;
        while payload.len() < len {
            let page = self.page(next).ok()?;
            let part = page.get(4..)?;
            payload.extend_from_slice(part.get(..part.len().min(len - payload.len()))?);
            next = be32(page, 0)?;
        }
        Some(Cow::Owned(payload))
    }
}

/// The cells of a page, each from its start to the end of the page.
fn cells(page: &[u8], header: usize, header_len: usize) -> impl Iterator<Item = Option<&[u8]>> {
    let count = be16(page, header + 3).map_or(0, usize::from);
    let pointer = move |index| be16(page, header + header_len + 2 * index);
    (0..count).map(move |index| pointer(index).and_then(|at| page.get(usize::from(at)..)))
}

/// Pushes the children so that the first is popped first. A missing one shows when it is read.
fn push_children(page: &[u8], header: usize, pages: &mut Vec<u32>) {
    let children = cells(page, header, 12).map(|cell| cell.and_then(|cell| be32(cell, 0)));
    let last = std::iter::once(be32(page, header + 8));
    let mut children: Vec<u32> = children.chain(last).map(|page| page.unwrap_or(0)).collect();
    children.reverse();
    pages.append(&mut children);
}
