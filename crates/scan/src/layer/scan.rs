//! Reads one layer, in stages that each have a thread of their own.

use std::{
    fs::File,
    io::{self, BufRead, Read},
    os::unix::fs::FileExt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use farguard_model::Problem;

use crate::{
    analyzers::ForwardRead,
    source::{ImageSource, LayerBytes, SourceError, Verify},
};

use super::{
    collect::{Collector, Workshop},
    decompress::{Compression, Decoder},
    facts::LayerFacts,
    pipe::{OnHangUp, spawn},
    tar::{TarError, Walker},
    window::RangeReader,
};

/// Entries of one layer; the largest images have a tenth of it.
const MAX_ENTRIES: usize = 4_000_000;
/// How large a layer may be, uncompressed.
const MAX_BYTES: u64 = 256 << 30;
/// From this size on a layer may not be compressed better than [`MAX_RATIO`].
const RATIO_COUNTS_FROM_BYTES: u64 = 1 << 30;
/// Real layers of a gigabyte stay below 30.
const MAX_RATIO: u64 = 200;

/// Reads layer `index` of `source`. `advance` is told of every stored byte.
///
/// # Errors
/// When the stored bytes cannot be read or are not the right ones. Damage inside of them is a
/// problem of the layer instead.
pub(crate) fn scan_layer(
    source: &dyn ImageSource,
    index: usize,
    workshop: &Workshop<'_>,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<LayerFacts, SourceError> {
    let mut collector = Collector::new(workshop);
    walk_layer(source.open_layer(index)?, advance, &mut collector, Pass::First)
        .map_err(|error| failure(source, index, error))?;
    if collector.needs_second_walk() {
        walk_layer(source.open_layer(index)?, &|_| {}, &mut collector, Pass::Second)
            .map_err(|error| failure(source, index, error))?;
    }
    Ok(collector.finish())
}

fn failure(source: &dyn ImageSource, index: usize, error: io::Error) -> SourceError {
    let layer = source.image().layers.get(index);
    let name = layer.map_or("?", |layer| layer.digest.as_deref().unwrap_or(&layer.diff_id));
    SourceError::Io { what: format!("layer `{name}`"), source: error }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    First,
    Second,
}

fn walk_layer(
    bytes: LayerBytes,
    advance: &(dyn Fn(u64) + Sync),
    collector: &mut Collector<'_, '_>,
    pass: Pass,
) -> io::Result<()> {
    match bytes {
        LayerBytes::Stream(stream) => walk_stream(stream, advance, collector, pass),
        LayerBytes::Range { file, offset, len, digest } => {
            if is_plain(&file, offset, len)? {
                let mut walker = Walker::new(RangeReader::new(&file, offset, len));
                let end = walk(&mut walker, collector, pass);
                if let (Err(problem), Pass::First) = (end, pass) {
                    collector.problem(problem);
                }
                advance(len);
                return Ok(());
            }
            let range = OwnedRange { file, at: offset, end: offset.saturating_add(len) };
            match digest {
                Some(digest) => walk_stream(
                    Verify::new(range, digest.parse().map_err(io::Error::other)?),
                    advance,
                    collector,
                    pass,
                ),
                None => walk_stream(range, advance, collector, pass),
            }
        }
    }
}

/// Whether a part of a file is not compressed, so that one can seek in it.
pub(crate) fn is_plain(file: &File, offset: u64, len: u64) -> io::Result<bool> {
    let mut start = [0; 6];
    let wanted = usize::try_from(len).unwrap_or(usize::MAX).min(start.len());
    let start = start.get_mut(..wanted).unwrap_or_default();
    let read = file.read_at(start, offset)?;
    let kind = Compression::detect(start.get(..read).unwrap_or_default());
    Ok(kind == Compression::Plain)
}

struct OwnedRange {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for OwnedRange {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let len = buffer.len().min(left);
        let read = self.file.read_at(buffer.get_mut(..len).unwrap_or_default(), self.at)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

/// What the stages of one layer tell each other besides bytes.
struct Shared<'a> {
    /// Stored bytes read so far.
    stored: AtomicU64,
    /// Why the stored bytes could not be read.
    failure: Mutex<Option<io::Error>>,
    /// What is wrong inside of them.
    damage: Mutex<Option<Problem>>,
    advance: &'a (dyn Fn(u64) + Sync),
}

/// Watches the stored bytes as they are read.
struct Watched<'a, R> {
    inner: R,
    shared: &'a Shared<'a>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(read) => {
                self.shared.stored.fetch_add(read as u64, Ordering::Relaxed);
                (self.shared.advance)(read as u64);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let told = io::Error::new(error.kind(), "stored bytes cannot be read");
                let mut failure =
                    self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner);
                *failure = Some(error);
                Err(told)
            }
        }
    }
}

