//! A sorted table of fixed-width rows in a file, searched with one positioned read.
//!
//! ```text
//! pages of 256 rows   row: key u64, value u64     (little endian)
//!                     checksum u64 of the page's rows
//! first key of each page, u64
//! checksum u64 of the first keys
//! ```
//!
//! The last page may be shorter. First keys are read once, when the table is first asked.

use std::{fs::File, io, os::unix::fs::FileExt, sync::OnceLock};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

const ROW_BYTES: usize = 16;
const PAGE_ROWS: usize = 256;
const PAGE_BYTES: usize = PAGE_ROWS * ROW_BYTES;
const CHECKSUM_BYTES: usize = 8;
/// More than any database has: OSV has below a million packages, EPSS below a million CVEs.
const MAX_ROWS: u64 = 1 << 26;

/// A row: its key and its value.
pub(crate) type Row = (u64, u64);

/// Where a table lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TablePlace {
    pub(crate) offset: u64,
    pub(crate) rows: u64,
}

/// The bytes of a table with these rows, sorted here.
pub(crate) fn encode(mut rows: Vec<Row>) -> Vec<u8> {
    rows.sort_unstable();
    let mut out = Vec::with_capacity(rows.len() * (ROW_BYTES + 1));
    let mut first_keys = Vec::new();
    for page in rows.chunks(PAGE_ROWS) {
        let start = out.len();
        for (key, value) in page {
            out.extend_from_slice(&key.to_le_bytes());
            out.extend_from_slice(&value.to_le_bytes());
        }
        let checksum = xxh3_64(out.get(start..).unwrap_or_default());
        out.extend_from_slice(&checksum.to_le_bytes());
        first_keys.extend(page.first().map(|(key, _)| key.to_le_bytes()));
    }
    let first_keys = first_keys.concat();
    out.extend_from_slice(&first_keys);
    out.extend_from_slice(&xxh3_64(&first_keys).to_le_bytes());
    out
}

/// A table of an open file.
#[derive(Debug)]
pub(crate) struct Table {
    place: TablePlace,
    first_keys: OnceLock<Vec<u64>>,
}

impl Table {
    /// A table there; nothing is read yet.
    pub(crate) fn new(place: TablePlace) -> Self {
        Self { place, first_keys: OnceLock::new() }
    }

    /// Every value of a key.
    pub(crate) fn get(&self, file: &File, key: u64) -> io::Result<Vec<u64>> {
        let mut values = Vec::new();
        let first_keys = self.first_keys(file)?;
        // Equal keys can begin on the page before the first page that begins with them.
        let start = first_keys.partition_point(|first| *first < key).saturating_sub(1);
        for (page, first) in first_keys.iter().enumerate().skip(start) {
            if *first > key {
                break;
            }
            self.search_page(file, page, key, &mut values)?;
        }
        Ok(values)
    }

    fn search_page(
        &self,
        file: &File,
        page: usize,
        key: u64,
        values: &mut Vec<u64>,
    ) -> io::Result<()> {
        let offset = self.place.offset + (page * (PAGE_BYTES + CHECKSUM_BYTES)) as u64;
        let before = (page * PAGE_ROWS) as u64;
        let rows = usize::try_from(self.place.rows.saturating_sub(before))
            .unwrap_or(PAGE_ROWS)
            .min(PAGE_ROWS);
        let mut buffer = [0; PAGE_BYTES + CHECKSUM_BYTES];
        let buffer = buffer.get_mut(..rows * ROW_BYTES + CHECKSUM_BYTES).unwrap_or_default();
        file.read_exact_at(buffer, offset)?;
        let rows = verified(buffer, offset)?;
        let (rows, _) = rows.as_chunks::<ROW_BYTES>();
        let row_key = |row: &[u8; ROW_BYTES]| u64::from_le_bytes(halves(row).0);
        let start = rows.partition_point(|row| row_key(row) < key);
        let equal = rows.iter().skip(start).take_while(|row| row_key(row) == key);
        values.extend(equal.map(|row| u64::from_le_bytes(halves(row).1)));
        Ok(())
    }

