//! Parameters of events that have many.

use std::sync::Arc;

use crate::{Params, state::Text};

/// Most parameters of an event.
const COUNT: usize = 32;
/// Longest texts that are kept: libs writes no longer arguments, environments and groups.
const LIMIT: usize = 4096;

/// Parameters found once, for events of which most are needed.
#[derive(Debug)]
pub(crate) struct Args<'a>([&'a [u8]; COUNT]);

impl<'a> Args<'a> {
    pub(crate) fn new(params: &Params<'a>) -> Self {
        let mut args = [&[][..]; COUNT];
        for (place, value) in args.iter_mut().zip(params.iter()) {
            *place = value;
        }
        Self(args)
    }

    /// The bytes of one; `None` when it is absent.
    pub(crate) fn get(&self, index: usize) -> Option<&'a [u8]> {
        self.0.get(index).copied().filter(|bytes| !bytes.is_empty())
    }

    pub(crate) fn i64(&self, index: usize) -> Option<i64> {
        Some(i64::from_le_bytes(self.get(index)?.try_into().ok()?))
    }

    pub(crate) fn u64(&self, index: usize) -> Option<u64> {
        Some(u64::from_le_bytes(self.get(index)?.try_into().ok()?))
    }

    pub(crate) fn u32(&self, index: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.get(index)?.try_into().ok()?))
    }

    /// A text without its NUL.
    pub(crate) fn text(&self, index: usize) -> Option<&'a [u8]> {
        self.get(index)?.split(|byte| *byte == 0).next()
    }
}

/// A text to keep: the one there was, if it is the same.
pub(crate) fn reuse(old: &Text, new: &[u8]) -> Text {
    let new = new.get(..LIMIT).unwrap_or(new);
    if **old == *new { Arc::clone(old) } else { Arc::from(new) }
}

/// A list whose parts each end by NUL, the last too.
pub(crate) fn reuse_list(old: &Text, new: &[u8]) -> Text {
    let new = new.get(..LIMIT).unwrap_or(new);
    if new.last().is_none_or(|last| *last == 0) {
        reuse(old, new)
    } else if old.split_last().is_some_and(|(end, start)| *end == 0 && start == new) {
        Arc::clone(old)
    } else {
        [new, &[0]].concat().into()
    }
}
