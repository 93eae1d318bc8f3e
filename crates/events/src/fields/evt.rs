//! Any event: number, source, type, result.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::RequiredKey,
        FieldType::{Bool, Charbuf, Int16, Int64, Uint32, Uint64},
    },
};

use super::{Row, kinds, names};
use crate::{
    state::FdKind,
    table::{self, Category, EventDef, EventFlags, kind as event},
    view::View,
};

pub(super) static FIELDS: &[Row] = &[
    Row::new("evt.num", Uint64, num, "number of the event, counted from 1"),
    Row::known("evt.pluginname", Charbuf, "plugin that made the event"),
    Row::known("evt.plugininfo", Charbuf, "summary of the event by the plugin that made it"),
    Row::new("evt.source", Charbuf, source, "source of the event: `syscall`"),
    Row::new(
        "evt.is_async",
        Bool,
        is_async,
        "whether it was made beside the stream of calls, as news of containers are",
    ),
    Row::new(
        "evt.asynctype",
        Charbuf,
        asynctype,
        "kind of an asynchronous event, such as `container`",
    ),
    Row::new("evt.hostname", Charbuf, hostname, "host that the events are from"),
    Row::new("evt.type", Charbuf, kind, "name of the call or event: `openat`"),
    Row::new(
        "evt.type.is",
        Uint32,
        type_is,
        "1 if the event has the type given as argument, else 0: `evt.type.is.open`",
    )
    .arg(RequiredKey)
    .dotted(),
    Row::new(
        "syscall.type",
        Charbuf,
        syscall_type,
        "name of the system call; nothing for events that are none",
    ),
    Row::new(
        "evt.category",
        Charbuf,
        category,
        "what the call is about: `file`, `net`, `process`, `memory` and so on",
    ),
    Row::new("evt.cpu", Int16, cpu, "processor that it happened on"),
    Row::new(
        "evt.dir",
        Charbuf,
        dir,
        "direction: `<`, as events tell of calls that returned; `>` of those that never return",
    ),
    Row::new("evt.res", Charbuf, res, "`SUCCESS`, or the name of the error: `ENOENT`"),
    Row::new("evt.rawres", Int64, rawres, "what the call returned: negative numbers are errors"),
    Row::new("evt.failed", Bool, failed, "whether the call returned an error"),
    Row::new("evt.is_io", Bool, is_io, "whether it reads from or writes to a descriptor"),
    Row::new("evt.is_io_read", Bool, is_io_read, "whether it reads from a descriptor"),
    Row::new("evt.is_io_write", Bool, is_io_write, "whether it writes to a descriptor"),
    Row::new("evt.io_dir", Charbuf, io_dir, "`read` or `write`, for calls that do either"),
    Row::new("evt.is_wait", Bool, is_wait, "whether the call waits, as `poll` and `nanosleep` do"),
    Row::new("evt.is_syslog", Bool, is_syslog, "whether it writes to `/dev/log`"),
    Row::new("evt.count", Uint32, count, "always 1, to be added up"),
    Row::new("evt.count.error", Uint32, count_error, "1 if the call failed, else 0"),
    Row::new(
        "evt.count.error.file",
        Uint32,
        count_error_file,
        "1 if a call on files failed, else 0; nothing for other calls",
    ),
    Row::new(
        "evt.count.error.net",
        Uint32,
        count_error_net,
        "1 if a call on sockets failed, else 0; nothing for other calls",
    ),
    Row::new(
        "evt.count.error.memory",
        Uint32,
        count_error_memory,
        "1 if a call on memory failed, else 0; nothing for other calls",
    ),
    Row::new(
        "evt.count.error.other",
        Uint32,
        count_error_other,
        "1 if a call on anything else failed, else 0; nothing for calls on files, sockets and memory",
    ),
    Row::new("evt.count.exit", Uint32, count_exit, "1 for events that tell of the end of a call"),
    Row::new(
        "evt.count.procinfo",
        Uint32,
        count_procinfo,
        "1 for samples of the counters of a process, else 0",
    ),
    Row::new(
        "evt.count.threadinfo",
        Uint32,
        count_threadinfo,
        "1 for samples of the counters of a thread, else 0",
    ),
    Row::new("evt.is_open_read", Bool, is_open_read, "whether a file was opened for reading"),
    Row::new("evt.is_open_write", Bool, is_open_write, "whether a file was opened for writing"),
    Row::new(
        "evt.is_open_exec",
        Bool,
        is_open_exec,
        "whether a file was created with the right to be executed",
    ),
    Row::new("evt.is_open_create", Bool, is_open_create, "whether opening created the file"),
];

