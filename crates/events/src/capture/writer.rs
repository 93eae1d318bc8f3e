//! Writes captures of the newest version.

use std::io::{self, Write};

use flate2::{Compression, write::GzEncoder};

use super::{
    block::{self, FRAME},
    encode,
    event::{COUNTED_HEADER, STATE_ONLY},
    head::Head,
};
use crate::{Event, Params};

/// Written at once.
const CHUNK: usize = 256 * 1024;
/// Longest block of an event that readers take, unless its type says that it may be longer.
const MAX_EVENT: usize = 64 * 1024;
/// Lists of threads and descriptors are divided where they get longer. Others must not be: readers
/// forget the first part when they see the second.
const MAX_LIST: usize = 1024 * 1024;

enum Sink<W: Write> {
    Plain(W),
    Gzip(Box<GzEncoder<W>>),
}

/// A capture as it is written. Entries of one list are to be written one after the other, in the
/// order of [`Head`]; then events.
pub struct Writer<W: Write> {
    sink: Sink<W>,
    /// Whole blocks, and the list that is being written.
    pending: Vec<u8>,
    list: Option<List>,
    begun: bool,
}

/// The list that is being written: where it begins in what is pending, and what it holds.
#[derive(Debug, Clone, Copy)]
struct List {
    start: usize,
    number: u32,
    tid: i64,
}

impl<W: Write> Writer<W> {
    /// Writes a capture that is not compressed.
    pub const fn new(out: W) -> Self {
        Self { sink: Sink::Plain(out), pending: Vec::new(), list: None, begun: false }
    }

    /// Writes a capture in a gzip stream.
    pub fn gzip(out: W) -> Self {
        let sink = Sink::Gzip(Box::new(GzEncoder::new(out, Compression::fast())));
        Self { sink, pending: Vec::new(), list: None, begun: false }
    }

    /// Writes what is known before the events. The first section need not be written.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn head(&mut self, head: &Head) -> io::Result<()> {
        let (number, tid) = match head {
            Head::Section => return self.section(),
            Head::Machine(_) => (block::MACHINE, 0),
            Head::Interface(_) => (block::INTERFACES, 0),
            Head::User { .. } | Head::Group { .. } => (block::USERS, 0),
            Head::Thread(_) => (block::THREADS, 0),
            Head::Fd { tid, .. } => (block::FDS, *tid),
        };
        if !self.continues(number, tid) {
            self.begin()?;
            self.list = Some(List { start: self.open(number), number, tid });
            if number == block::FDS {
                self.pending.extend(tid.to_le_bytes());
            }
        }
        encode::head(&mut self.pending, head);
        Ok(())
    }

    /// Writes an event. One with more lengths than values is written without the excess.
    ///
    /// # Errors
    /// When the output cannot be written.
    #[inline]
    pub fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.write(event, None)
    }

    /// Writes an event that is only to change the state of the machine when it is read.
    ///
    /// # Errors
    /// As for [`Writer::event`].
    pub fn state_event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.write(event, Some(STATE_ONLY))
    }

    /// Writes what is pending, and gives the output back.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.begin()?;
        self.flush()?;
        match self.sink {
            Sink::Plain(mut out) => out.flush().map(|()| out),
            Sink::Gzip(out) => out.finish().and_then(|mut out| out.flush().map(|()| out)),
        }
    }

    /// Ends the list, if one is being written, and begins the first section if nobody has.
    #[inline]
    fn begin(&mut self) -> io::Result<()> {
        if let Some(list) = self.list.take() {
            self.close(list.start);
        }
        if self.pending.len() > CHUNK {
            self.flush()?;
        }
        if !self.begun { self.section() } else { Ok(()) }
    }

    fn section(&mut self) -> io::Result<()> {
        self.begun = true;
        self.begin()?;
        let start = self.open(block::SECTION);
        self.pending.extend(block::MAGIC.to_le_bytes());
        self.pending.extend(block::MAJOR.to_le_bytes());
        self.pending.extend(block::MINOR.to_le_bytes());
        self.pending.extend(u64::MAX.to_le_bytes());
        self.close(start);
        Ok(())
    }

    /// Whether the list that is being written goes on.
    fn continues(&self, number: u32, tid: i64) -> bool {
        let divisible = matches!(number, block::THREADS | block::FDS);
        self.list.is_some_and(|list| {
            let is_long = self.pending.len() - list.start > MAX_LIST;
            let is_same = (list.number, list.tid) == (number, tid) && number != block::MACHINE;
            is_same && !(divisible && is_long)
        })
    }

    fn write(&mut self, event: &Event<'_>, flags: Option<u32>) -> io::Result<()> {
        self.begin()?;
        let params = whole(event.params);
        let length = COUNTED_HEADER + params.lengths.len() + params.data.len();
        let large = params.wide || length + 2 * FRAME > MAX_EVENT;
        let number = match (flags.is_some(), large) {
            (false, false) => block::EVENT,
            (true, false) => block::EVENT_FLAGS,
            (false, true) => block::EVENT_LARGE,
            (true, true) => block::EVENT_FLAGS_LARGE,
        };
        let start = self.open(number);
        let out = &mut self.pending;
        out.extend(event.cpu.to_le_bytes());
        out.extend(flags.map(u32::to_le_bytes).into_iter().flatten());
        out.extend(event.time_ns.to_le_bytes());
        out.extend(event.tid.to_le_bytes());
        out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        out.extend(event.kind.0.to_le_bytes());
        out.extend(u32::try_from(params.count()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(params.lengths);
        out.extend_from_slice(params.data);
        self.close(start);
        Ok(())
    }

    /// Begins a block; gives the place where it begins.
    fn open(&mut self, number: u32) -> usize {
        let start = self.pending.len();
        self.pending.extend(number.to_le_bytes());
        self.pending.extend([0; 4]);
        start
    }

    /// Ends a block: fills it up to a multiple of 4 bytes and writes its length before and behind it.
    fn close(&mut self, start: usize) {
        let end = self.pending.len().next_multiple_of(4);
        self.pending.resize(end, 0);
        let length = u32::try_from(end - start + 4).unwrap_or(u32::MAX).to_le_bytes();
        self.pending.extend(length);
        if let Some(place) =
            self.pending.get_mut(start + 4..).and_then(|block| block.first_chunk_mut())
        {
            *place = length;
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Plain(out) => out.write_all(&self.pending)?,
            Sink::Gzip(out) => out.write_all(&self.pending)?,
        }
        self.pending.clear();
        Ok(())
    }
}

/// Parameters without lengths that have no values, and without values that have no lengths.
fn whole(params: Params<'_>) -> Params<'_> {
    let (mut count, mut size) = (0, 0);
    for value in params.iter() {
        count += 1;
        size += value.len();
    }
    let width = if params.wide { 4 } else { 2 };
    Params {
        lengths: params.lengths.get(..count * width).unwrap_or_default(),
        data: params.data.get(..size).unwrap_or_default(),
        ..params
    }
}

impl<W: Write> std::fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("list", &self.list).finish_non_exhaustive()
    }
}
