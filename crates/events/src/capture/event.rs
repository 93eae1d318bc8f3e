//! Events as they lie in blocks.

use std::ops::Range;

use super::{block::EventBlock, bytes::Cursor};
use crate::{
    Event, Kind, Params,
    table::{self, EventFlags, kind},
};

/// The event was only recorded because it changes the state of others: it is not to be shown.
pub(super) const STATE_ONLY: u32 = 1;

/// Time, thread, length, type.
const HEADER: usize = 22;
/// With the number of parameters, in newer blocks.
pub(super) const COUNTED_HEADER: usize = 26;

/// Where the parts of an event lie in its block.
#[derive(Debug, Clone, Default)]
pub(super) struct Raw {
    pub(super) num: u64,
    pub(super) time_ns: u64,
    pub(super) tid: i64,
    pub(super) cpu: u16,
    pub(super) kind: u16,
    pub(super) flags: u32,
    wide: bool,
    lengths: Range<usize>,
    data: Range<usize>,
}

/// Why a block does not hold an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    Damaged,
    Unknown(Kind),
}

impl Raw {
    /// Finds the parts of an event in its block, which begins with its type and length.
    pub(super) fn parse(layout: EventBlock, block: &[u8], num: u64) -> Result<Self, Bad> {
        let mut rest = Cursor(block);
        let mut raw = Self { num, ..Self::default() };
        let length = raw.header(layout, &mut rest).ok_or(Bad::Damaged)?;
        let def = table::event(Kind(raw.kind)).ok_or(Bad::Unknown(Kind(raw.kind)))?;
        raw.wide = def.flags.has(EventFlags::LARGE_PAYLOAD);
        let (lengths, data) = if layout.counted {
            counted(&mut rest, length, raw.wide)
        } else {
            uncounted(rest, length, raw.kind, def.params.len())
        }
        .ok_or(Bad::Damaged)?;
        let start = block.len() - rest.left();
        raw.lengths = start..start + lengths;
        raw.data = raw.lengths.end..raw.lengths.end + data;
        Ok(raw)
    }

    /// Reads what precedes the parameters, and gives the length of an event with its header.
    #[inline]
    fn header(&mut self, layout: EventBlock, rest: &mut Cursor<'_>) -> Option<usize> {
        rest.bytes(8)?;
        self.cpu = rest.u16()?;
        self.flags = if layout.flags { rest.u32()? } else { 0 };
        self.time_ns = rest.u64()?;
        self.tid = rest.i64()?;
        let length = rest.u32()?;
        self.kind = rest.u16()?;
        usize::try_from(length).ok()
    }

    /// The event, of the block that it was found in.
    pub(super) fn event<'a>(&self, block: &'a [u8]) -> Event<'a> {
        let params = Params {
            lengths: block.get(self.lengths.clone()).unwrap_or_default(),
            wide: self.wide,
            data: block.get(self.data.clone()).unwrap_or_default(),
        };
        Event {
            num: self.num,
            time_ns: self.time_ns,
            tid: self.tid,
            cpu: self.cpu,
            kind: Kind(self.kind),
            params,
        }
    }
}

/// Bytes of the lengths and of the values, where the number of parameters is given.
#[inline]
fn counted(rest: &mut Cursor<'_>, length: usize, wide: bool) -> Option<(usize, usize)> {
    let count = usize::try_from(rest.u32()?).ok()?;
    let lengths = count.checked_mul(if wide { 4 } else { 2 })?;
    let data = length.checked_sub(COUNTED_HEADER)?.checked_sub(lengths)?;
    (lengths.checked_add(data)? <= rest.left()).then_some((lengths, data))
}

/// The same where it is not given: the largest number that explains the length of the event.
fn uncounted(rest: Cursor<'_>, length: usize, kind: u16, most: usize) -> Option<(usize, usize)> {
    // Two events were recorded with 3 bytes more than they have.
    let excess = if matches!(Kind(kind), kind::NOTIFICATION_E | kind::INFRASTRUCTURE_EVENT_E) {
        3
    } else {
        0
    };
    let size = length.checked_sub(HEADER)?.checked_sub(excess)?;
    let body = rest.0.get(..size)?;
    (0..=most).rev().find_map(|count| {
        let lengths = body.get(..count * 2)?;
        let data = lengths.chunks_exact(2).map(|pair| match *pair {
            [low, high] => usize::from(u16::from_le_bytes([low, high])),
            _ => 0,
        });
        let data: usize = data.sum();
        (lengths.len() + data == size).then_some((lengths.len(), data))
    })
}
