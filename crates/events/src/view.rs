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
    /// The thread that caused it, after the event.
    pub thread: Option<&'e Thread>,
    /// The descriptor that it is about, with its number.
    pub fd: Option<(i64, Option<&'e Fd>)>,
}
