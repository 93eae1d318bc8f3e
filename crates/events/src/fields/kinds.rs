//! Kinds of events as rules are indexed by them: the event table, then calls that only have a number.

use std::sync::LazyLock;

use crate::{
    event::Event,
    table::{self, kind},
};

/// Calls without an event of their own follow the event table: more than there are numbers of calls.
const CALLS: u16 = 512;

static KINDS: LazyLock<Vec<Option<&'static str>>> = LazyLock::new(|| {
    let events = table::events().iter().map(|event| match event.kind {
        kind::GENERIC_X | kind::ASYNCEVENT_E => None,
        _ => Some(event.name).filter(|name| *name != "NA"),
    });
    events.chain((0..CALLS).map(table::syscall)).collect()
});

/// The type of each kind; `None` where the event itself says it.
pub(super) fn all() -> &'static [Option<&'static str>] {
    &KINDS
}

/// The kind of an event.
pub(super) fn of(event: &Event<'_>) -> usize {
    match call(event) {
        Some(call) if call < CALLS => table::events().len() + usize::from(call),
        _ => usize::from(event.kind.0),
    }
}

/// The number of the call, of events that carry no more than that.
pub(super) fn call(event: &Event<'_>) -> Option<u16> {
    (event.kind == kind::GENERIC_X).then(|| event.params.u16(0)).flatten()
}
