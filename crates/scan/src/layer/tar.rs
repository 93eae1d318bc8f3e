//! Walks the entries of a tar archive, forward, without trusting it.
//!
//! Where the format leaves a choice, the walk takes the one that container runtimes take (Go's
//! `archive/tar`), so that a file that exists in the container is seen here as well.

mod header;
mod path;
mod pax;
mod sparse;

use std::io::{self, Read};

use crate::analyzers::ForwardRead;

use super::pipe::fill;
use header::{BLOCK, Header};
pub(crate) use path::normalize;
use pax::Extended;
use sparse::SparseMap;

/// The longest path; the kernel allows 4,096 bytes.
const MAX_PATH_BYTES: usize = 64 << 10;
/// The largest extended header or long name, as in Go.
const MAX_EXTENDED_BYTES: u64 = 1 << 20;
/// Zeros that the holes of all sparse files of one archive may give to readers: holes cost an
/// attacker nothing.
const MAX_HOLE_BYTES: u64 = 4 << 30;
/// Extended headers in a row that say something of the same entry.
const MAX_EXTENDED_HEADERS: u32 = 64;

/// The walk cannot go on. What it found before counts.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TarError {
    /// The archive ends inside an entry, or where one was announced.
    #[error("the archive ends early")]
    Truncated,
    /// A header block does not have the checksum it claims.
    #[error("damaged header")]
    BadChecksum,
    /// A number in a header cannot be read.
    #[error("unreadable {0} in a header")]
    BadNumber(&'static str),
    /// A PAX record is not `LENGTH KEY=VALUE`.
    #[error("damaged extended header")]
    BadExtendedHeader,
    /// An extended header, name or link is larger than anything sensible.
    #[error("oversized name or extended header")]
    Oversized,
    /// The map of a sparse file contradicts itself.
    #[error("damaged map of a sparse file")]
    BadSparseMap,
    /// Reading failed.
    #[error("{0}")]
    Read(io::Error),
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A regular file.
    File,
    /// Another name of a file in the same archive.
    HardLink,
    /// A symbolic link.
    Symlink,
    /// A directory.
    Directory,
    /// A device, a pipe or something unknown.
    Other,
}

/// One entry: valid until the walk goes on.
#[derive(Debug)]
pub(crate) struct Entry<'a, R> {
    /// Relative to the root, without `.`, `..`, empty parts, leading or trailing `/`. Empty for
    /// the root itself; `None` when the path leads out of the root.
    pub(crate) path: Option<&'a str>,
    /// What it is.
    pub(crate) kind: EntryKind,
    /// Size of the content in bytes, holes included.
    pub(crate) size: u64,
    /// Permission bits.
    pub(crate) mode: u32,
    /// Where a link leads, as stored.
    pub(crate) link: &'a str,
    /// Where the content starts, in bytes from the start of the archive.
    pub(crate) start: u64,
    /// The content.
    pub(crate) body: Body<'a, R>,
}

/// The content of an entry.
#[derive(Debug)]
pub(crate) struct Body<'a, R> {
    input: &'a mut R,
    /// Zeros that holes may still give.
    holes_left: &'a mut u64,
    /// Stored bytes of the entry that are not read yet.
    left: &'a mut u64,
    sparse: Option<&'a mut SparseMap>,
}

/// Walks the entries of one archive.
#[derive(Debug)]
pub(crate) struct Walker<R> {
    input: R,
    /// Content and padding of the current entry that the next step skips.
    left: u64,
    padding: u64,
    /// Offset of the next header, for messages.
    offset: u64,
    path: String,
    link: String,
    scratch: Vec<u8>,
    sparse: Option<SparseMap>,
    holes_left: u64,
}

