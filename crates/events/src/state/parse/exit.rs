//! `procexit`: a thread ends.

use crate::{
    Event,
    state::{Ends, State, threads::Handle},
};

/// It is still there when rules look, but its process has one thread less.
pub(super) fn event(state: &mut State, at: Handle, event: &Event<'_>) {
    state.now.ends = Ends::Thread;
    state.end(at);
    if let Some(thread) = state.threads.get_mut(at) {
        thread.links.heir = event.params.i64(4).unwrap_or(0);
        state.ended.note(thread.tid, thread.ptid, event.time_ns);
    }
}
