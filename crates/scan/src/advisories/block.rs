//! Small values gathered into compressed blocks: neighbours resemble each other.
//!
//! ```text
//! stored length u32, raw length u32, checksum u32 of the stored bytes   (little endian)
//! stored bytes: one zstd frame, made with the dictionary of its kind
//!   raw bytes:  for each value, its length as u32 and the value
//! ```
//!
//! A value is named by the offset of its block and its number in it: see [`ValueRef`].

use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::FileExt,
    sync::Arc,
};

use xxhash_rust::xxh3::xxh3_64;

use super::table::damaged;

const HEADER_BYTES: usize = 12;
/// One read fetches most blocks whole.
const FIRST_READ_BYTES: usize = 2048;
/// Largest raw block: one package with tens of thousands of advisories has a few MiB.
pub(crate) const MAX_RAW_BYTES: usize = 64 << 20;
const LEVEL: i32 = 19;

/// Offset of a block (48 bits) and number of the value in it (16 bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ValueRef(pub(crate) u64);

impl ValueRef {
    fn new(offset: u64, slot: usize) -> io::Result<Self> {
        let slot = u16::try_from(slot).map_err(|_| damaged("too many values".to_owned()))?;
        if offset >= 1 << 48 {
            return Err(damaged("database of 256 TiB or more".to_owned()));
        }
        Ok(Self(offset << 16 | u64::from(slot)))
    }

    pub(crate) fn offset(self) -> u64 {
        self.0 >> 16
    }

    fn slot(self) -> usize {
        (self.0 & 0xFFFF) as usize
    }
}

/// Writes values as blocks.
pub(crate) struct BlockWriter {
    compressor: zstd::bulk::Compressor<'static>,
    target_bytes: usize,
    raw: Vec<u8>,
    values: usize,
    /// Offset at which the block that is being filled will begin.
    offset: u64,
}

impl std::fmt::Debug for BlockWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlockWriter(at {})", self.offset)
    }
}

impl BlockWriter {
    /// Begins at `offset` of the output; a block ends with the value that fills `target_bytes`.
    pub(crate) fn new(dictionary: &[u8], offset: u64, target_bytes: usize) -> io::Result<Self> {
        let mut compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, dictionary)?;
        compressor.include_checksum(false)?;
        compressor.include_contentsize(false)?;
        compressor.include_dictid(false)?;
        Ok(Self { compressor, target_bytes, raw: Vec::new(), values: 0, offset })
    }

    /// Adds a value and says how it is found.
    pub(crate) fn push(&mut self, value: &[u8], out: &mut impl Write) -> io::Result<ValueRef> {
        let full = self.raw.len() + value.len() > self.target_bytes.max(1) || self.values >= 0xFFFF;
        if full {
            self.flush(out)?;
        }
        let len = u32::try_from(value.len()).ok().filter(|_| value.len() < MAX_RAW_BYTES - 4);
        let len = len.ok_or_else(|| damaged("value of 64 MiB or more".to_owned()))?;
        let place = ValueRef::new(self.offset, self.values)?;
        self.raw.extend_from_slice(&len.to_le_bytes());
        self.raw.extend_from_slice(value);
        self.values += 1;
        Ok(place)
    }

    /// Writes what is left and gives the offset behind it.
    pub(crate) fn finish(mut self, out: &mut impl Write) -> io::Result<u64> {
        self.flush(out)?;
        Ok(self.offset)
    }

    fn flush(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.values == 0 {
            return Ok(());
        }
        let stored = self.compressor.compress(&self.raw)?;
        let too_long = |_| damaged("block of 4 GiB or more".to_owned());
        let stored_len = u32::try_from(stored.len()).map_err(too_long)?;
        let raw_len = u32::try_from(self.raw.len()).map_err(too_long)?;
        out.write_all(&stored_len.to_le_bytes())?;
        out.write_all(&raw_len.to_le_bytes())?;
        out.write_all(&checksum(&stored).to_le_bytes())?;
        out.write_all(&stored)?;
        self.offset += (HEADER_BYTES + stored.len()) as u64;
        self.raw.clear();
        self.values = 0;
        Ok(())
    }
}

/// Reads values of one kind; keeps the blocks it saw last.
pub(crate) struct BlockReader {
    decompressor: zstd::bulk::Decompressor<'static>,
    recent: Vec<Option<(u64, Arc<Vec<u8>>)>>,
}

/// Slots of the cache of decoded blocks.
const RECENT_BLOCKS: usize = 32;
/// Larger blocks belong to one package and are not asked for twice.
const MAX_RECENT_BYTES: usize = 64 << 10;

impl std::fmt::Debug for BlockReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlockReader")
    }
}

impl BlockReader {
    pub(crate) fn new(dictionary: &[u8]) -> io::Result<Self> {
        let decompressor = zstd::bulk::Decompressor::with_dictionary(dictionary)?;
        Ok(Self { decompressor, recent: vec![None; RECENT_BLOCKS] })
    }

