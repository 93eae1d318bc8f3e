//! `procexit`: a thread ends.

use crate::{
    Event,
    state::{Ends, State, threads::Handle},
};

pub(super) fn event(state: &mut State, at: Handle, event: &Event<'_>) {
    state.now.ends = Ends::Thread;
    if let Some(thread) = state.threads.get_mut(at) {
        thread.links.heir = event.params.i64(4).unwrap_or(0);
    }
}
