//! Bytes of a capture: inflated if need be, in one buffer that is used again and again.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

/// Read at once.
const CHUNK: usize = 256 * 1024;

type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

enum Source<R> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
}

/// A window over the bytes: those before it are forgotten, those in it are in memory.
pub(super) struct Input<R> {
    source: Source<R>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    ended: bool,
    damaged: bool,
}

impl<R: Read> Input<R> {
    pub(super) fn new(mut source: R) -> io::Result<Self> {
        let mut magic = Vec::new();
        source.by_ref().take(2).read_to_end(&mut magic)?;
        let gzip = magic == [0x1f, 0x8b];
        let whole = Cursor::new(magic).chain(source);
        let source = if gzip {
            Source::Gzip(Box::new(MultiGzDecoder::new(whole)))
        } else {
            Source::Plain(whole)
        };
        Ok(Self {
            source,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            offset: 0,
            ended: false,
            damaged: false,
        })
    }

    /// Whether there are so many bytes; if so they are in the window.
    #[inline]
    pub(super) fn fill(&mut self, count: usize) -> io::Result<bool> {
        if self.window() >= count { Ok(true) } else { self.refill(count) }
    }

    /// Reads until there are so many bytes. Bytes are moved only after as many were consumed, and
    /// the end is only read once: small steps through a large window stay cheap.
    #[cold]
    fn refill(&mut self, count: usize) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.start.saturating_add(count) > self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.window());
            let size = count.saturating_mul(2).max(self.buffer.len());
            self.buffer.resize(size, 0);
        }
        while self.window() < count {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match read(&mut self.source, room) {
                Ok(0) => break,
                Ok(read) => self.end = self.end.saturating_add(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if self.is_damage(&error) => {
                    self.damaged = true;
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        self.ended = self.window() < count;
        Ok(!self.ended)
    }

    /// Whether the gzip stream is to blame for an error, not the file below.
    fn is_damage(&self, error: &io::Error) -> bool {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        matches!(self.source, Source::Gzip(_))
            && matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof)
    }

    /// The bytes in the window, at most so many.
    #[inline]
    pub(super) fn peek(&self, count: usize) -> &[u8] {
        let end = self.start.saturating_add(count).min(self.end);
        self.buffer.get(self.start..end).unwrap_or_default()
    }

    /// Forgets bytes of the window.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.window());
        self.start += count;
        self.offset = self.offset.saturating_add(count as u64);
    }

    /// Forgets bytes, wherever they are. Whether there were so many.
    pub(super) fn skip(&mut self, mut count: u64) -> io::Result<bool> {
        while count > 0 {
            let step = usize::try_from(count).unwrap_or(CHUNK).min(CHUNK);
            let found = self.fill(step)?;
            let step = step.min(self.window());
            self.consume(step);
            count -= step as u64;
            if !found && count > 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Bytes in the window.
    #[inline]
    pub(super) const fn window(&self) -> usize {
        self.end - self.start
    }

    /// Bytes before the window.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the end was reached because of damage to the gzip stream.
    pub(super) const fn is_damaged(&self) -> bool {
        self.damaged
    }
}

fn read<R: Read>(source: &mut Source<R>, room: &mut [u8]) -> io::Result<usize> {
    match source {
        Source::Plain(source) => source.read(room),
        Source::Gzip(source) => source.read(room),
    }
}

impl<R> std::fmt::Debug for Input<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").field("offset", &self.offset).finish_non_exhaustive()
    }
}
