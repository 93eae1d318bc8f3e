//! The descriptor that the call is about.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::OptionalIndex,
        FieldType::{Bool, Charbuf, Int32, Int64},
    },
};

use super::{
    Row, evt, lookup,
    print::Argument,
    text::{self, Text},
};
use crate::{state::FdKind, table::kind as event, view::View};

/// Bits of the flags of `open` that tell of overlays, as the event table has them.
const UPPER_LAYER: u32 = 1 << 15;
const LOWER_LAYER: u32 = 1 << 16;

pub(super) static FIELDS: &[Row] = &[
    Row::new("fd.num", Int64, num, "number of the descriptor"),
    Row::new("fd.type", Charbuf, kind, "what it is: `file`, `directory`, `ipv4`, `ipv6`, `unix`, `pipe`, `event`, `signalfd`, `eventpoll`, `inotify`, `memfd` and others"),
    Row::new("fd.typechar", Charbuf, typechar, "what it is, as one letter: `f` file, `4` and `6` sockets, `u` local socket, `p` pipe and others"),
    Row::new("fd.name", Charbuf, name, "path of a file, both ends of a socket"),
    Row::new("fd.nameraw", Charbuf, nameraw, "path of a file as the call was given it"),
    Row::new("fd.directory", Charbuf, directory, "directory that the file is in"),
    Row::new("fd.filename", Charbuf, filename, "name of the file without its directory"),
    Row::new("fd.sockfamily", Charbuf, sockfamily, "family of a socket: `ip` or `unix`"),
    Row::new("fd.uid", Charbuf, uid, "id of the thread and number of the descriptor together"),
    Row::new("fd.containername", Charbuf, containername, "container and name: `CONTAINER:NAME`"),
    Row::new("fd.containerdirectory", Charbuf, containerdirectory, "container and directory: `CONTAINER:DIRECTORY`"),
    Row::new("fd.name_changed", Bool, name_changed, "whether this event gave the descriptor another name"),
    Row::new("fd.dev", Int32, dev, "device of the file"),
    Row::new("fd.dev.major", Int32, dev_major, "major number of the device of the file"),
    Row::new("fd.dev.minor", Int32, dev_minor, "minor number of the device of the file"),
    Row::new("fd.ino", Int64, ino, "inode of the file"),
    Row::new("fd.types", Charbuf, types, "kinds of all descriptors of the process, each once; with an index the kind of that descriptor").arg(OptionalIndex).list(),
    Row::new("fd.is_upper_layer", Bool, is_upper_layer, "whether the file is in the upper layer of an overlay: written after the container started"),
    Row::new("fd.is_lower_layer", Bool, is_lower_layer, "whether the file is in a lower layer of an overlay: part of the image"),
];

/// The name of a kind of descriptors.
pub(super) const fn kind_name(kind: FdKind) -> &'static str {
    described(kind).0
}

/// The letter of a kind of descriptors.
pub(super) const fn letter(kind: FdKind) -> &'static str {
    described(kind).1
}

/// Name and letter.
const fn described(kind: FdKind) -> (&'static str, &'static str) {
    match kind {
        FdKind::File => ("file", "f"),
        FdKind::Directory => ("directory", "d"),
        FdKind::Ipv4Socket => ("ipv4", "4"),
        FdKind::Ipv6Socket => ("ipv6", "6"),
        FdKind::Ipv4Server => ("ipv4", "2"),
        FdKind::Ipv6Server => ("ipv6", "3"),
        FdKind::UnixSocket => ("unix", "u"),
        FdKind::Pipe => ("pipe", "p"),
        FdKind::Event => ("event", "e"),
        FdKind::Signal => ("signalfd", "s"),
        FdKind::EventPoll => ("eventpoll", "l"),
        FdKind::Inotify => ("inotify", "i"),
        FdKind::Timer => ("timerfd", "t"),
        FdKind::Netlink => ("netlink", "n"),
        FdKind::Bpf => ("bpf", "b"),
        FdKind::Userfault => ("userfaultfd", "u"),
        FdKind::IoUring => ("io_uring", "r"),
        FdKind::Memfd => ("memfd", "m"),
        FdKind::Pidfd => ("pidfd", "P"),
        FdKind::Unsupported => ("<NA>", "X"),
        FdKind::Unknown => ("<NA>", "o"),
    }
}

