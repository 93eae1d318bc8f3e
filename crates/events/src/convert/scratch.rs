//! An event that is being put together.

use crate::{
    Event, Kind, Params,
    table::{self, EventFlags},
};

/// What an event takes beside its parameters.
const OVERHEAD: usize = 128;

/// An event that owns its parameters.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    num: u64,
    time_ns: u64,
    tid: i64,
    cpu: u16,
    kind: u16,
    wide: bool,
    /// Whether it is a start that was given for the state.
    pub(super) is_given: bool,
    lengths: Vec<u8>,
    data: Vec<u8>,
}

impl Scratch {
    pub(super) fn event(&self) -> Event<'_> {
        Event {
            num: self.num,
            time_ns: self.time_ns,
            tid: self.tid,
            cpu: self.cpu,
            kind: self.kind(),
            params: Params { lengths: &self.lengths, wide: self.wide, data: &self.data },
        }
    }

    pub(super) const fn kind(&self) -> Kind {
        Kind(self.kind)
    }

    /// Memory that is taken.
    pub(super) const fn size(&self) -> usize {
        self.lengths.len().saturating_add(self.data.len()).saturating_add(OVERHEAD)
    }

    pub(super) fn copy(&mut self, event: &Event<'_>) {
        self.begin(event, event.kind);
        self.wide = event.params.wide;
        self.lengths.extend_from_slice(event.params.lengths);
        self.data.extend_from_slice(event.params.data);
    }

    /// Begins an event without parameters.
    pub(super) fn begin(&mut self, like: &Event<'_>, kind: Kind) {
        (self.num, self.time_ns, self.tid, self.cpu) = (like.num, like.time_ns, like.tid, like.cpu);
        self.kind = kind.0;
        self.is_given = false;
        self.wide =
            table::event(kind).is_some_and(|event| event.flags.has(EventFlags::LARGE_PAYLOAD));
        self.lengths.clear();
        self.data.clear();
    }

    /// Adds a parameter. One that is longer than lengths can say is absent.
    pub(super) fn push(&mut self, value: &[u8]) {
        let is_short = value.len() <= usize::from(u16::MAX);
        let value = if self.wide || is_short { value } else { &[] };
        let length = u32::try_from(value.len()).unwrap_or_default().to_le_bytes();
        self.lengths.extend_from_slice(length.get(..self.width()).unwrap_or_default());
        self.data.extend_from_slice(value);
    }

    /// Adds a parameter that is 0; texts and the like are absent instead.
    pub(super) fn push_zero(&mut self) {
        let index = self.lengths.len() / self.width();
        let param = table::event(self.kind()).and_then(|event| event.params.get(index));
        let size = param.map_or(0, |param| param.kind.size());
        self.push([0; 16].get(..size).unwrap_or_default());
    }

    const fn width(&self) -> usize {
        if self.wide { 4 } else { 2 }
    }
}
