//! A stage of work on its own thread, handing its bytes on in recycled buffers.

use std::{
    io::{self, BufRead, Read},
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread::Scope,
};

use crate::analyzers::ForwardRead;

/// Large enough to make hand-overs rare, small enough to stay in a core's cache.
const CHUNK_BYTES: usize = 128 << 10;
/// Chunks in flight for each pipe.
const CHUNKS: usize = 4;

/// What a stage does when nobody reads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnHangUp {
    /// Reads on to the end, for the sake of what reading itself does: it verifies a digest.
    ReadOn,
    Stop,
}

struct Chunk {
    bytes: Vec<u8>,
    len: usize,
}

/// The receiving end: reads what the stage reads, in order.
pub(crate) struct Pipe {
    filled: Receiver<io::Result<Chunk>>,
    empty: Sender<Vec<u8>>,
    current: Chunk,
    at: usize,
}

/// Reads `reader` on a thread of `scope`.
pub(crate) fn spawn<'scope, R: Read + Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    reader: R,
    on_hang_up: OnHangUp,
) -> Pipe {
    let (filled_sender, filled) = sync_channel(CHUNKS);
    let (empty, empty_receiver) = channel();
    scope.spawn(move || pump(reader, &filled_sender, &empty_receiver, on_hang_up));
    Pipe { filled, empty, current: Chunk { bytes: Vec::new(), len: 0 }, at: 0 }
}

fn pump<R: Read>(
    mut reader: R,
    filled: &SyncSender<io::Result<Chunk>>,
    empty: &Receiver<Vec<u8>>,
    on_hang_up: OnHangUp,
) {
    let mut made = 0;
    let mut hung_up = false;
    loop {
        let recycled = if made < CHUNKS { empty.try_recv().ok() } else { empty.recv().ok() };
        let mut bytes = recycled.unwrap_or_else(|| {
            made += 1;
            vec![0; CHUNK_BYTES]
        });
        let (len, result) = fill(&mut reader, &mut bytes);
        if len > 0 && !hung_up {
            hung_up = filled.send(Ok(Chunk { bytes, len })).is_err();
        }
        if let Err(error) = result {
            let _ = filled.send(Err(error));
            return;
        }
        if len < CHUNK_BYTES {
            return;
        }
        if hung_up && on_hang_up == OnHangUp::Stop {
            return;
        }
    }
}

/// Reads until `buffer` is full, the end comes or reading fails: how much was read until then.
pub(crate) fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> (usize, io::Result<()>) {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}

impl BufRead for Pipe {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.current.len {
            match self.filled.recv() {
                Ok(chunk) => {
                    let used = std::mem::replace(&mut self.current, chunk?);
                    self.at = 0;
                    if !used.bytes.is_empty() {
                        let _ = self.empty.send(used.bytes);
                    }
                }
                Err(_) => return Ok(&[]),
            }
        }
        Ok(self.current.bytes.get(self.at..self.current.len).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at = self.at.saturating_add(amount).min(self.current.len);
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl ForwardRead for Pipe {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        skip_buffered(self, bytes)
    }
}

/// Skips without copying.
pub(crate) fn skip_buffered(reader: &mut impl BufRead, bytes: u64) -> io::Result<()> {
    let mut left = bytes;
    while left > 0 {
        let ready = reader.fill_buf()?.len();
        if ready == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let step = usize::try_from(left).unwrap_or(usize::MAX).min(ready);
        reader.consume(step);
        left -= step as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_arrives_in_order() {
        let data: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        std::thread::scope(|scope| {
            let mut pipe = spawn(scope, data.as_slice(), OnHangUp::Stop);
            pipe.skip(1_000_001).unwrap();
            let mut rest = Vec::new();
            pipe.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, data[1_000_001..]);
            assert!(pipe.skip(1).is_err());
        });
    }

    #[test]
    fn an_error_arrives_after_what_was_read_before_it() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("no"))
            }
        }
        std::thread::scope(|scope| {
            let mut pipe = spawn(scope, b"abc".chain(Fails), OnHangUp::Stop);
            let mut seen = Vec::new();
            assert!(pipe.read_to_end(&mut seen).is_err());
            assert_eq!(seen, b"abc");
        });
    }

    #[test]
    fn who_hangs_up_stops_the_stage_or_lets_it_read_on() {
        struct Counts<'a>(&'a std::sync::atomic::AtomicU64);
        impl Read for Counts<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let before =
                    self.0.fetch_add(buffer.len() as u64, std::sync::atomic::Ordering::Relaxed);
                Ok(if before > 50_000_000 { 0 } else { buffer.len() })
            }
        }
        let check = |on_hang_up, reads_all: bool| {
            let count = std::sync::atomic::AtomicU64::new(0);
            std::thread::scope(|scope| drop(spawn(scope, Counts(&count), on_hang_up)));
            assert_eq!(count.into_inner() > 50_000_000, reads_all);
        };
        check(OnHangUp::ReadOn, true);
        check(OnHangUp::Stop, false);
    }
}
