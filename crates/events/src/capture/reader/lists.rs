//! Reads what stands before the events: the section, the machine, and lists entry by entry.

use std::io::Read;

use super::{List, MAX_ENTRY, Next, Reader, frame::size};
use crate::capture::{
    block::{self, FRAME, Kind},
    bytes::Cursor,
    fds,
    head::{self, Head},
    problem::{Error, Trouble},
    threads,
};

impl<R: Read> Reader<R> {
    pub(super) fn section(&mut self, length: u32) -> Result<Option<Next>, Error> {
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

    pub(super) fn machine(&mut self, length: u32) -> Result<Option<Next>, Error> {
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
    pub(super) fn open(&mut self, kind: Kind, length: u32) -> Result<Option<Next>, Error> {
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
    pub(super) fn entry(&mut self, list: List) -> Result<Option<Head>, Error> {
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
