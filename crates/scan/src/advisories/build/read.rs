//! Reads files into batches of records.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    sync::{Arc, mpsc::SyncSender},
};

use super::{Batch, Load, Place, files};
use crate::{
    advisories::{amazon, epss, kev},
    progress::Progress,
};

mod zip;

/// Size at which a batch goes to the workers.
const BATCH_BYTES: usize = 1 << 20;
/// Longest record; the longest of OSV (a kernel update of SUSE) has a few MiB.
const MAX_RECORD_BYTES: usize = 32 << 20;
/// Most that one file may inflate to; OSV as a whole is half of it.
const MAX_FILE_BYTES: u64 = 16 << 30;
/// What is looked at to tell the form of a file.
const HEAD_BYTES: usize = 4096;

/// Reads every file. Ends early when nobody listens any more.
pub(super) fn all(files: &[files::Found], sender: SyncSender<Batch>, progress: &dyn Progress) {
    let total = files.iter().map(|file| file.bytes).sum();
    progress.start("build", "reading advisories", total);
    let mut feed = Feed { sender, number: 0, pending: Vec::new(), pending_bytes: 0 };
    for file in files.iter().filter(|file| file.kind == files::Kind::Data) {
        let place = Place { file: file.path.to_string_lossy().into(), line: 0 };
        match one_file(file, &place, &mut feed) {
            Ok(()) => {}
            Err(Stop::NobodyListens) => return,
            Err(Stop::Damage(error)) => {
                let message = format!("cannot read on: {error}");
                let problem = place.problem("unreadable-advisory-file", message);
                if feed.send(Load::Problems(vec![problem])).is_err() {
                    return;
                }
            }
        }
        progress.advance("build", file.bytes);
    }
    if feed.flush().is_ok() {
        progress.finish("build", "read");
    }
}

/// Why reading a file ended before its end.
enum Stop {
    NobodyListens,
    Damage(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Damage(error)
    }
}

/// Gathers records into batches.
struct Feed {
    sender: SyncSender<Batch>,
    number: u64,
    pending: Vec<(Place, Vec<u8>)>,
    pending_bytes: usize,
}

impl Feed {
    fn record(&mut self, place: Place, json: Vec<u8>) -> Result<(), Stop> {
        self.pending_bytes += json.len();
        self.pending.push((place, json));
        if self.pending_bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.pending_bytes = 0;
        let load = Load::Json(std::mem::take(&mut self.pending));
        self.send_now(load)
    }

    fn send(&mut self, load: Load) -> Result<(), Stop> {
        self.flush()?;
        self.send_now(load)
    }

    fn send_now(&mut self, load: Load) -> Result<(), Stop> {
        let number = self.number;
        self.number += 1;
        self.sender.send(Batch { number, load }).map_err(|_| Stop::NobodyListens)
    }

    fn problem(&mut self, place: &Place, message: impl Into<String>) -> Result<(), Stop> {
        self.send(Load::Problems(vec![place.problem("unreadable-advisory", message)]))
    }
}

fn one_file(found: &files::Found, place: &Place, feed: &mut Feed) -> Result<(), Stop> {
    let mut file = File::open(&found.path)?;
    let mut magic = [0; 4];
    let known = file.read(&mut magic)?;
    io::Seek::rewind(&mut file)?;
    match magic.get(..known).unwrap_or_default() {
        [0x1F, 0x8B, ..] => {
            text(flate2::bufread::MultiGzDecoder::new(BufReader::new(file)), place, feed)
        }
        [0x28, 0xB5, 0x2F, 0xFD] => {
            text(zstd::Decoder::with_buffer(BufReader::new(file))?, place, feed)
        }
        [b'P', b'K', 3 | 5, 4 | 6] => zip::entries(file, place, feed),
        _ => text(file, place, feed),
    }
}

/// Plain text, whose beginning tells what it is.
fn text(input: impl Read, place: &Place, feed: &mut Feed) -> Result<(), Stop> {
    let mut input =
        BufReader::with_capacity(64 << 10, Limited { inner: input, left: MAX_FILE_BYTES });
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let start = head.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(head.len());
    let visible = head.get(start..).unwrap_or_default();
    let visible = visible.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(visible);
    let kind = match visible {
        [] => return Ok(()),
        [b'<', ..] => Form::Updateinfo,
        [b'{', ..] if kev::is_catalog(visible) => Form::Kev,
        [b'{', ..] => Form::Json,
        text if epss::is_scores(text) => Form::Epss,
        _ => {
            let message = "neither OSV, nor the catalogue of CISA, nor EPSS, nor updateinfo";
            return feed.problem(place, message);
        }
    };
    let input = io::Cursor::new(head).chain(input);
    match kind {
        Form::Json => json(input, place, feed),
        Form::Kev => catalog(input, place, feed),
        Form::Epss => scores(input, place, feed),
        Form::Updateinfo => updateinfo(input, place, feed),
    }
}