/// Plain bytes, as long as they are not absurdly many.
struct Bounded<'a, R: BufRead> {
    inner: Decoder<R>,
    shared: &'a Shared<'a>,
    plain: u64,
}

impl<R: BufRead> Bounded<'_, R> {
    fn fail(&self, problem: Problem) -> io::Error {
        let error = io::Error::other(problem.message.clone());
        let mut damage = self.shared.damage.lock().unwrap_or_else(PoisonError::into_inner);
        damage.get_or_insert(problem);
        error
    }
}

impl<R: BufRead> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer).map_err(|error| self.fail(unreadable(&error)))?;
        self.plain = self.plain.saturating_add(read as u64);
        let stored = self.shared.stored.load(Ordering::Relaxed);
        let absurd =
            self.plain > RATIO_COUNTS_FROM_BYTES && self.plain > stored.saturating_mul(MAX_RATIO);
        if absurd || self.plain > MAX_BYTES {
            let text = format!(
                "{stored} bytes unpack to more than {} MiB; the rest was not read",
                self.plain >> 20
            );
            return Err(self.fail(Problem::new("layer-too-large", text)));
        }
        Ok(read)
    }
}

fn walk_stream<R: Read + Send>(
    stored: R,
    advance: &(dyn Fn(u64) + Sync),
    collector: &mut Collector<'_, '_>,
    pass: Pass,
) -> io::Result<()> {
    let shared = Shared {
        stored: AtomicU64::new(0),
        failure: Mutex::new(None),
        damage: Mutex::new(None),
        advance,
    };
    let end = thread::scope(|scope| {
        let watched = Watched { inner: stored, shared: &shared };
        let stored = spawn(scope, watched, OnHangUp::ReadOn);
        let plain = match Decoder::new(stored).map_err(|error| unreadable(&error))? {
            Decoder::Plain(pipe) => pipe,
            inner => spawn(scope, Bounded { inner, shared: &shared, plain: 0 }, OnHangUp::Stop),
        };
        let mut walker = Walker::new(plain);
        walk(&mut walker, collector, pass)?;
        // The last bytes carry checksums, so they are read even though no entry is in them.
        io::copy(walker.input(), &mut io::sink()).map_err(|error| unreadable(&error))?;
        Ok(())
    });
    // A stage knows best why it stopped; the walk only sees that nothing more comes.
    let damage = shared.damage.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let (Some(problem), Pass::First) = (damage.or(end.err()), pass) {
        collector.problem(problem);
    }
    let failure = shared.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    failure.map_or(Ok(()), Err)
}

fn walk<R: ForwardRead>(
    walker: &mut Walker<R>,
    collector: &mut Collector<'_, '_>,
    pass: Pass,
) -> Result<(), Problem> {
    loop {
        let offset = walker.offset();
        let next = walker.next_entry().map_err(|error| damage(offset, &error))?;
        let Some(entry) = next else { return Ok(()) };
        match pass {
            Pass::First => collector.entry(entry),
            Pass::Second => collector.entry_again(entry),
        }
        if collector.len() > MAX_ENTRIES {
            let text = format!("more than {MAX_ENTRIES} entries; the rest was not read");
            return Err(Problem::new("too-many-entries", text));
        }
    }
}

fn damage(offset: u64, error: &TarError) -> Problem {
    let truncated = matches!(error, TarError::Truncated);
    let code = if truncated { "truncated-layer" } else { "corrupt-layer" };
    let text = format!("{error}, behind byte {offset} of its tar; what follows was not read");
    Problem::new(code, text)
}

fn unreadable(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Problem::new("truncated-layer", "the compressed data ends early")
        }
        io::ErrorKind::Unsupported => Problem::new("unsupported-compression", error.to_string()),
        _ => Problem::new("corrupt-layer", format!("cannot be decompressed: {error}")),
    }
}