    fn first_keys(&self, file: &File) -> io::Result<&[u64]> {
        if let Some(keys) = self.first_keys.get() {
            return Ok(keys);
        }
        let keys = self.read_first_keys(file)?;
        Ok(self.first_keys.get_or_init(|| keys))
    }

    fn read_first_keys(&self, file: &File) -> io::Result<Vec<u64>> {
        let TablePlace { offset, rows } = self.place;
        if rows > MAX_ROWS {
            return Err(damaged(format!("table at offset {offset} claims {rows} rows")));
        }
        let pages = rows.div_ceil(PAGE_ROWS as u64);
        let offset = rows
            .checked_mul(ROW_BYTES as u64)
            .and_then(|bytes| bytes.checked_add(pages * CHECKSUM_BYTES as u64))
            .and_then(|bytes| bytes.checked_add(offset))
            .ok_or_else(|| damaged(format!("table at offset {offset} does not fit any file")))?;
        let mut buffer = Vec::new();
        let len = pages * 8 + CHECKSUM_BYTES as u64;
        // INVARIANT: at most MAX_ROWS rows, so at most 2 MiB; and never more than the file has.
        if offset.checked_add(len).is_none_or(|end| file.metadata().map_or(true, |m| m.len() < end))
        {
            return Err(damaged(format!("table ends behind the end of the file at {offset}")));
        }
        buffer.resize(usize::try_from(len).unwrap_or_default(), 0);
        file.read_exact_at(&mut buffer, offset)?;
        let (keys, _) = verified(&buffer, offset)?.as_chunks::<8>();
        Ok(keys.iter().map(|key| u64::from_le_bytes(*key)).collect())
    }
}

/// The bytes before the checksum at the end, which they must have.
fn verified(buffer: &[u8], offset: u64) -> io::Result<&[u8]> {
    let split = buffer.split_last_chunk::<CHECKSUM_BYTES>();
    match split {
        Some((bytes, checksum)) if xxh3_64(bytes) == u64::from_le_bytes(*checksum) => Ok(bytes),
        _ => Err(damaged(format!("wrong checksum of the table page at offset {offset}"))),
    }
}

fn halves(row: &[u8; ROW_BYTES]) -> ([u8; 8], [u8; 8]) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *row;
    ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p])
}

pub(crate) fn damaged(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: Vec<Row>) -> (Table, File) {
        let file = tempfile::tempfile().unwrap();
        let place = TablePlace { offset: 24, rows: rows.len() as u64 };
        file.write_all_at(&encode(rows), 24).unwrap();
        (Table::new(place), file)
    }

    #[test]
    fn every_row_is_found_and_no_other() {
        for count in [0, 1, 255, 256, 257, 5000] {
            let (table, file) = table((0..count).map(|i| (i * 3 + 1, i)).collect());
            for i in 0..count {
                assert_eq!(table.get(&file, i * 3 + 1).unwrap(), [i]);
            }
            for missing in [0, 2, count * 3 + 1, u64::MAX] {
                assert!(table.get(&file, missing).unwrap().is_empty());
            }
        }
    }

    #[test]
    fn equal_keys_are_found_across_pages() {
        let mut rows: Vec<_> = (0..250).map(|i| (1, i)).collect();
        rows.extend((0..600).map(|i| (2, i)));
        rows.push((3, 9));
        let (table, file) = table(rows);
        assert_eq!(table.get(&file, 2).unwrap(), (0..600).collect::<Vec<_>>());
        assert_eq!(table.get(&file, 1).unwrap().len(), 250);
        assert_eq!(table.get(&file, 3).unwrap(), [9]);
    }

    #[test]
    fn damage_is_told() {
        let (table, file) = table((0..1000).map(|i| (i, i)).collect());
        file.write_all_at(&[0xFF], 24 + 100).unwrap();
        let error = table.get(&file, 3).unwrap_err().to_string();
        assert_eq!(error, "wrong checksum of the table page at offset 24");
        assert_eq!(table.get(&file, 999).unwrap(), [999]);
    }
}
