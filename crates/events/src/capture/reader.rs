//! Reads captures of every version, block by block.

use std::io::Read;

use super::{
    block::{self, EventBlock, FRAME, Kind},
    bytes::Cursor,
    event::{Bad, Raw, STATE_ONLY},
    fds,
    head::{self, Head},
    input::Input,
    problem::{Error, Problems, Trouble},
    threads,
};
use crate::{
    Event,
    convert::{Converter, Outcome},
};

/// Longest block of an event, but for those of large payloads.
const MAX_EVENT: usize = 64 * 1024 + FRAME;
/// Longest block of an event with a large payload.
const MAX_LARGE: usize = 16 * 1024 * 1024;
/// Longest entry of a list.
const MAX_ENTRY: usize = 128 * 1024;
/// Longest block that is believed in when the next one is searched behind damage.
const MAX_FOUND: u32 = 1024 * 1024;

/// What a capture holds, one after the other.
#[derive(Debug)]
pub enum Item<'a> {
    /// Something about the machine before the events.
    Head(Head),
    /// An event, in today's form.
    Event(Event<'a>),
    /// An event that changes the state of the machine, but is not to be shown to rules and filters: it
    /// was recorded for that only, or it is the start of a call whose end will come.
    StateOnly(Event<'a>),
}

/// A capture as it is read: one buffer, whatever its size.
///
/// Calls that were recorded as a start and an end come as one event, when they end. Events that are
/// not given (starts, events beyond the table) are counted in [`Event::num`] all the same.
#[derive(Debug)]
pub struct Reader<R> {
    input: Input<R>,
    /// The list whose entries are being read.
    list: Option<List>,
    /// Bytes of the block that the last event lies in.
    held: usize,
    last: Raw,
    number: u64,
    converter: Converter,
    problems: Problems,
}

/// A block of entries of which some are read.
#[derive(Debug, Clone, Copy)]
struct List {
    kind: Kind,
    /// Bytes of its body that are still to be read.
    left: u64,
    /// What the length behind it has to be.
    length: u32,
    /// The thread that descriptors belong to.
    tid: i64,
}

/// What comes next, before the event is borrowed.
enum Next {
    Head(Head),
    /// Whether it was given another form, and whether it is the start of a call.
    Event {
        converted: bool,
        start: bool,
    },
}

impl<R: Read> Reader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// When the source cannot be read, or does not begin as a capture of a known version does.
    pub fn new(source: R) -> Result<Self, Error> {
        let input = Input::new(source).map_err(|source| Error::Io { offset: 0, source })?;
        let mut reader = Self {
            input,
            list: None,
            held: 0,
            last: Raw::default(),
            number: 0,
            converter: Converter::default(),
            problems: Problems::default(),
        };
        reader.check_begin()?;
        Ok(reader)
    }

    /// The next head or event; `None` at the end.
    ///
    /// # Errors
    /// When the source cannot be read. Damage is not an error: see [`Reader::problems`].
    #[inline]
    pub fn read(&mut self) -> Result<Option<Item<'_>>, Error> {
        Ok(match self.advance()? {
            None => None,
            Some(Next::Head(head)) => Some(Item::Head(head)),
            Some(Next::Event { converted, start }) => {
                let state_only = start || self.last.flags & STATE_ONLY != 0;
                let event = if converted {
                    self.converter.event()
                } else {
                    self.last.event(self.input.peek(self.held))
                };
                Some(if state_only { Item::StateOnly(event) } else { Item::Event(event) })
            }
        })
    }

    /// The event that was read last, as it was recorded: the start of the call, if it was recorded
    /// and not given before, and the event itself.
    #[must_use]
    pub fn recorded(&self) -> (Option<Event<'_>>, Event<'_>) {
        (self.converter.start(), self.last.event(self.input.peek(self.held)))
    }

    /// What could not be used so far.
    #[must_use]
    pub const fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Events that were recorded so far, given or not.
    #[must_use]
    pub const fn recorded_events(&self) -> u64 {
        self.number
    }

    fn check_begin(&mut self) -> Result<(), Error> {
        self.fill(24)?;
        let mut begin = Cursor(self.input.peek(24));
        let found = begin.0.get(..4).unwrap_or(begin.0).to_vec();
        let version = (|| {
            let section = begin.u32()? == block::SECTION;
            begin.u32()?;
            (section && begin.u32()? == block::MAGIC).then_some(())?;
            Some((begin.u16()?, begin.u16()?))
        })();
        match version {
            None => Err(Error::NotACapture { found }),
            Some((major, minor)) if major > block::MAJOR => Err(Error::Version { major, minor }),
            Some(_) => Ok(()),
        }
    }

    #[inline]
    fn fill(&mut self, count: usize) -> Result<bool, Error> {
        let offset = self.input.offset();
        self.input.fill(count).map_err(|source| Error::Io { offset, source })
    }

    fn advance(&mut self) -> Result<Option<Next>, Error> {
        loop {
            self.input.consume(std::mem::take(&mut self.held));
            if let Some(list) = self.list {
                if let Some(head) = self.entry(list)? {
                    return Ok(Some(Next::Head(head)));
                }
                continue;
            }
            let Some((number, length)) = self.block()? else { return Ok(None) };
            let next = match block::kind(number) {
                Some(Kind::Event(layout)) => self.event(layout, length)?,
                Some(Kind::Section) => self.section(length)?,
                Some(Kind::Machine) => self.machine(length)?,
                Some(kind) => self.open(kind, length)?,
                None => {
                    self.problem(Trouble::UnknownBlock { number });
                    self.skip_block(length)?;
                    None
                }
            };
            if next.is_some() {
                return Ok(next);
            }
        }
    }

    /// The type and the length of the block that begins here; `None` at the end. Searches the next
    /// block where there is none.
    #[inline]
    fn block(&mut self) -> Result<Option<(u32, u32)>, Error> {
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

    #[cold]
    fn problem(&mut self, trouble: Trouble) {
        self.problems.push(self.input.offset(), trouble);
    }

    /// Brings a whole block into the window, and checks the length behind it. Whether it is good; if
    /// not it is left behind.
    #[inline]
    fn whole(&mut self, length: u32, most: usize) -> Result<bool, Error> {
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

    fn skip_block(&mut self, length: u32) -> Result<(), Error> {
        let offset = self.input.offset();
        let skipped =
            self.input.skip(length.into()).map_err(|source| Error::Io { offset, source })?;
        if !skipped {
            self.problems.push(offset, Trouble::Truncated);
        }
        Ok(())
    }

    #[inline]
    fn event(&mut self, layout: EventBlock, length: u32) -> Result<Option<Next>, Error> {
        if !self.whole(length, if layout.large { MAX_LARGE } else { MAX_EVENT })? {
            return Ok(None);
        }
        self.held = size(length);
        self.number += 1;
        match Raw::parse(layout, self.input.peek(self.held - 4), self.number) {
            Ok(raw) => self.last = raw,
            Err(bad) => {
                self.problem(match bad {
                    Bad::Damaged => Trouble::Damaged { what: "event" },
                    Bad::Unknown(kind) => Trouble::UnknownEvent { kind },
                });
                return Ok(None);
            }
        }
        let outcome = self.converter.convert(&self.last.event(self.input.peek(self.held)));
        if let Some(trouble) = self.converter.take_trouble() {
            self.problem(trouble);
        }
        Ok(match outcome {
            Outcome::AsIs => Some(Next::Event { converted: false, start: false }),
            Outcome::Converted => Some(Next::Event { converted: true, start: false }),
            Outcome::Start => Some(Next::Event { converted: true, start: true }),
            Outcome::LeftOut => None,
        })
    }

    fn section(&mut self, length: u32) -> Result<Option<Next>, Error> {
        if !self.whole(length, MAX_ENTRY)? {
            return Ok(None);
        }
        let mut body = Cursor(self.input.peek(size(length)));
        let known = (|| {
            body.bytes(8)?;
            (body.u32()? == block::MAGIC && body.u16()? <= block::MAJOR).then_some(())
        })();
        self.held = size(length);
        if known.is_none() {
            self.problem(Trouble::Damaged { what: "header of a section" });
            return Ok(None);
        }
        self.converter.clear();
        Ok(Some(Next::Head(Head::Section)))
    }

    fn machine(&mut self, length: u32) -> Result<Option<Next>, Error> {
        if !self.whole(length, MAX_ENTRY)? {
            return Ok(None);
        }
        self.held = size(length);
        let mut body = Cursor(self.input.peek(self.held));
        let machine = body.bytes(8).and_then(|_| head::machine(body));
        if machine.is_none() {
            self.problem(Trouble::Damaged { what: "description of the machine" });
        }
        Ok(machine.map(|machine| Next::Head(Head::Machine(machine))))
    }

    /// Begins to read a list.
    fn open(&mut self, kind: Kind, length: u32) -> Result<Option<Next>, Error> {
        self.input.consume(8);
        let mut list = List { kind, left: u64::from(length) - FRAME as u64, length, tid: 0 };
        if matches!(kind, Kind::Fds(_)) && list.left >= 8 && self.fill(8)? {
            list.tid = Cursor(self.input.peek(8)).i64().unwrap_or_default();
            self.input.consume(8);
            list.left -= 8;
        }
        self.list = Some(list);
        Ok(None)
    }

    /// The next entry of a list; `None` behind the last.
    fn entry(&mut self, list: List) -> Result<Option<Head>, Error> {
        let most = usize::try_from(list.left).unwrap_or(usize::MAX).min(MAX_ENTRY);
        self.fill(most)?;
        let window = self.input.peek(most);
        if list.left < 4 || window.len() < 4 {
            self.close(list)?;
            return Ok(None);
        }
        let mut entry = Cursor(window);
        let (head, what) = match list.kind {
            Kind::Threads(version) => (threads::thread(version, &mut entry), "thread"),
            Kind::Fds(sized) => (fds::fd(sized, list.tid, &mut entry), "descriptor"),
            Kind::Users(sized) => (head::user(sized, &mut entry), "user"),
            _ => (
                head::interface(matches!(list.kind, Kind::Interfaces(true)), &mut entry),
                "interface",
            ),
        };
        let read = window.len() - entry.left();
        let short = window.len() < most;
        if head.is_none() && !short {
            self.problem(Trouble::Damaged { what });
        }
        // An entry that says how long it is but is not understood is skipped alone.
        if read == 0 {
            self.close(list)?;
            return Ok(None);
        }
        self.input.consume(read);
        self.list = Some(List { left: list.left - read as u64, ..list });
        Ok(head)
    }

    /// Leaves a list, skipping what is left of it, and checks the length behind it.
    fn close(&mut self, list: List) -> Result<(), Error> {
        self.list = None;
        let offset = self.input.offset();
        let skipped = self.input.skip(list.left).map_err(|source| Error::Io { offset, source })?;
        if !skipped || !self.fill(4)? {
            self.problems.push(offset, Trouble::Truncated);
            self.input.consume(self.input.window());
        } else if self.input.peek(4) == list.length.to_le_bytes() {
            self.input.consume(4);
        } else {
            self.problem(Trouble::Damaged { what: "end of a list" });
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
fn size(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// Whether a block ends with its length.
#[inline]
fn is_closed(block: &[u8], length: u32) -> bool {
    block.last_chunk() == Some(&length.to_le_bytes())
}
