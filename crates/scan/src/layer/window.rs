//! A part of a local file, read where it matters and skipped where not.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::FileExt,
};

use crate::analyzers::ForwardRead;

/// One page: less saves nothing.
const MIN_WINDOW: usize = 4 << 10;
const MAX_WINDOW: usize = 256 << 10;
/// Reading through a gap of this size is cheaper than another system call.
const CHEAP_GAP: u64 = 4 << 10;

/// Reads a range of a file forward through a small window.
///
/// The window grows while reads follow one another (many small files) and shrinks to a page while
/// the reader jumps (big files), so that neither costs a system call for each header nor reads
/// content that nobody wants.
pub(crate) struct RangeReader<'a> {
    file: &'a File,
    /// Next byte to read, and the end of the range.
    at: u64,
    end: u64,
    window: Vec<u8>,
    window_start: u64,
    window_len: usize,
    window_size: usize,
}

impl<'a> RangeReader<'a> {
    pub(crate) fn new(file: &'a File, offset: u64, len: u64) -> Self {
        Self {
            file,
            at: offset,
            end: offset.saturating_add(len),
            window: Vec::new(),
            window_start: offset,
            window_len: 0,
            window_size: MIN_WINDOW,
        }
    }

    fn buffered(&self) -> &[u8] {
        let skipped = usize::try_from(self.at.saturating_sub(self.window_start)).ok();
        skipped.and_then(|n| self.window.get(n..self.window_len)).unwrap_or_default()
    }

    fn refill(&mut self) -> io::Result<()> {
        let window_end = self.window_start.saturating_add(self.window_len as u64);
        let follows = self.at.saturating_sub(window_end) <= CHEAP_GAP;
        self.window_size = if follows {
            self.window_size.saturating_mul(2).min(MAX_WINDOW)
        } else {
            (self.window_size / 4).max(MIN_WINDOW)
        };
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let size = self.window_size.min(left);
        if self.window.len() < size {
            self.window.resize(size, 0);
        }
        self.window_len = 0;
        self.window_start = self.at;
        let target = self.window.get_mut(..size).unwrap_or_default();
        self.window_len = read_at(self.file, target, self.at)?;
        Ok(())
    }
}

fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

impl Read for RangeReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.buffered().is_empty() {
            let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
            if left == 0 || buffer.is_empty() {
                return Ok(0);
            }
            if buffer.len() >= self.window_size.max(MIN_WINDOW * 4) {
                let size = buffer.len().min(left);
                let target = buffer.get_mut(..size).unwrap_or_default();
                let read = read_at(self.file, target, self.at)?;
                self.at = self.at.saturating_add(read as u64);
                return Ok(read);
            }
            self.refill()?;
        }
        let read = self.buffered().read(buffer)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl ForwardRead for RangeReader<'_> {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let target = self.at.checked_add(bytes).filter(|at| *at <= self.end);
        self.at = target.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Any mix of reads and skips sees what the file holds.
        #[test]
        fn reads_what_the_file_holds(steps in proptest::collection::vec((any::<bool>(), 0_usize..40_000), 0..40)) {
            let data: Vec<u8> = (0..400_000_u32).map(|n| (n % 253) as u8).collect();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&data).unwrap();
            let mut model = &data[100..300_100];
            let mut reader = RangeReader::new(&file, 100, 300_000);
            for (skips, n) in steps {
                if skips {
                    prop_assert_eq!(reader.skip(n as u64).is_ok(), model.skip(n as u64).is_ok());
                } else {
                    let (mut a, mut b) = (vec![0; n], vec![0; n]);
                    let read = crate::layer::pipe::fill(&mut reader, &mut a).0;
                    prop_assert_eq!(read, crate::layer::pipe::fill(&mut model, &mut b).0);
                    prop_assert_eq!(a, b);
                }
            }
        }
    }

    #[test]
    fn a_file_shorter_than_its_range_ends() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abc").unwrap();
        let mut seen = Vec::new();
        RangeReader::new(&file, 1, 1_000).read_to_end(&mut seen).unwrap();
        assert_eq!(seen, b"bc");
    }
}
