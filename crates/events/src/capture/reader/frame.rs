//! Where blocks begin and end, and how the next one is found behind damage.

use std::io::Read;

use super::Reader;
use crate::capture::{
    block,
    bytes::Cursor,
    problem::{Error, Trouble},
};

/// Longest block that is believed in when the next one is searched behind damage.
const MAX_FOUND: u32 = 1024 * 1024;

impl<R: Read> Reader<R> {
    /// The type and the length of the block that begins here; `None` at the end. Searches the next
    /// block where there is none.
    #[inline]
    pub(super) fn block(&mut self) -> Result<Option<(u32, u32)>, Error> {
        if !self.fill(8)? {
            self.end();
            return Ok(None);
        }
        match frame(self.input.peek(8)) {
            Some(frame) => Ok(Some(frame)),
            None => self.resynchronise(),
        }
    }

    /// Notes what is left behind the last block.
    fn end(&mut self) {
        if self.input.is_damaged() {
            self.problem(Trouble::Inflate);
        } else if self.input.window() > 0 {
            self.problem(Trouble::Truncated);
        }
        self.input.consume(self.input.window());
    }

    /// Skips what is not a block. What looks like one counts if its length stands behind it again.
    #[cold]
    fn resynchronise(&mut self) -> Result<Option<(u32, u32)>, Error> {
        let begin = self.input.offset();
        loop {
            self.input.consume(1);
            if !self.fill(8)? {
                self.input.consume(self.input.window());
                self.skipped(begin);
                self.end();
                return Ok(None);
            }
            let Some((number, length)) = frame(self.input.peek(8)) else { continue };
            if block::kind(number).is_none() || length > MAX_FOUND {
                continue;
            }
            let size = size(length);
            if self.fill(size)? && is_closed(self.input.peek(size), length) {
                self.skipped(begin);
                return Ok(Some((number, length)));
            }
        }
    }

    fn skipped(&mut self, begin: u64) {
        let skipped = self.input.offset().saturating_sub(begin);
        self.problems.push(begin, Trouble::Framing { skipped });
    }

    /// Brings a whole block into the window, and checks the length behind it. Whether it is good; if
    /// not it is left behind.
    #[inline]
    pub(super) fn whole(&mut self, length: u32, most: usize) -> Result<bool, Error> {
        let size = size(length);
        if size > most {
            return self.too_long(length);
        }
        if !self.fill(size)? {
            return self.cut_short();
        }
        if is_closed(self.input.peek(size), length) {
            return Ok(true);
        }
        self.resynchronise_from_here()?;
        Ok(false)
    }

    #[cold]
    fn too_long(&mut self, length: u32) -> Result<bool, Error> {
        self.problem(Trouble::TooLong { length: length.into() });
        self.skip_block(length)?;
        Ok(false)
    }

    /// The file ends in this block.
    #[cold]
    fn cut_short(&mut self) -> Result<bool, Error> {
        self.end();
        Ok(false)
    }

    /// Moves to the next block behind one that does not end where it says.
    #[cold]
    fn resynchronise_from_here(&mut self) -> Result<(), Error> {
        self.resynchronise()?;
        Ok(())
    }

    pub(super) fn skip_block(&mut self, length: u32) -> Result<(), Error> {
        let offset = self.input.offset();
        let skipped =
            self.input.skip(length.into()).map_err(|source| Error::Io { offset, source })?;
        if !skipped {
            self.problems.push(offset, Trouble::Truncated);
        }
        Ok(())
    }
}

/// The type and the length of a block, if it can be one.
#[inline]
fn frame(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut bytes = Cursor(bytes);
    let (number, length) = (bytes.u32()?, bytes.u32()?);
    (length >= 12 && length.is_multiple_of(4)).then_some((number, length))
}

#[inline]
pub(super) fn size(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// Whether a block ends with its length.
#[inline]
fn is_closed(block: &[u8], length: u32) -> bool {
    block.last_chunk() == Some(&length.to_le_bytes())
}