/// The name, or the one that a call which failed would have given.
fn named<'e>(view: &'e View<'e>, bump: &'e Bump) -> Option<&'e [u8]> {
    let (_, fd) = view.fd?;
    match fd {
        Some(fd) if !connect_failed(view) => Some(&fd.name),
        _ => from_arguments(view, bump, false),
    }
}

fn connect_failed(view: &View<'_>) -> bool {
    view.event.kind == event::CONNECT_X && evt::result(view).is_some_and(|result| result < 0)
}

/// What the arguments of a call say that would have made a descriptor, once it has returned.
fn from_arguments<'e>(view: &'e View<'e>, bump: &'e Bump, raw: bool) -> Option<&'e [u8]> {
    if evt::def(view).is_none_or(|def| !def.is_exit()) {
        return None;
    }
    let names: &[&str] = match view.event.kind {
        event::OPEN_X | event::CREAT_X | event::OPENAT_2_X | event::OPENAT2_X => &["name"],
        event::OPEN_BY_HANDLE_AT_X => &["path"],
        event::ACCEPT_5_X | event::ACCEPT4_6_X => &["tuple"],
        event::CONNECT_X => &["tuple", "addr"],
        _ => return Some(b""),
    };
    let mut arguments = names.iter().filter_map(|name| Argument::named(view, name));
    Some(match arguments.find(|argument| argument.bytes.is_some()) {
        Some(argument) if raw && argument.is_path() => argument.text().unwrap_or_default(),
        Some(argument) => argument.shown(bump),
        None => b"",
    })
}

fn num<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    view.fd.map(|(number, _)| number).into()
}

fn kind<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| kind_name(fd.kind).into())
}

fn typechar<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let Some((_, fd)) = view.fd else { return Value::Null };
    let made = match view.event.kind {
        event::OPEN_X | event::CREAT_X | event::OPENAT_2_X | event::OPENAT2_X => FdKind::File,
        event::OPEN_E | event::CREAT_E | event::OPENAT_2_E | event::OPENAT2_E => FdKind::File,
        event::SOCKET_X | event::ACCEPT_5_X | event::ACCEPT4_6_X => FdKind::Ipv4Socket,
        event::PIPE_X | event::PIPE2_X => FdKind::Pipe,
        event::EVENTFD_X | event::EVENTFD2_X => FdKind::Event,
        event::SIGNALFD_X | event::SIGNALFD4_X => FdKind::Signal,
        event::TIMERFD_CREATE_X => FdKind::Timer,
        event::INOTIFY_INIT_X | event::INOTIFY_INIT1_X => FdKind::Inotify,
        _ => FdKind::Unknown,
    };
    letter(fd.map_or(made, |fd| fd.kind)).into()
}

fn name<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    named(view, bump).into()
}

fn nameraw<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    let Some((_, fd)) = view.fd else { return Value::Null };
    let name = match fd {
        Some(fd) => Some(fd.raw()),
        None => from_arguments(view, bump, true),
    };
    name.map(|name| without_doubled_slashes(name, bump)).into()
}

fn without_doubled_slashes<'e>(path: &'e [u8], bump: &'e Bump) -> &'e [u8] {
    let doubled = |pair: &[u8]| pair == b"//";
    if !path.windows(2).any(doubled) {
        return path;
    }
    let mut made = Text::new(bump);
    let mut slash = false;
    for byte in path {
        if !(slash && *byte == b'/') {
            made.push(&[*byte]);
        }
        slash = *byte == b'/';
    }
    made.bytes()
}

