//! The thread that made the call.

use farguard_rules::field::{
    ArgRule::RequiredKey,
    FieldType::{Bool, Charbuf, Double, Int64, Reltime, Uint64},
};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("thread.cap_permitted", Charbuf, "capabilities that it may use"),
    Row::known("thread.cap_inheritable", Charbuf, "capabilities that survive `execve`"),
    Row::known("thread.cap_effective", Charbuf, "capabilities that it uses"),
    Row::known("thread.pfmajor", Uint64, "page faults that had to load from disk"),
    Row::known("thread.pfminor", Uint64, "page faults that did not have to load from disk"),
    Row::known("thread.tid", Int64, "id of the thread"),
    Row::known("thread.ismain", Bool, "whether it is the main thread of its process"),
    Row::known("thread.vtid", Int64, "id of the thread in its own pid namespace"),
    Row::known("thread.nametid", Charbuf, "short name and id of the thread together"),
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
    Row::known("thread.cgroups", Charbuf, "control groups: `SUBSYSTEM=PATH SUBSYSTEM=PATH`"),
    Row::known("thread.cgroup", Charbuf, "control group of one subsystem: `thread.cgroup.memory`")
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
    Row::known("thread.vmsize", Uint64, "virtual memory in KiB of the main thread, 0 of others"),
    Row::known("thread.vmrss", Uint64, "resident memory in KiB of the main thread, 0 of others"),
    Row::known(
        "thread.vmsize.b",
        Uint64,
        "virtual memory in bytes of the main thread, 0 of others",
    ),
    Row::known(
        "thread.vmrss.b",
        Uint64,
        "resident memory in bytes of the main thread, 0 of others",
    ),
];
