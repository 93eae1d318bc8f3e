//! Inflating whole files at once, which costs half of what a stream costs.

use libdeflater::Decompressor;

/// Deflate cannot do better than that.
const MAX_RATIO: usize = 1032;

/// Inflates files into a buffer that is used again.
pub(super) struct Inflater {
    decompressor: Decompressor,
    buffer: Vec<u8>,
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflater").field("buffer", &self.buffer.len()).finish_non_exhaustive()
    }
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self { decompressor: Decompressor::new(), buffer: Vec::new() }
    }

    /// The content of a gzip file, or `None` if only a stream reads it: because it is larger than
    /// `limit`, has several members, or is damaged and its first part is wanted.
    pub(super) fn whole(&mut self, gz: &[u8], limit: usize) -> Option<&[u8]> {
        let (_, size) = gz.split_last_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize;
        if size > limit || size / MAX_RATIO > gz.len() {
            return None;
        }
        if self.buffer.len() < size {
            self.buffer.resize(size, 0);
        }
        let out = self.buffer.get_mut(..size)?;
        let written = self.decompressor.gzip_decompress(gz, out).ok()?;
        if written != size {
            return None;
        }
        // The length at the end is that of the last member: is it the only one?
        (!has_more_members(gz)).then(|| self.buffer.get(..size))?
    }

    /// Gives memory back that one large file has left behind.
    pub(super) fn shrink(&mut self, limit: usize) {
        if self.buffer.len() > limit {
            self.buffer = Vec::new();
        }
    }
}

/// Whether another gzip header may follow: rarely are compressed bytes mistaken for one.
fn has_more_members(gz: &[u8]) -> bool {
    const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
    // Three of the eight flags are never set.
    let header = |at: usize| gz.get(at + MAGIC.len()).is_some_and(|flags| *flags < 0x20);
    memchr::memmem::find_iter(gz, &MAGIC).any(|at| at > 0 && header(at))
}