/// The directory of a path; `/` for what is in it, and for what is not a path.
fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        None | Some(0) => b"/",
        Some(slash) if slash + 1 == path.len() => path,
        Some(slash) => path.get(..slash).unwrap_or_default(),
    }
}

/// The last part of a path; `/` for what is not a path.
fn last(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        None => b"/",
        Some(slash) if slash + 1 == path.len() => path,
        Some(slash) => path.get(slash + 1..).unwrap_or_default(),
    }
}

fn directory_of<'e>(view: &'e View<'e>, bump: &'e Bump) -> Option<&'e [u8]> {
    match view.fd? {
        (_, None) => from_arguments(view, bump, false).map(parent),
        (_, Some(fd)) => match fd.kind {
            FdKind::File => Some(parent(&fd.name)),
            FdKind::Directory => Some(&fd.name),
            _ => None,
        },
    }
}

fn directory<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    directory_of(view, bump).into()
}

fn filename<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| match fd.kind {
        FdKind::File => Value::Text(last(&fd.name)),
        _ => Value::Null,
    })
}

fn sockfamily<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| match fd.kind {
        FdKind::UnixSocket => "unix".into(),
        kind if evt::is_inet(kind) => "ip".into(),
        _ => Value::Null,
    })
}

fn uid<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    match (view.thread, view.fd) {
        (Some(thread), Some((number, _))) => {
            text::print(bump, format_args!("{}{number}", thread.tid))
        }
        _ => Value::Null,
    }
}

/// Something within a container.
fn contained<'e>(view: &View<'_>, what: Option<&[u8]>, bump: &'e Bump) -> Value<'e> {
    let (Some(thread), Some(what)) = (view.thread, what) else { return Value::Null };
    let mut made = Text::new(bump);
    made.push(&thread.container_id).push(b":").push(what);
    made.value()
}

fn containername<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    contained(view, named(view, bump), bump)
}

fn containerdirectory<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    contained(view, directory_of(view, bump), bump)
}

fn name_changed<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |_| view.name_changed.into())
}

fn dev<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| Value::Int(fd.dev.into()))
}

/// # Source
/// `new_encode_dev` of Linux: 12 bits of the major number between 8 and 12 of the minor one.
fn dev_major<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| Value::Int(i64::from(fd.dev >> 8 & 0xfff)))
}

fn dev_minor<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| Value::Int(i64::from(fd.dev & 0xff | fd.dev >> 12 & 0xf_ff00)))
}

fn ino<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| i64::try_from(fd.ino).ok().into())
}

fn types<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    let (Some(thread), Some(_)) = (view.thread, view.fd) else { return Value::Null };
    if let Some(index) = arg.index {
        let fd = i64::try_from(index).ok().and_then(|number| lookup::fd_at(view, number));
        return fd.map_or(Value::Null, |fd| {
            Value::List(text::list(bump, std::iter::once(kind_name(fd.kind).into())))
        });
    }
    let mut names = bumpalo::collections::Vec::new_in(bump);
    for (_, fd) in view.state.fds(thread).iter() {
        let name = Value::from(kind_name(fd.kind));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Value::List(names.into_bump_slice())
}

fn is_upper_layer<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| (fd.open_flags & UPPER_LAYER != 0).into())
}

fn is_lower_layer<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| (fd.open_flags & LOWER_LAYER != 0).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        for (path, directory, file) in [
            ("/etc/passwd", "/etc", "passwd"),
            ("/etc", "/", "etc"),
            ("/", "/", "/"),
            ("/tmp/", "/tmp/", "/tmp/"),
            ("name", "/", "/"),
            ("", "/", "/"),
        ] {
            assert_eq!(parent(path.as_bytes()), directory.as_bytes(), "{path}");
            assert_eq!(last(path.as_bytes()), file.as_bytes(), "{path}");
        }
        let bump = Bump::new();
        assert_eq!(without_doubled_slashes(b"//a///b/c", &bump), b"/a/b/c");
    }
}
