//! What rules can ask of a system call event: one row a field, a file a family.

use std::{collections::BTreeSet, sync::LazyLock};

use farguard_rules::{Field, Source};

use crate::{
    event::Event,
    table,
    view::{Syscalls, View},
};

mod container;
mod evt;
mod evt_args;
mod evt_time;
mod fd;
mod fd_net;
mod fdlist;
mod fs_path;
mod k8s;
mod kinds;
mod lookup;
mod names;
mod print;
mod proc;
mod proc_stdio;
mod proc_tree;
mod text;
mod thread;
mod user;

#[cfg(test)]
mod tests;

/// A field with the code that reads it.
type Row = Field<Syscalls>;

/// Every family.
static FAMILIES: &[&[Row]] = &[
    container::FIELDS,
    evt::FIELDS,
    evt_args::FIELDS,
    evt_time::FIELDS,
    fd::FIELDS,
    fd_net::FIELDS,
    fdlist::FIELDS,
    fs_path::FIELDS,
    k8s::FIELDS,
    proc::FIELDS,
    proc_stdio::FIELDS,
    proc_tree::FIELDS,
    thread::FIELDS,
    user::FIELDS,
];

static FIELDS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut fields: Vec<_> = FAMILIES.iter().copied().flatten().copied().collect();
    fields.sort_unstable_by_key(|field| field.def.name);
    fields
});

impl Syscalls {
    /// The kind of an event, before anything else is known of it: what [`Source::kind`] gives.
    #[must_use]
    pub fn kind_of(event: &Event<'_>) -> usize {
        kinds::of(event)
    }
}

/// Names of the arguments of all calls.
static ARGUMENTS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let names = table::events().iter().flat_map(|event| event.params.iter().map(|it| it.name));
    names.collect::<BTreeSet<_>>().into_iter().collect()
});

impl Source for Syscalls {
    type Event<'e> = &'e View<'e>;
    const NAME: &'static str = "syscall";

    fn fields() -> &'static [Field<Self>] {
        &FIELDS
    }

    fn kind_field() -> Option<&'static str> {
        Some("evt.type")
    }

    fn kinds() -> &'static [Option<&'static str>] {
        kinds::all()
    }

    fn words(field: &str) -> Option<&'static [&'static str]> {
        matches!(field, "evt.arg" | "evt.rawarg").then_some(&ARGUMENTS)
    }

    fn kind(view: &View<'_>) -> usize {
        kinds::of(view.event)
    }

    fn time_ns(view: &View<'_>) -> u64 {
        view.event.time_ns
    }
}