#[derive(Clone, Copy)]
enum Form {
    Json,
    Kev,
    Epss,
    Updateinfo,
}

/// Records on lines of their own, or one record over all lines.
fn json(mut input: impl BufRead, place: &Place, feed: &mut Feed) -> Result<(), Stop> {
    let lines_by_name = [".jsonl", ".ndjson"].iter().any(|ending| place.file.contains(ending));
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        number += 1;
        let whole = read_line(&mut input, &mut line)?;
        if line.is_empty() {
            return Ok(());
        }
        let here = Place { file: Arc::clone(&place.file), line: number };
        if !whole {
            feed.problem(&here, format!("a record of more than {MAX_RECORD_BYTES} bytes"))?;
        } else if number == 1 && !lines_by_name && !is_complete(&line) {
            return document(line, input, place, feed);
        } else if !line.trim_ascii().is_empty() {
            feed.record(here, std::mem::take(&mut line))?;
        }
    }
}

/// One record that spans lines.
fn document(
    mut bytes: Vec<u8>,
    input: impl BufRead,
    place: &Place,
    feed: &mut Feed,
) -> Result<(), Stop> {
    input.take(MAX_RECORD_BYTES as u64).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_RECORD_BYTES {
        return feed.problem(place, format!("a record of more than {MAX_RECORD_BYTES} bytes"));
    }
    feed.record(place.clone(), bytes)
}

fn is_complete(json: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(json).is_ok()
}

/// Reads a line with its end; false when it is too long, and then it is skipped.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    let limit = MAX_RECORD_BYTES as u64;
    input.by_ref().take(limit).read_until(b'\n', line)?;
    if line.len() < MAX_RECORD_BYTES || line.ends_with(b"\n") {
        return Ok(true);
    }
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(false);
        }
        let end = memchr::memchr(b'\n', available);
        let skip = end.map_or(available.len(), |end| end + 1);
        input.consume(skip);
        if end.is_some() {
            return Ok(false);
        }
    }
}

fn catalog(input: impl BufRead, place: &Place, feed: &mut Feed) -> Result<(), Stop> {
    let mut bytes = Vec::new();
    input.take(MAX_RECORD_BYTES as u64).read_to_end(&mut bytes)?;
    match kev::parse(&bytes) {
        Ok((rows, messages)) => {
            feed.send(Load::Kev(rows))?;
            messages.into_iter().try_for_each(|message| feed.problem(place, message))
        }
        Err(error) => feed.problem(place, format!("malformed catalogue: {error}")),
    }
}

fn scores(mut input: impl BufRead, place: &Place, feed: &mut Feed) -> Result<(), Stop> {
    let mut rows = Vec::new();
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        number += 1;
        let whole = read_line(&mut input, &mut line)?;
        if line.is_empty() {
            return feed.send(Load::Epss(rows));
        }
        match epss::parse_line(&line) {
            epss::Line::Score(key, value) if whole => rows.push((key, value)),
            epss::Line::Other => {}
            _ => {
                let here = Place { file: Arc::clone(&place.file), line: number };
                feed.problem(&here, "not a line of EPSS scores")?;
            }
        }
        if rows.len() >= 100_000 {
            feed.send(Load::Epss(std::mem::take(&mut rows)))?;
        }
    }
}

fn updateinfo(input: impl BufRead, place: &Place, feed: &mut Feed) -> Result<(), Stop> {
    let mut records = Vec::new();
    let mut listening = Ok(());
    let parsed = amazon::parse(input, |record| {
        records.push(record);
        if records.len() >= 256 && listening.is_ok() {
            listening = feed.send(Load::Records(std::mem::take(&mut records)));
        }
    });
    listening?;
    feed.send(Load::Records(records))?;
    parsed.or_else(|error| feed.problem(place, format!("malformed updateinfo: {error}")))
}

/// Ends with an error, not silently, when more comes than allowed.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            let message = "it inflates to more than any advisory file has";
            io::Error::new(io::ErrorKind::InvalidData, message)
        })?;
        Ok(read)
    }
}

fn damaged(why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_string())
}
