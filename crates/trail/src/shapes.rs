//! Records out of everything that CloudTrail comes in, told by its bytes alone: S3 files, JSON lines,
//! arrays, single records, EventBridge events, LookupEvents output, CloudTrail Lake, CloudWatch Logs
//! subscriptions; each as it is or in gzip.
//!
//! A record that cannot be read never takes the next one with it: reading goes on at the next thing
//! that starts like a record, and what was lost is counted with its place.

mod inflate;
mod lake;
mod loss;
mod split;
mod unwrap;

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use inflate::Inflater;
pub use loss::{Loss, Reason, Tally};
use split::{MAX_RECORD, Splitter};

use crate::record::Record;

/// Files that inflate to more are read as a stream, unless [`Reader::with_limit`] says otherwise.
const AT_ONCE: usize = 32 << 20;

/// What is read of a stream at a time; grows only for records that are longer.
const WINDOW: usize = 512 << 10;

/// Reads inputs one after another; each worker has one, and its buffers are used again.
#[derive(Debug)]
pub struct Reader {
    inflater: Inflater,
    limit: usize,
    window: Vec<u8>,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader that inflates files of up to 32 MiB at once.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limit(AT_ONCE)
    }

    /// A reader that inflates files of up to `limit` bytes at once: the memory that it may take.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self { inflater: Inflater::new(), limit, window: Vec::new() }
    }

    /// Hands on every record of a whole file, in gzip or not.
    pub fn file(&mut self, bytes: &[u8], each: &mut dyn FnMut(&Record<'_>)) -> Tally {
        if !is_gzip(bytes) {
            return text(bytes, each);
        }
        if let Some(inflated) = self.inflater.whole(bytes, self.limit) {
            return text(inflated, each);
        }
        self.inflater.shrink(self.limit / 2);
        self.windows(MultiGzDecoder::new(bytes), each)
    }

    /// Hands on every record of a stream, in gzip or not, within a fixed memory.
    pub fn stream<R: Read>(&mut self, mut input: R, each: &mut dyn FnMut(&Record<'_>)) -> Tally {
        let mut start = Vec::new();
        let sniffed = input.by_ref().take(2).read_to_end(&mut start);
        let rest = io::Cursor::new(&start).chain(input);
        match sniffed {
            Ok(_) if is_gzip(&start) => self
                .windows(MultiGzDecoder::new(io::BufReader::with_capacity(64 << 10, rest)), each),
            Ok(_) => self.windows(rest, each),
            Err(error) => {
                let mut splitter = Splitter::new();
                splitter.stop(&[], 0, &error);
                splitter.tally
            }
        }
    }

    fn windows<R: Read>(&mut self, mut input: R, each: &mut dyn FnMut(&Record<'_>)) -> Tally {
        let mut splitter = Splitter::new();
        let mut filled = 0;
        loop {
            if filled == self.window.len() {
                let larger = (filled * 2).clamp(WINDOW, MAX_RECORD + WINDOW);
                self.window.resize(larger, 0);
            }
            let read = fill(&mut input, &mut self.window, &mut filled);
            let bytes = self.window.get(..filled).unwrap_or_default();
            let last = !matches!(read, Ok(true));
            let done = splitter.window(bytes, last, each);
            splitter.pass(bytes, done);
            self.window.copy_within(done..filled, 0);
            filled -= done;
            match read {
                Ok(true) => {}
                Ok(false) => return splitter.tally,
                Err(error) => {
                    splitter.stop(&[], 0, &error);
                    return splitter.tally;
                }
            }
        }
    }
}

/// What is inflated at a time: as much is lost before a place where compressed data is damaged.
const READ: usize = 16 << 10;

/// Fills the window; whether there may be more.
fn fill<R: Read>(input: &mut R, window: &mut [u8], filled: &mut usize) -> io::Result<bool> {
    while let Some(free) = window.get_mut(*filled..).filter(|free| !free.is_empty()) {
        let size = free.len().min(READ);
        match input.read(free.get_mut(..size).unwrap_or_default()) {
            Ok(0) => return Ok(false),
            Ok(read) => *filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

fn text(bytes: &[u8], each: &mut dyn FnMut(&Record<'_>)) -> Tally {
    let mut splitter = Splitter::new();
    splitter.window(bytes, true, each);
    splitter.tally
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

#[cfg(test)]
mod tests;
