//! Files that are looked into for secrets, whether or not an analyzer wants them.

use std::io::{self, Read};

use super::{Analyzers, BESIDE_BYTES, Collector, MAX_WHOLE_FILE_BYTES, Reply};
use crate::{
    analyzers::{FileView, ForwardRead, read_whole},
    layer::{
        facts::FileFacts,
        pipe::fill,
        pool::{analyze_all, problem},
    },
    secrets::{BLOCK_BYTES, Detector, Scan},
};

/// Text from this size on is read in chunks when no analyzer holds it.
const STREAM_BYTES: u64 = 4 << 20;
const CHUNK_BYTES: usize = 128 << 10;

impl Collector<'_, '_> {
    /// Takes a file that may hold secrets: its first block tells whether it is text.
    pub(super) fn look_into(
        &mut self,
        detector: &'static Detector,
        path: &str,
        size: u64,
        analyzers: Analyzers,
        body: &mut dyn ForwardRead,
    ) {
        let mut block = [0; BLOCK_BYTES];
        let wanted = usize::try_from(size).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
        let (read, result) = fill(&mut &mut *body, block.get_mut(..wanted).unwrap_or_default());
        if let Err(error) = result {
            self.problems.push(problem(&error.into(), path));
            return;
        }
        let start = block.get(..read).unwrap_or_default();
        let mut body = Resumed { start, rest: body };
        if !Detector::is_text(start) {
            self.analyze(path, size, analyzers, &mut body);
        } else if size >= STREAM_BYTES && (analyzers.is_empty() || size > MAX_WHOLE_FILE_BYTES) {
            self.stream(detector, path, size, &analyzers, &mut body);
        } else if size >= BESIDE_BYTES {
            self.hold(path, size, analyzers, Some(detector), &mut body);
        } else {
            self.at_once(detector, path, size, &analyzers, &mut body);
        }
    }

    /// Reads a small file and looks into it here.
    fn at_once(
        &mut self,
        detector: &Detector,
        path: &str,
        size: u64,
        analyzers: &Analyzers,
        body: &mut Resumed<'_>,
    ) {
        // Most files are no larger than their first block.
        let whole;
        let bytes = if body.start.len() as u64 == size {
            body.start
        } else {
            match read_whole(body, size) {
                Ok(bytes) => whole = bytes,
                Err(error) => {
                    self.problems.push(problem(&error.into(), path));
                    return;
                }
            }
            whole.as_slice()
        };
        let mut facts = FileFacts::default();
        if !analyzers.is_empty() {
            let mut body = bytes;
            facts = analyze_all(analyzers, FileView::held(path, bytes, &mut body));
        }
        let scanned = detector.scan(path, bytes);
        self.send(Reply { order: self.covers.len() as u64, facts, scanned });
    }

    /// Looks into a large file while it streams by.
    fn stream(
        &mut self,
        detector: &Detector,
        path: &str,
        size: u64,
        analyzers: &Analyzers,
        body: &mut Resumed<'_>,
    ) {
        let mut tee = Tee { inner: body, scan: Scan::new(detector, path) };
        let mut facts = FileFacts::default();
        if !analyzers.is_empty() {
            let view = FileView::new(path, size, &mut tee).within(self.workshop.budget);
            facts = analyze_all(analyzers, view);
        }
        if let Err(error) = tee.read_on(u64::MAX) {
            self.problems.push(problem(&error.into(), path));
        }
        let scanned = tee.scan.finish();
        self.send(Reply { order: self.covers.len() as u64, facts, scanned });
    }
}

/// A file of which the start has been read.
struct Resumed<'a> {
    start: &'a [u8],
    rest: &'a mut dyn ForwardRead,
}

impl Read for Resumed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start.is_empty() { self.rest.read(buffer) } else { self.start.read(buffer) }
    }
}

impl ForwardRead for Resumed<'_> {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let here = bytes.min(self.start.len() as u64);
        self.start.skip(here)?;
        self.rest.skip(bytes - here)
    }
}

/// Shows everything that is read to the detector; skipping is reading.
struct Tee<'a, R> {
    inner: R,
    scan: Scan<'a>,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.scan.feed(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<R: Read> Tee<'_, R> {
    /// Reads up to `bytes` on: how many are missing.
    fn read_on(&mut self, bytes: u64) -> io::Result<u64> {
        let mut buffer = vec![0; CHUNK_BYTES];
        let mut left = bytes;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
            let (read, result) = fill(self, buffer.get_mut(..step).unwrap_or_default());
            result?;
            left -= read as u64;
            if read < step {
                break;
            }
        }
        Ok(left)
    }
}

impl<R: Read> ForwardRead for Tee<'_, R> {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        match self.read_on(bytes)? {
            0 => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
