//! The walk without an image around it, for fuzzing.

use std::io::{self, Read};

use crate::analyzers::ForwardRead;

use super::{decompress::Decoder, tar::Walker};

/// How much of an input is looked at, uncompressed.
const MAX_BYTES: u64 = 64 << 20;

/// Walks the stored bytes of a layer on one thread and reads the start of every file: how many
/// entries there are before the end or the first damage.
#[doc(hidden)]
#[must_use]
pub fn count_entries(stored: &[u8]) -> usize {
    let Ok(decoder) = Decoder::new(stored) else { return 0 };
    let mut walker = Walker::new(Forward(decoder.take(MAX_BYTES)));
    let mut entries = 0;
    while let Ok(Some(mut entry)) = walker.next_entry() {
        let _ = io::copy(&mut entry.body.by_ref().take(1 << 16), &mut io::sink());
        let _ = entry.body.skip(entry.size / 2);
        entries += 1;
    }
    entries
}

/// Skips by reading.
struct Forward<R>(R);

impl<R: Read> Read for Forward<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> ForwardRead for Forward<R> {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.0.by_ref().take(bytes), &mut io::sink())?;
        if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::testing::{Tar, gzip};

    #[test]
    fn entries_are_counted_up_to_the_first_damage() {
        let tar = Tar::default().file("a", b"1").file("b", &[2; 9_000]).directory("c").end();
        assert_eq!(count_entries(&tar), 3);
        assert_eq!(count_entries(&gzip(&tar)), 3);
        assert_eq!(count_entries(&tar[..2_000]), 2);
        assert_eq!(count_entries(b"BZh"), 0);
    }
}
