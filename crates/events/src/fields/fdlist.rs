//! Descriptors that `poll` and `ppoll` wait for.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        FieldType::{Charbuf, Uint64},
    },
};

use super::{
    Row, evt, lookup,
    print::{Argument, fd_list},
    text::Text,
};
use crate::{
    state::{End, Fd},
    table::kind as event,
    view::View,
};

pub(super) static FIELDS: &[Row] = &[
    Row::new("fdlist.nums", Charbuf, nums, "numbers, separated by commas"),
    Row::new("fdlist.names", Charbuf, names, "names, separated by commas"),
    Row::new("fdlist.cips", Charbuf, cips, "addresses of clients, separated by commas"),
    Row::new("fdlist.sips", Charbuf, sips, "addresses of servers, separated by commas"),
    Row::new("fdlist.cports", Charbuf, cports, "ports of clients, separated by commas"),
    Row::new("fdlist.sports", Charbuf, sports, "ports of servers, separated by commas"),
    Row::known("util.cnt", Uint64, "number that grows with every look at it"),
];

/// Something of each descriptor that is waited for.
fn of_each<'e>(
    view: &'e View<'e>,
    bump: &'e Bump,
    mut print: impl FnMut(i64, Option<&'e Fd>, &mut Text<'e>),
) -> Value<'e> {
    let argument = match view.event.kind {
        event::POLL_X | event::PPOLL_X => Argument::named(view, "fds"),
        _ => None,
    };
    let list = argument.and_then(|argument| fd_list(argument.bytes?));
    let (Some(list), Some(_)) = (list, view.thread) else { return Value::Null };
    let mut made = Text::new(bump);
    for (number, _) in list {
        let start = made.len();
        made.push(if start == 0 { b"" } else { b"," });
        let before = made.len();
        print(number, lookup::fd_at(view, number), &mut made);
        if made.len() == before {
            made.truncate(start);
        }
    }
    if made.is_empty() { Value::Null } else { made.value() }
}

/// An end of each socket.
fn of_sockets<'e>(
    view: &'e View<'e>,
    bump: &'e Bump,
    end: fn(&Fd) -> Option<End>,
    port: bool,
) -> Value<'e> {
    of_each(view, bump, |_, fd, out| {
        match fd.filter(|fd| evt::is_inet(fd.kind)).and_then(end) {
            Some((_, number)) if port => out.print(format_args!("{number}")),
            Some((address, _)) => out.print(format_args!("{address}")),
            None => out,
        };
    })
}

fn client(fd: &Fd) -> Option<End> {
    fd.socket.source.filter(|_| fd.kind.is_inet())
}

const fn server(fd: &Fd) -> Option<End> {
    fd.socket.target
}

fn nums<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_each(view, bump, |number, _, out| {
        out.print(format_args!("{number}"));
    })
}

fn names<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_each(view, bump, |_, fd, out| {
        let name = fd.map(|fd| &*fd.name).filter(|name| !name.is_empty());
        out.push(name.unwrap_or(b"<NA>"));
    })
}

fn cips<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_sockets(view, bump, client, false)
}

fn sips<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_sockets(view, bump, server, false)
}

fn cports<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_sockets(view, bump, client, true)
}

fn sports<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_sockets(view, bump, server, true)
}
