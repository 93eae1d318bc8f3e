//! A position in a file that only moves forward.

use std::io::{self, Read};

use memchr::memmem;

use super::{AnalyzeError, layout::Region};
use crate::analyzers::ForwardRead;

/// How much is searched at a time: a multiple of [`ALIGNMENT`].
const CHUNK_BYTES: u64 = 256 << 10;

/// Records that are searched for start at a multiple of this.
const ALIGNMENT: u64 = 16;

/// Longer audit data is no audit data: a thousand crates take 20 KiB.
pub(super) const MAX_AUDIT_BYTES: u64 = 8 << 20;

/// A file that is read forward, with its first bytes kept.
pub(super) struct Cursor<'a> {
    body: &'a mut dyn ForwardRead,
    position: u64,
    size: u64,
    head: Vec<u8>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(body: &'a mut dyn ForwardRead, size: u64) -> Self {
        Self { body, position: 0, size, head: Vec::new() }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The first `len` bytes, less in a shorter file. To be used before anything else is read.
    pub(super) fn read_head(&mut self, len: u64) -> io::Result<&[u8]> {
        let missing = self.take(len.saturating_sub(self.head.len() as u64))?;
        self.head.extend(missing);
        Ok(&self.head)
    }

    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Up to `len` bytes at `offset`; fewer at the end of the file, none of what has been passed.
    pub(super) fn read(&mut self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let mut bytes = self.head.get(start..).unwrap_or_default().to_vec();
        bytes.truncate(usize::try_from(len).unwrap_or(usize::MAX));
        let next = offset.saturating_add(bytes.len() as u64);
        let missing = len - bytes.len() as u64;
        if missing > 0 && next >= self.position && next < self.size {
            self.body.skip(next - self.position)?;
            self.position = next;
            bytes.extend(self.take(missing)?);
        }
        Ok(bytes)
    }

    /// The next `len` bytes, fewer at the end of the file.
    fn take(&mut self, len: u64) -> io::Result<Vec<u8>> {
        let len = len.min(self.size.saturating_sub(self.position));
        let mut bytes = Vec::new();
        self.body.take(len).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.position += len;
        Ok(bytes)
    }

    /// All of a region that holds audit data.
    pub(super) fn audit_data(&mut self, region: &Region) -> Result<Vec<u8>, AnalyzeError> {
        let end = region.offset.saturating_add(region.size);
        if region.size > MAX_AUDIT_BYTES || end > self.size {
            let message = format!("the section `.dep-v0` claims to have {} bytes", region.size);
            return Err(AnalyzeError::new("corrupt-rust-audit-data", message));
        }
        Ok(self.read(region.offset, region.size)?)
    }

    /// Searches a region for an aligned `needle`, and reads from there to the region's end.
    pub(super) fn find(&mut self, region: &Region, needle: &[u8]) -> io::Result<Option<impl Read>> {
        let end = region.offset.saturating_add(region.size).min(self.size);
        let finder = memmem::Finder::new(needle);
        let mut at = region.offset;
        loop {
            // The first chunk is shorter, so that the others are aligned and no needle is cut.
            let wanted = (CHUNK_BYTES - at % ALIGNMENT).min(end.saturating_sub(at));
            let mut chunk = self.read(at, wanted)?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let is_aligned = |found: &usize| (at + *found as u64).is_multiple_of(ALIGNMENT);
            if let Some(found) = finder.find_iter(&chunk).find(is_aligned) {
                let rest = end.saturating_sub(self.position);
                let start = io::Cursor::new(chunk.split_off(found));
                return Ok(Some(start.chain((&mut *self.body).take(rest))));
            }
            at += chunk.len() as u64;
        }
    }
}
