//! What rules see: an event, and the state at that moment.

use crate::{
    event::Event,
    state::{Fd, State, Thread},
};

/// The source `syscall`.
#[derive(Debug, Clone, Copy)]
pub struct Syscalls;

/// An event with what is known about who caused it. Looked up once an event, by [`State`].
#[derive(Debug, Clone, Copy)]
pub struct View<'e> {
    /// The event.
    pub event: &'e Event<'e>,
    /// Everything that is known.
    pub state: &'e State,
    /// The thread that caused it, after the event. Of a thread that made its first call, and that no
    /// `clone` told of, it holds only the id. `None` for events that nobody causes.
    pub thread: Option<&'e Thread>,
    /// The descriptor that it is about, by its number: the one that the call was given, or the one
    /// that it returned; -1 if it returned none. `None` for events that are about no descriptor.
    pub fd: Option<(i64, Option<&'e Fd>)>,
    /// Whether the event gave a descriptor that was there another name: it was bound or connected, or
    /// a datagram came from somewhere else.
    pub name_changed: bool,
}
