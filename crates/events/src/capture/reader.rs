//! Reads captures of every version, block by block.

use std::io::Read;

use super::{
    block::{self, EventBlock, FRAME, Kind},
    bytes::Cursor,
    event::{Bad, Raw, STATE_ONLY},
    head::Head,
    input::Input,
    problem::{Error, Problems, Trouble},
};
use crate::{
    Event,
    convert::{Converter, Outcome},
};

mod frame;
mod lists;

use frame::size;

/// Longest block of an event, but for those of large payloads.
const MAX_EVENT: usize = 64 * 1024 + FRAME;
/// Longest block of an event with a large payload.
const MAX_LARGE: usize = 16 * 1024 * 1024;
/// Longest entry of a list.
const MAX_ENTRY: usize = 128 * 1024;

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

    #[cold]
    fn problem(&mut self, trouble: Trouble) {
        self.problems.push(self.input.offset(), trouble);
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
}
