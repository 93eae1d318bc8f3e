//! Arguments as text: the value itself, and what it stands for.
//!
//! `fd=3(<f>/etc/passwd)`, `res=-2(ENOENT)`, `flags=65(O_RDONLY|O_CLOEXEC)`.

use std::net::{Ipv4Addr, Ipv6Addr};

use bumpalo::Bump;
use farguard_rules::Value;

use super::{evt_time, fd, fd_net, lookup, names, text::Text};
use crate::{
    Kind,
    table::{self, ParamDef, ParamType, kind as event},
    view::View,
};

mod flags;
mod number;
mod socket;

use number::Number;

/// Stands for the working directory where a directory descriptor is asked for.
const AT_FDCWD: i64 = -100;

/// An argument of an event.
#[derive(Clone, Copy)]
pub(super) struct Argument<'e> {
    pub(super) view: &'e View<'e>,
    pub(super) def: &'static ParamDef,
    /// Its bytes; `None` when it is absent.
    pub(super) bytes: Option<&'e [u8]>,
}

impl<'e> Argument<'e> {
    /// By its number; `None` when the event has no such parameter, or was recorded before it had.
    pub(super) fn at(view: &'e View<'e>, index: usize) -> Option<Self> {
        let def = table::event(view.event.kind)?.params.get(index)?;
        let known = index < view.event.params.count();
        known.then(|| Self { view, def, bytes: view.event.params.get(index) })
    }

    /// By its name.
    pub(super) fn named(view: &'e View<'e>, name: &str) -> Option<Self> {
        Self::at(view, table::event(view.event.kind)?.param(name)?.0)
    }

    /// What may be of one of several types, as the type that it says it is of.
    fn settled(self) -> (ParamType, Option<&'e [u8]>) {
        match (self.def.kind, self.bytes) {
            (ParamType::Dyn, Some([which, bytes @ ..])) => {
                (variant(self.view.event.kind, *which), Some(bytes))
            }
            (kind, bytes) => (kind, bytes),
        }
    }