/// Bits of the flags of `open`, as the event table has them.
const READ: u32 = 1;
const WRITE: u32 = 1 << 1;
const CREATE: u32 = 1 << 2;
const TMPFILE: u32 = 1 << 13;
const CREATED: u32 = 1 << 14;

/// Rights to execute: of the owner, the group and others.
const EXECUTE: u32 = 0o111;

pub(super) fn def(view: &View<'_>) -> Option<&'static EventDef> {
    table::event(view.event.kind)
}

fn has(view: &View<'_>, flags: EventFlags) -> bool {
    def(view).is_some_and(|def| def.flags.has(flags))
}

/// A parameter of 4 bytes by its name.
fn param_u32(view: &View<'_>, name: &str) -> Option<u32> {
    view.event.params.u32(def(view)?.param(name)?.0)
}

/// What the call returned, if the event tells the end of a call.
pub(super) fn result(view: &View<'_>) -> Option<i64> {
    let def = def(view)?;
    let returns = def.params.first()?.kind.size() == 8;
    let is_call = def.is_exit() && def.category.has(Category::SYSCALL);
    if is_call && returns { view.event.params.i64(0) } else { None }
}

fn is_failure(view: &View<'_>) -> Option<bool> {
    Some(result(view)? < 0)
}

fn num<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Uint(view.event.num)
}

fn source<'e>(_: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    "syscall".into()
}

fn is_meta(view: &View<'_>) -> bool {
    def(view).is_some_and(|def| def.category.has(Category::META))
}

fn is_async<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    is_meta(view).into()
}

fn asynctype<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    if is_meta(view) { kind(view, arg, bump) } else { Value::Null }
}

fn hostname<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Text(&view.state.machine.hostname)
}

fn kind<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    match view.event.kind {
        event::GENERIC_X => {
            let call = kinds::call(view.event).and_then(table::syscall);
            call.unwrap_or("unknown").into()
        }
        event::ASYNCEVENT_E => view.event.params.text(1).into(),
        _ => def(view).map(|def| def.name).into(),
    }
}

fn type_is<'e>(view: &'e View<'e>, arg: &'e Arg, _: &'e Bump) -> Value<'e> {
    let is = match arg.index {
        Some(number) => number == u64::from(view.event.kind.0),
        None => def(view).is_some_and(|def| def.name == arg.text),
    };
    Value::Uint(is.into())
}

fn syscall_type<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    let is_call = def(view).is_some_and(|def| def.category.has(Category::SYSCALL));
    if is_call { kind(view, arg, bump) } else { Value::Null }
}

fn category<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let Some(def) = def(view) else { return Value::Null };
    let name = match def.category.class() {
        _ if def.category.has(Category::INTERNAL) => "internal",
        Category::OTHER => "other",
        Category::FILE => "file",
        Category::NET => "net",
        Category::IPC => "IPC",
        Category::MEMORY => "memory",
        Category::PROCESS => "process",
        Category::SLEEP => "sleep",
        Category::SYSTEM => "system",
        Category::SIGNAL => "signal",
        Category::USER => "user",
        Category::TIME => "time",
        Category::IO_READ | Category::IO_WRITE | Category::IO_OTHER => io_category(view),
        Category::WAIT => "wait",
        Category::SCHEDULER => "scheduler",
        _ => "unknown",
    };
    name.into()
}

fn io_category(view: &View<'_>) -> &'static str {
    let fd = view.fd.and_then(|(_, fd)| fd);
    match fd.map(|fd| fd.kind) {
        Some(FdKind::File | FdKind::Directory) => "file",
        Some(kind) if is_inet(kind) => "net",
        Some(
            FdKind::Pipe
            | FdKind::UnixSocket
            | FdKind::Event
            | FdKind::Signal
            | FdKind::Inotify
            | FdKind::Userfault,
        ) => "ipc",
        _ => "unknown",
    }
}

/// Whether it is a socket of the internet.
pub(super) const fn is_inet(kind: FdKind) -> bool {
    matches!(
        kind,
        FdKind::Ipv4Socket | FdKind::Ipv6Socket | FdKind::Ipv4Server | FdKind::Ipv6Server
    )
}

fn cpu<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Int(view.event.cpu.into())
}

