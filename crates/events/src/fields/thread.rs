//! The thread that made the call.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::RequiredKey,
        FieldType::{Bool, Charbuf, Double, Int64, Reltime, Uint64},
    },
};

use super::{
    Row,
    lookup::thread,
    names::CAPABILITIES,
    proc,
    text::{self, Text},
};
use crate::{state::Thread, view::View};

pub(super) static FIELDS: &[Row] = &[
    Row::new("thread.cap_permitted", Charbuf, cap_permitted, "capabilities that it may use"),
    Row::new(
        "thread.cap_inheritable",
        Charbuf,
        cap_inheritable,
        "capabilities that survive `execve`",
    ),
    Row::new("thread.cap_effective", Charbuf, cap_effective, "capabilities that it uses"),
    Row::new("thread.pfmajor", Uint64, pfmajor, "page faults that had to load from disk"),
    Row::new("thread.pfminor", Uint64, pfminor, "page faults that did not have to load from disk"),
    Row::new("thread.tid", Int64, tid, "id of the thread"),
    Row::new("thread.ismain", Bool, ismain, "whether it is the main thread of its process"),
    Row::new("thread.vtid", Int64, vtid, "id of the thread in its own pid namespace"),
    Row::new("thread.nametid", Charbuf, nametid, "short name and id of the thread together"),
    Row::known(
        "thread.exectime",
        Reltime,
        "processor time of the thread that ran last, in nanoseconds",
    ),
    Row::known(
        "thread.totexectime",
        Reltime,
        "processor time of the thread since the first event, in nanoseconds",
    ),
    Row::new("thread.cgroups", Charbuf, cgroups, "control groups: `SUBSYSTEM=PATH SUBSYSTEM=PATH`"),
    Row::new(
        "thread.cgroup",
        Charbuf,
        cgroup,
        "control group of one subsystem: `thread.cgroup.memory`",
    )
    .arg(RequiredKey)
    .dotted(),
    Row::known("thread.cpu", Double, "share of a processor that it used in the last second"),
    Row::known(
        "thread.cpu.user",
        Double,
        "share of a processor that it used in the last second, outside the kernel",
    ),
    Row::known(
        "thread.cpu.system",
        Double,
        "share of a processor that it used in the last second, inside the kernel",
    ),
    Row::new(
        "thread.vmsize",
        Uint64,
        vmsize,
        "virtual memory in KiB of the main thread, 0 of others",
    ),
    Row::new(
        "thread.vmrss",
        Uint64,
        vmrss,
        "resident memory in KiB of the main thread, 0 of others",
    ),
    Row::new(
        "thread.vmsize.b",
        Uint64,
        vmsize_bytes,
        "virtual memory in bytes of the main thread, 0 of others",
    ),
    Row::new(
        "thread.vmrss.b",
        Uint64,
        vmrss_bytes,
        "resident memory in bytes of the main thread, 0 of others",
    ),
];

fn capabilities<'e>(bits: u64, bump: &'e Bump) -> Value<'e> {
    let mut made = Text::new(bump);
    for (bit, name) in (0_u32..).zip(CAPABILITIES) {
        if bits & 1_u64.rotate_left(bit) != 0 {
            made.push(if made.is_empty() { b"" } else { b" " }).push(name.as_bytes());
        }
    }
    made.value()
}

fn cap_permitted<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| capabilities(thread.cap_permitted, bump))
}

fn cap_inheritable<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| capabilities(thread.cap_inheritable, bump))
}

fn cap_effective<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| capabilities(thread.cap_effective, bump))
}

fn pfmajor<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let [faults, _] = thread.page_faults;
        Value::Uint(faults)
    })
}

fn pfminor<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let [_, faults] = thread.page_faults;
        Value::Uint(faults)
    })
}

fn tid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    proc::id(view.event.tid)
}

fn ismain<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| (thread.tid == thread.pid).into())
}

fn vtid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| proc::virtual_id(thread.vtid))
}

fn nametid<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let mut made = Text::new(bump);
        made.push(&thread.comm).print(format_args!("{}", view.event.tid));
        made.value()
    })
}

/// Control groups by subsystem. `io` is shown by its older name, as Falco does.
fn by_subsystem(thread: &Thread) -> impl Iterator<Item = (&[u8], &[u8])> {
    text::parts(&thread.cgroups).map(|group| {
        let equals = group.iter().position(|byte| *byte == b'=').unwrap_or_default();
        let (name, path) = group.split_at_checked(equals).unwrap_or_default();
        let name = if name == b"io" { b"blkio" } else { name };
        (name, path.strip_prefix(b"=").unwrap_or(path))
    })
}

fn cgroups<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let mut made = Text::new(bump);
        for (name, path) in by_subsystem(thread) {
            made.push(if made.is_empty() { b"" } else { b" " }).push(name).push(b"=").push(path);
        }
        if made.is_empty() { Value::Null } else { made.value() }
    })
}

fn cgroup<'e>(view: &'e View<'e>, arg: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let mut groups = by_subsystem(thread);
        groups.find(|(name, _)| *name == arg.text.as_bytes()).map(|(_, path)| path).into()
    })
}

/// Memory of a main thread; others have none of their own.
fn memory<'e>(view: &'e View<'e>, get: fn(&Thread) -> u32, unit: u64) -> Value<'e> {
    thread(view, |thread| {
        let kib = if thread.tid == thread.pid { get(thread) } else { 0 };
        Value::Uint(u64::from(kib).saturating_mul(unit))
    })
}

fn size(thread: &Thread) -> u32 {
    let [size, ..] = thread.vm_kib;
    size
}

fn resident(thread: &Thread) -> u32 {
    let [_, resident, _] = thread.vm_kib;
    resident
}

fn vmsize<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    memory(view, size, 1)
}

fn vmrss<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    memory(view, resident, 1)
}

fn vmsize_bytes<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    memory(view, size, 1024)
}

fn vmrss_bytes<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    memory(view, resident, 1024)
}