    /// As it is.
    pub(super) fn value(self) -> Value<'e> {
        let (kind, Some(bytes)) = self.settled() else { return Value::Null };
        match kind {
            ParamType::Charbuf | ParamType::Fspath | ParamType::Fsrelpath => self.text().into(),
            _ => match Number::read(kind, bytes) {
                None if kind.size() != 0 => Value::Null,
                None => Value::Bytes(bytes),
                Some(number) if number::is_signed(kind) => Value::Int(number.signed()),
                Some(number) => Value::Uint(number.raw()),
            },
        }
    }

    /// What it stands for, else the value itself.
    pub(super) fn shown(self, bump: &'e Bump) -> &'e [u8] {
        let is_plain = match self.def.kind {
            ParamType::Charbuf => true,
            ParamType::Fspath | ParamType::Fsrelpath => {
                self.bytes.is_some_and(|bytes| bytes.starts_with(b"/"))
            }
            _ => false,
        };
        if let Some(text) = self.text().filter(|_| is_plain) {
            return text;
        }
        let mut out = Text::new(bump);
        self.resolve(&mut out);
        if out.is_empty() {
            self.print(&mut out);
        }
        out.bytes()
    }

    /// `NAME=VALUE`, and what it stands for in parentheses.
    pub(super) fn print_pair(self, out: &mut Text<'_>) {
        out.push(self.def.name.as_bytes()).push(b"=");
        self.print(out);
        let before = out.len();
        out.push(b"(");
        self.resolve(out);
        if out.len() == before + 1 {
            out.truncate(before);
        } else {
            out.push(b")");
        }
    }

    pub(super) const fn is_path(self) -> bool {
        matches!(self.def.kind, ParamType::Fspath | ParamType::Fsrelpath)
    }

    /// A text or path, without the NUL at its end.
    pub(super) fn text(self) -> Option<&'e [u8]> {
        self.bytes?.split(|byte| *byte == 0).next()
    }

    /// The value itself.
    pub(super) fn print(self, out: &mut Text<'_>) {
        let (kind, bytes) = self.settled();
        let shown = bytes.and_then(|bytes| self.print_as(kind, bytes, out));
        if shown.is_none() {
            out.push(absent(self.def.kind));
        }
    }

    fn print_as(self, kind: ParamType, bytes: &'e [u8], out: &mut Text<'_>) -> Option<()> {
        match kind {
            ParamType::Charbuf | ParamType::Fspath | ParamType::Fsrelpath => {
                out.push(self.text()?);
            }
            ParamType::Bytebuf
            | ParamType::Dyn
            | ParamType::Charbufarray
            | ParamType::CharbufPairArray => {
                out.dots(bytes);
            }
            ParamType::Sockaddr => socket::address(bytes, out)?,
            ParamType::Socktuple => socket::tuple(bytes, out)?,
            ParamType::Fdlist => self.fd_list(bytes, out)?,
            ParamType::Sigset => flags::signals(Number::read(kind, bytes)?.bits(), out),
            ParamType::Abstime => {
                evt_time::write_datetime(Number::read(kind, bytes)?.raw(), out);
                out.push(b" +0000");
            }
            ParamType::Ipv4addr => {
                out.print(format_args!("{}", Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)));
            }
            ParamType::Ipv6addr => {
                out.print(format_args!("{}", Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)));
            }
            ParamType::Reltime if bytes == [0xff; 8] => {
                out.push(b"none");
            }
            _ => Number::read(kind, bytes)?.print(kind, self.def.format, out),
        }
        Some(())
    }

    /// What the value stands for: names of flags, errors, users; what a descriptor leads to; the
    /// absolute path.
    pub(super) fn resolve(self, out: &mut Text<'_>) {
        let (kind, bytes) = self.settled();
        let number = bytes.and_then(|bytes| Number::read(kind, bytes));
        let Some(number) = number else {
            if matches!(kind, ParamType::Fspath | ParamType::Fsrelpath) {
                self.resolve_path(out);
            }
            return;
        };
        match kind {
            ParamType::Fd | ParamType::Fd32 => self.resolve_fd(number.signed(), out),
            ParamType::Pid | ParamType::Pid32 => {
                if let Some(thread) = self.view.state.thread(number.signed()) {
                    out.push(&thread.comm);
                }
            }
            ParamType::Errno => {
                out.push(names::error(number.signed()).unwrap_or_default().as_bytes());
            }
            ParamType::Sigtype => {
                let name = u8::try_from(number.raw()).ok().and_then(names::signal);
                out.push(name.unwrap_or_default().as_bytes());
            }
            ParamType::Syscallid => {
                let name = u16::try_from(number.raw()).ok().and_then(table::syscall);
                out.push(name.unwrap_or("<unknown syscall>").as_bytes());
            }
            ParamType::Reltime => number::seconds(number.raw(), out),
            ParamType::Uid | ParamType::Gid => self.resolve_id(number.bits(), kind, out),
            ParamType::Flags8 | ParamType::Flags16 | ParamType::Flags32 | ParamType::Mode => {
                flags::names(number.bits(), self.def.values, out);
            }
            ParamType::Enumflags8 | ParamType::Enumflags16 | ParamType::Enumflags32 => {
                flags::enumerated(number.bits(), self.def.values, out);
            }
            _ => {}
        }
    }

    fn resolve_fd(self, number: i64, out: &mut Text<'_>) {
        if number == AT_FDCWD {
            out.push(b"AT_FDCWD");
        } else if number < 0 {
            out.push(names::error(number).unwrap_or_default().as_bytes());
        } else if let Some(fd) = lookup::fd_at(self.view, number) {
            let protocol = fd_net::protocol(fd).and_then(|name| name.get(..1)).unwrap_or_default();
            out.print(format_args!("<{}{protocol}>", fd::letter(fd.kind))).push(&fd.name);
        }
    }

    fn resolve_id(self, id: u32, kind: ParamType, out: &mut Text<'_>) {
        let View { thread, state, .. } = *self.view;
        let name = match kind {
            _ if id == u32::MAX => Some(&b"<NONE>"[..]),
            ParamType::Uid => {
                let user = thread.and_then(|thread| state.user(&thread.container_id, id));
                user.map(|user| &*user.name)
            }
            _ => thread.and_then(|thread| state.group(&thread.container_id, id)),
        };
        out.push(name.filter(|name| !name.is_empty()).unwrap_or(b"<NA>"));
    }

    /// A relative path made absolute; absolute ones are as they are.
    fn resolve_path(self, out: &mut Text<'_>) {
        let Some(text) = self.text() else { return };
        let plain = text.is_empty() || text.starts_with(b"/") || text == b"<NA>";
        if plain || self.view.thread.is_none() {
            return;
        }
        let path = self.absolute(text);
        out.push(&path);
    }

    /// A path seen from the directory that it is relative to.
    pub(super) fn absolute(self, path: &[u8]) -> Vec<u8> {
        let dirfd = self.def.dirfd.and_then(|index| self.view.event.params.i64(index));
        self.view.state.resolve(self.view.thread, dirfd.unwrap_or(AT_FDCWD), path)
    }

    fn fd_list(self, bytes: &[u8], out: &mut Text<'_>) -> Option<()> {
        self.view.thread?;
        for (at, (number, events)) in fd_list(bytes)?.enumerate() {
            let letter = lookup::fd_at(self.view, number).map_or("?", |fd| fd::letter(fd.kind));
            let blank = if at == 0 { "" } else { " " };
            out.print(format_args!("{blank}{number}:{letter}{events:x}"));
        }
        Some(())
    }
}

/// Descriptors and events of a list that `poll` is given.
pub(super) fn fd_list(bytes: &[u8]) -> Option<impl Iterator<Item = (i64, u16)>> {
    let (count, entries) = bytes.split_first_chunk::<2>()?;
    let entries = entries.chunks_exact(10).take(u16::from_le_bytes(*count).into());
    Some(entries.filter_map(|entry| {
        let (number, events) = entry.split_first_chunk::<8>()?;
        Some((i64::from_le_bytes(*number), u16::from_le_bytes(*events.first_chunk()?)))
    }))
}

/// What a parameter that may be of several types is of.
///
/// # Source
/// `driver/dynamic_params_table.c` of falcosecurity/libs.
fn variant(kind: Kind, which: u8) -> ParamType {
    let variants: &[ParamType] = match kind {
        event::SETSOCKOPT_X | event::GETSOCKOPT_X => &[
            ParamType::Bytebuf,
            ParamType::Errno,
            ParamType::Uint32,
            ParamType::Uint64,
            ParamType::Reltime,
        ],
        event::PTRACE_X => &[ParamType::Uint64, ParamType::Sigtype],
        event::KEYCTL_X => &[ParamType::Uint64, ParamType::Charbuf],
        _ => &[ParamType::Fd, ParamType::Errno],
    };
    variants.get(usize::from(which)).copied().unwrap_or(ParamType::Bytebuf)
}

/// What is printed for what is absent.
const fn absent(kind: ParamType) -> &'static [u8] {
    match kind {
        ParamType::Bytebuf
        | ParamType::Socktuple
        | ParamType::Fdlist
        | ParamType::Charbufarray
        | ParamType::CharbufPairArray
        | ParamType::Dyn => b"NULL",
        _ => b"<NA>",
    }
}