impl<R: ForwardRead> Walker<R> {
    /// A walk that starts at the first header.
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            left: 0,
            padding: 0,
            offset: 0,
            path: String::new(),
            link: String::new(),
            scratch: Vec::new(),
            sparse: None,
            holes_left: MAX_HOLE_BYTES,
        }
    }

    /// Where the last header that was looked at starts.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// What follows the archive, or the rest of it.
    pub(crate) fn input(&mut self) -> &mut R {
        &mut self.input
    }

    /// The next entry; `None` after the last one. Some writers leave out the two empty blocks
    /// behind it, and its padding: an archive may end wherever an entry is complete.
    ///
    /// # Errors
    /// When the archive is damaged or reading fails: the walk is over then.
    pub(crate) fn next_entry(&mut self) -> Result<Option<Entry<'_, R>>, TarError> {
        let mut extended = Extended::default();
        let mut extended_headers = 0;
        let mut is_announced = false;
        loop {
            let mut block = [0; BLOCK];
            if !self.read_header(&mut block)? {
                return if is_announced { Err(TarError::Truncated) } else { Ok(None) };
            }
            let header = Header(&block);
            if !header.checksum_matches() {
                return Err(TarError::BadChecksum);
            }
            let size = header.size()?;
            match header.kind() {
                b'x' => extended.add(&self.read_extended(size)?)?,
                b'L' => extended.path = Some(self.read_long_name(size)?),
                b'K' => extended.link = Some(self.read_long_name(size)?),
                // Runtimes do not apply global headers either.
                b'g' => self.content(size),
                _ => return self.entry(&header, extended, size).map(Some),
            }
            is_announced |= header.kind() != b'g';
            extended_headers += 1;
            if extended_headers > MAX_EXTENDED_HEADERS {
                return Err(TarError::Oversized);
            }
        }
    }

    /// Skips what is left of the entry before and reads a block: false at the end of the archive.
    fn read_header(&mut self, block: &mut [u8; BLOCK]) -> Result<bool, TarError> {
        self.input.skip(self.left)?;
        self.left = 0;
        let padding = usize::try_from(self.padding).unwrap_or(BLOCK);
        let (read, result) = fill(&mut self.input, block.get_mut(..padding).unwrap_or_default());
        result?;
        // Some builders (umoci) write neither the padding of the last entry nor an end mark.
        // Runtimes take that for the end, so nothing is missing.
        if read < padding {
            return Ok(false);
        }
        let (read, result) = fill(&mut self.input, block);
        result?;
        if read == 0 {
            return Ok(false);
        }
        if read < BLOCK {
            return Err(TarError::Truncated);
        }
        self.offset = self.offset.saturating_add(BLOCK as u64);
        Ok(!Header(block).is_zero())
    }

    /// Sets `stored` bytes of content apart.
    fn content(&mut self, stored: u64) {
        self.left = stored;
        self.padding = stored.wrapping_neg() % BLOCK as u64;
        self.offset = self.offset.saturating_add(stored).saturating_add(self.padding);
    }

    fn read_extended(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        if size > MAX_EXTENDED_BYTES {
            return Err(TarError::Oversized);
        }
        self.content(size);
        let mut bytes = Vec::new();
        self.input.by_ref().take(size).read_to_end(&mut bytes)?;
        self.left = 0;
        if bytes.len() as u64 == size { Ok(bytes) } else { Err(TarError::Truncated) }
    }

    fn read_long_name(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        let mut name = self.read_extended(size)?;
        let end = memchr::memchr(0, &name).unwrap_or(name.len());
        name.truncate(end);
        Ok(name)
    }

    fn entry(
        &mut self,
        header: &Header<'_>,
        extended: Extended,
        header_size: u64,
    ) -> Result<Entry<'_, R>, TarError> {
        header.path(&mut self.scratch);
        let sparse_name = extended.sparse_name.as_deref();
        let raw = sparse_name.or(extended.path.as_deref()).unwrap_or(&self.scratch);
        let link = extended.link.as_deref().unwrap_or_else(|| header.link());
        if raw.len() > MAX_PATH_BYTES || link.len() > MAX_PATH_BYTES {
            return Err(TarError::Oversized);
        }
        let kind = kind(header.kind(), raw.ends_with(b"/"));
        let is_inside = normalize(raw, &mut self.path);
        self.link.clear();
        self.link.push_str(&String::from_utf8_lossy(link));

        let stored = extended.size.unwrap_or(header_size);
        let has_content = matches!(kind, EntryKind::File | EntryKind::Other)
            && !matches!(header.kind(), b'3' | b'4' | b'6');
        let start = self.offset;
        self.content(if has_content { stored } else { 0 });
        let mut size = self.left;
        self.sparse = None;
        if kind == EntryKind::File && (header.kind() == b'S' || extended.is_sparse()) {
            size = self.read_sparse_map(header, extended)?;
        }
        Ok(Entry {
            path: is_inside.then_some(self.path.as_str()),
            kind,
            size,
            mode: header.mode(),
            link: &self.link,
            start,
            body: Body {
                input: &mut self.input,
                holes_left: &mut self.holes_left,
                left: &mut self.left,
                sparse: self.sparse.as_mut(),
            },
        })
    }

    /// Reads where the holes are; gives the size of the file with them.
    fn read_sparse_map(
        &mut self,
        header: &Header<'_>,
        extended: Extended,
    ) -> Result<u64, TarError> {
        let pieces;
        let size;
        if header.kind() == b'S' {
            let (found, read) = sparse::read_gnu_pieces(header, &mut self.input)?;
            // The blocks of the map come before the content and do not count as content.
            self.offset = self.offset.saturating_add(read);
            pieces = found;
            size = header.gnu_real_size().ok_or(TarError::BadSparseMap)?;
        } else {
            size = extended.sparse_size.unwrap_or(self.left);
            pieces = if extended.sparse_map_in_content {
                let (found, read) = sparse::read_content_map(&mut self.input)?;
                self.left = self.left.checked_sub(read).ok_or(TarError::BadSparseMap)?;
                found
            } else {
                extended.sparse_map
            };
        }
        self.sparse = Some(SparseMap::new(pieces, size, self.left)?);
        Ok(size)
    }
}