fn dir<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    def(view).map(|def| if def.is_exit() { "<" } else { ">" }).into()
}

fn res<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    match result(view) {
        None => Value::Null,
        Some(0..) => "SUCCESS".into(),
        Some(failure) => match names::error(failure) {
            Some(name) => name.into(),
            None => super::text::print(bump, format_args!("{failure}")),
        },
    }
}

fn rawres<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    result(view).into()
}

fn failed<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    is_failure(view).into()
}

fn is_io<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let io = has(view, EventFlags::READS_FROM_FD) || has(view, EventFlags::WRITES_TO_FD);
    io.into()
}

fn is_io_read<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    has(view, EventFlags::READS_FROM_FD).into()
}

fn is_io_write<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    has(view, EventFlags::WRITES_TO_FD).into()
}

fn io_dir<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    if has(view, EventFlags::WRITES_TO_FD) {
        "write".into()
    } else if has(view, EventFlags::READS_FROM_FD) {
        "read".into()
    } else {
        Value::Null
    }
}

fn is_wait<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    has(view, EventFlags::WAITS).into()
}

fn is_syslog<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let fd = view.fd.and_then(|(_, fd)| fd);
    let named = fd.is_some_and(|fd| fd.name.windows(8).any(|part| part == b"/dev/log"));
    (named && has(view, EventFlags::WRITES_TO_FD)).into()
}

fn count<'e>(_: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Uint(1)
}

fn count_error<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    is_failure(view).map(u64::from).into()
}

/// What an event is about, for counting errors.
#[derive(PartialEq, Eq)]
enum Subject {
    File,
    Net,
    Memory,
    Other,
}

fn subject(view: &View<'_>) -> Subject {
    if let Some(fd) = view.fd.and_then(|(_, fd)| fd) {
        return match fd.kind {
            FdKind::File | FdKind::Directory => Subject::File,
            FdKind::UnixSocket => Subject::Net,
            kind if is_inet(kind) => Subject::Net,
            _ => Subject::Other,
        };
    }
    match view.event.kind {
        event::OPEN_X
        | event::CREAT_X
        | event::OPENAT_2_X
        | event::OPENAT2_X
        | event::OPEN_BY_HANDLE_AT_X => Subject::File,
        event::ACCEPT_5_X | event::ACCEPT4_6_X | event::CONNECT_X => Subject::Net,
        _ if def(view).is_some_and(|def| def.category.class() == Category::MEMORY) => {
            Subject::Memory
        }
        _ => Subject::Other,
    }
}

fn count_error_of<'e>(view: &View<'_>, what: &Subject) -> Value<'e> {
    if subject(view) == *what { is_failure(view).map(u64::from).into() } else { Value::Null }
}

fn count_error_file<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    count_error_of(view, &Subject::File)
}

fn count_error_net<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    count_error_of(view, &Subject::Net)
}

fn count_error_memory<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    count_error_of(view, &Subject::Memory)
}

fn count_error_other<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    count_error_of(view, &Subject::Other)
}

fn count_exit<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    def(view).filter(|def| def.is_exit()).map(|_| 1_u64).into()
}

fn count_procinfo<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let is_main = view.thread.is_some_and(|thread| thread.tid == thread.pid);
    Value::Uint((is_main && view.event.kind == event::PROCINFO_E).into())
}

fn count_threadinfo<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Uint((view.event.kind == event::PROCINFO_E).into())
}

/// Flags of the call that opened a file.
fn open_flags(view: &View<'_>) -> Option<u32> {
    match view.event.kind {
        event::OPEN_X | event::OPENAT_2_X | event::OPENAT2_X | event::OPEN_BY_HANDLE_AT_X => {
            param_u32(view, "flags")
        }
        _ => None,
    }
}

fn opened_with(view: &View<'_>, flags: u32) -> bool {
    open_flags(view).is_some_and(|with| with & flags != 0)
}

fn is_open_read<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    opened_with(view, READ).into()
}

fn is_open_write<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    opened_with(view, WRITE).into()
}

fn is_open_exec<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let creates = view.event.kind == event::CREAT_X || opened_with(view, CREATE | TMPFILE);
    let executable = param_u32(view, "mode").is_some_and(|mode| mode & EXECUTE != 0);
    (creates && executable).into()
}

fn is_open_create<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let succeeded = result(view).is_some_and(|fd| fd >= 0);
    (opened_with(view, CREATED) || (succeeded && opened_with(view, TMPFILE))).into()
}