    /// Gives one value to `read`.
    pub(crate) fn with_value<T>(
        &mut self,
        file: &File,
        place: ValueRef,
        read: impl FnOnce(&[u8]) -> T,
    ) -> io::Result<T> {
        let block = self.block(file, place.offset())?;
        let mut rest = block.as_slice();
        for slot in 0..=place.slot() {
            let Some((len, tail)) = rest.split_first_chunk::<4>() else { break };
            let len = u32::from_le_bytes(*len) as usize;
            let Some((value, tail)) = tail.split_at_checked(len) else { break };
            if slot == place.slot() {
                return Ok(read(value));
            }
            rest = tail;
        }
        let (slot, offset) = (place.slot(), place.offset());
        Err(damaged(format!("no value {slot} in the block at offset {offset}")))
    }

    fn block(&mut self, file: &File, offset: u64) -> io::Result<Arc<Vec<u8>>> {
        let spread = offset.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let slot = usize::try_from(spread).unwrap_or_default() % RECENT_BLOCKS;
        if let Some(Some((at, block))) = self.recent.get(slot)
            && *at == offset
        {
            return Ok(Arc::clone(block));
        }
        let block = Arc::new(self.read_block(file, offset)?);
        if block.len() <= MAX_RECENT_BYTES
            && let Some(entry) = self.recent.get_mut(slot)
        {
            *entry = Some((offset, Arc::clone(&block)));
        }
        Ok(block)
    }

    fn read_block(&mut self, file: &File, offset: u64) -> io::Result<Vec<u8>> {
        let mut first = [0; FIRST_READ_BYTES];
        let read = read_up_to(file, &mut first, offset)?;
        let first = first.get(..read).unwrap_or_default();
        let cut_off = || damaged(format!("the file ends in the block at offset {offset}"));
        let Some((header, rest)) = first.split_first_chunk::<HEADER_BYTES>() else {
            return Err(cut_off());
        };
        let [s0, s1, s2, s3, r0, r1, r2, r3, c0, c1, c2, c3] = *header;
        let stored_len = u32::from_le_bytes([s0, s1, s2, s3]) as usize;
        let raw_len = u32::from_le_bytes([r0, r1, r2, r3]) as usize;
        let expect = u32::from_le_bytes([c0, c1, c2, c3]);
        if raw_len > MAX_RAW_BYTES || stored_len > zstd::zstd_safe::compress_bound(MAX_RAW_BYTES) {
            return Err(damaged(format!("the block at offset {offset} claims {raw_len} bytes")));
        }
        let mut long = Vec::new();
        let stored = match rest.get(..stored_len) {
            Some(stored) => stored,
            None => {
                let end = offset + (HEADER_BYTES + stored_len) as u64;
                if file.metadata()?.len() < end {
                    return Err(cut_off());
                }
                long.resize(stored_len, 0);
                file.read_exact_at(&mut long, offset + HEADER_BYTES as u64)?;
                &long
            }
        };
        if checksum(stored) != expect {
            return Err(damaged(format!("wrong checksum of the block at offset {offset}")));
        }
        let raw = self.decompressor.decompress(stored, raw_len).map_err(|error| {
            damaged(format!("cannot decompress the block at offset {offset}: {error}"))
        })?;
        Ok(raw)
    }
}

fn read_up_to(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + read as u64) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// The low half of the hash.
fn checksum(bytes: &[u8]) -> u32 {
    let [a, b, c, d, ..] = xxh3_64(bytes).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back() {
        let mut out = vec![7; 100];
        let values: Vec<Vec<u8>> = (0..300_usize).map(|i| vec![b'x'; i * 7 % 900]).collect();
        let mut writer = BlockWriter::new(&[], 100, 1024).unwrap();
        let places: Vec<_> = values.iter().map(|v| writer.push(v, &mut out).unwrap()).collect();
        assert_eq!(writer.finish(&mut out).unwrap(), out.len() as u64);
        let file = tempfile::tempfile().unwrap();
        file.write_all_at(&out, 0).unwrap();
        let mut reader = BlockReader::new(&[]).unwrap();
        for (place, value) in places.iter().zip(&values) {
            assert!(reader.with_value(&file, *place, |found| found == value.as_slice()).unwrap());
        }
    }

    fn check_damage(offset: u64, bytes: &[u8], expect: &str) {
        let mut out = Vec::new();
        let mut writer = BlockWriter::new(&[], 0, 1024).unwrap();
        let place = writer.push(b"the one value", &mut out).unwrap();
        writer.finish(&mut out).unwrap();
        let file = tempfile::tempfile().unwrap();
        file.write_all_at(&out, 0).unwrap();
        file.write_all_at(bytes, offset).unwrap();
        let mut reader = BlockReader::new(&[]).unwrap();
        let error = reader.with_value(&file, place, |_| ()).unwrap_err().to_string();
        assert_eq!(error, expect);
    }

    #[test]
    fn damage_is_told_with_its_offset() {
        check_damage(14, &[0xAA], "wrong checksum of the block at offset 0");
        check_damage(0, &[0xFF, 0xFF, 0], "the file ends in the block at offset 0");
        check_damage(4, &[0, 0, 0, 0xFF], "the block at offset 0 claims 4278190080 bytes");
    }
}