fn kind(flag: u8, ends_with_slash: bool) -> EntryKind {
    match flag {
        b'0' | b'7' | 0 | b'S' if ends_with_slash => EntryKind::Directory,
        b'0' | b'7' | 0 | b'S' => EntryKind::File,
        b'1' => EntryKind::HardLink,
        b'2' => EntryKind::Symlink,
        b'5' => EntryKind::Directory,
        _ => EntryKind::Other,
    }
}

impl<R: ForwardRead> Body<'_, R> {
    fn read_stored(&mut self, buffer: &mut [u8], limit: u64) -> io::Result<usize> {
        let limit = usize::try_from(limit.min(*self.left)).unwrap_or(usize::MAX);
        let len = buffer.len().min(limit);
        let target = buffer.get_mut(..len).unwrap_or_default();
        if target.is_empty() {
            return Ok(0);
        }
        let read = self.input.read(target)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        *self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }

    fn skip_stored(&mut self, bytes: u64) -> io::Result<()> {
        if bytes > *self.left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.input.skip(bytes)?;
        *self.left -= bytes;
        Ok(())
    }
}

impl<R: ForwardRead> Read for Body<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(map) = self.sparse.as_mut() else { return self.read_stored(buffer, u64::MAX) };
        let (run, is_stored) = map.run();
        let read = if is_stored {
            self.read_stored(buffer, run)?
        } else {
            let len = buffer.len().min(usize::try_from(run).unwrap_or(usize::MAX));
            let left = self.holes_left.checked_sub(len as u64);
            *self.holes_left = left.ok_or_else(|| io::Error::other("too many holes"))?;
            buffer.get_mut(..len).unwrap_or_default().fill(0);
            len
        };
        if let Some(map) = self.sparse.as_mut() {
            map.advance(read as u64);
        }
        Ok(read)
    }
}

impl<R: ForwardRead> ForwardRead for Body<'_, R> {
    fn skip(&mut self, mut bytes: u64) -> io::Result<()> {
        loop {
            let Some(map) = self.sparse.as_mut() else { return self.skip_stored(bytes) };
            let (run, is_stored) = map.run();
            let step = run.min(bytes);
            if step == 0 {
                let ok = bytes == 0;
                return if ok { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            map.advance(step);
            if is_stored {
                self.skip_stored(step)?;
            }
            bytes -= step;
        }
    }
}

#[cfg(test)]
mod tests;
