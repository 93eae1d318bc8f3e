//! What a thread said when it began a call.

use crate::{Event, Kind, Params};

/// Longest parameters that are kept.
const LIMIT: usize = 16 << 10;

/// The start of a call, kept until its end. The end of `open` and `connect` may show what the process
/// has put into memory meanwhile; the start shows what the kernel went by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pending {
    kind: Option<Kind>,
    bytes: Vec<u8>,
    split: usize,
    wide: bool,
}

impl Pending {
    pub(crate) fn keep(&mut self, event: &Event<'_>) {
        self.kind = None;
        let Params { lengths, wide, data } = event.params;
        if lengths.len() + data.len() > LIMIT {
            return;
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(lengths);
        self.bytes.extend_from_slice(data);
        (self.kind, self.split, self.wide) = (Some(event.kind), lengths.len(), wide);
    }

    pub(crate) const fn is_some(&self) -> bool {
        self.kind.is_some()
    }

    pub(crate) const fn forget(&mut self) {
        self.kind = None;
    }

    /// The parameters, if it is the start of that kind of call.
    pub(crate) fn start(&self, kind: Kind) -> Option<Params<'_>> {
        if self.kind != Some(kind) {
            return None;
        }
        let (lengths, data) = self.bytes.split_at_checked(self.split)?;
        Some(Params { lengths, wide: self.wide, data })
    }
}
