//! Any event: number, source, type, result.

use farguard_rules::field::{
    ArgRule::RequiredKey,
    FieldType::{Bool, Charbuf, Int16, Int64, Uint32, Uint64},
};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("evt.num", Uint64, "number of the event, counted from 1"),
    Row::known("evt.pluginname", Charbuf, "plugin that made the event"),
    Row::known("evt.plugininfo", Charbuf, "summary of the event by the plugin that made it"),
    Row::known("evt.source", Charbuf, "source of the event: `syscall`"),
    Row::known(
        "evt.is_async",
        Bool,
        "whether it was made beside the stream of calls, as news of containers are",
    ),
    Row::known("evt.asynctype", Charbuf, "kind of an asynchronous event, such as `container`"),
    Row::known("evt.hostname", Charbuf, "host that the events are from"),
    Row::known("evt.type", Charbuf, "name of the call or event: `openat`"),
    Row::known(
        "evt.type.is",
        Uint32,
        "1 if the event has the type given as argument, else 0: `evt.type.is.open`",
    )
    .arg(RequiredKey)
    .dotted(),
    Row::known(
        "syscall.type",
        Charbuf,
        "name of the system call; nothing for events that are none",
    ),
    Row::known(
        "evt.category",
        Charbuf,
        "what the call is about: `file`, `net`, `process`, `memory` and so on",
    ),
    Row::known("evt.cpu", Int16, "processor that it happened on"),
    Row::known(
        "evt.dir",
        Charbuf,
        "direction: `<`, as events tell of calls that returned; `>` of those that never return",
    ),
    Row::known("evt.res", Charbuf, "`SUCCESS`, or the name of the error: `ENOENT`"),
    Row::known("evt.rawres", Int64, "what the call returned: negative numbers are errors"),
    Row::known("evt.failed", Bool, "whether the call returned an error"),
    Row::known("evt.is_io", Bool, "whether it reads from or writes to a descriptor"),
    Row::known("evt.is_io_read", Bool, "whether it reads from a descriptor"),
    Row::known("evt.is_io_write", Bool, "whether it writes to a descriptor"),
    Row::known("evt.io_dir", Charbuf, "`read` or `write`, for calls that do either"),
    Row::known("evt.is_wait", Bool, "whether the call waits, as `poll` and `nanosleep` do"),
    Row::known("evt.is_syslog", Bool, "whether it writes to `/dev/log`"),
    Row::known("evt.count", Uint32, "always 1, to be added up"),
    Row::known("evt.count.error", Uint32, "1 if the call failed, else 0"),
    Row::known(
        "evt.count.error.file",
        Uint32,
        "1 if a call on files failed, else 0; nothing for other calls",
    ),
    Row::known(
        "evt.count.error.net",
        Uint32,
        "1 if a call on sockets failed, else 0; nothing for other calls",
    ),
    Row::known(
        "evt.count.error.memory",
        Uint32,
        "1 if a call on memory failed, else 0; nothing for other calls",
    ),
    Row::known(
        "evt.count.error.other",
        Uint32,
        "1 if a call on anything else failed, else 0; nothing for calls on files, sockets and memory",
    ),
    Row::known("evt.count.exit", Uint32, "1 for events that tell of the end of a call"),
    Row::known("evt.count.procinfo", Uint32, "1 for samples of the counters of a process, else 0"),
    Row::known("evt.count.threadinfo", Uint32, "1 for samples of the counters of a thread, else 0"),
    Row::known("evt.is_open_read", Bool, "whether a file was opened for reading"),
    Row::known("evt.is_open_write", Bool, "whether a file was opened for writing"),
    Row::known(
        "evt.is_open_exec",
        Bool,
        "whether a file was created with the right to be executed",
    ),
    Row::known("evt.is_open_create", Bool, "whether opening created the file"),
];
