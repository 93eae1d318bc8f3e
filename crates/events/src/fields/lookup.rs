//! Who an event is about, beyond the thread that caused it.

use farguard_rules::Value;

use crate::{
    state::{Fd, Thread},
    view::View,
};

/// A value of the thread that caused the event.
pub(super) fn thread<'e>(
    view: &'e View<'e>,
    get: impl FnOnce(&'e Thread) -> Value<'e>,
) -> Value<'e> {
    view.thread.map_or(Value::Null, get)
}

/// A value of the descriptor that the event is about.
pub(super) fn fd<'e>(view: &'e View<'e>, get: impl FnOnce(&'e Fd) -> Value<'e>) -> Value<'e> {
    view.fd.and_then(|(_, fd)| fd).map_or(Value::Null, get)
}

/// The main thread of the process that caused the event.
pub(super) fn main<'e>(view: &'e View<'e>) -> Option<&'e Thread> {
    view.state.main(view.thread?)
}

/// A descriptor of the process that caused the event, by its number.
pub(super) fn fd_at<'e>(view: &'e View<'e>, number: i64) -> Option<&'e Fd> {
    view.state.fd(view.thread?, number)
}

/// The parent of a thread, its parent, and so on.
pub(super) fn ancestors<'e>(
    view: &'e View<'e>,
    of: &'e Thread,
) -> impl Iterator<Item = &'e Thread> {
    let parent = view.state.parent(of);
    parent.into_iter().flat_map(|parent| view.state.lineage(parent))
}
