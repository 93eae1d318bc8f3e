//! The process that made the call.

use farguard_rules::field::{
    ArgRule::{OptionalIndex, OptionalKey},
    FieldType::{Abstime, Bool, Charbuf, Double, Int64, Reltime, Uint32, Uint64},
};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known(
        "proc.exe",
        Charbuf,
        "first argument of the process, `argv[0]`: most often the program as it was called",
    ),
    Row::known("proc.exepath", Charbuf, "path of the executable, links resolved"),
    Row::known("proc.name", Charbuf, "short name of the process, at most 15 bytes"),
    Row::known(
        "proc.args",
        Charbuf,
        "arguments after the first, separated by blanks; with an index one of them, counted from 0",
    )
    .arg(OptionalIndex),
    Row::known("proc.cmdline", Charbuf, "short name and arguments: `proc.name` and `proc.args`"),
    Row::known("proc.cmdnargs", Uint64, "number of arguments after the first"),
    Row::known("proc.cmdlenargs", Uint64, "length of all arguments after the first together"),
    Row::known(
        "proc.exeline",
        Charbuf,
        "first argument and the others: `proc.exe` and `proc.args`",
    ),
    Row::known(
        "proc.env",
        Charbuf,
        "environment: `NAME=VALUE NAME=VALUE`; with an argument the value of that variable",
    )
    .arg(OptionalKey),
    Row::known("proc.cwd", Charbuf, "working directory"),
    Row::known("proc.tty", Uint32, "controlling terminal, 0 without one"),
    Row::known("proc.pid", Int64, "id of the process"),
    Row::known("proc.vpid", Int64, "id of the process in its own pid namespace"),
    Row::known("proc.sid", Int64, "id of the session"),
    Row::known("proc.vpgid", Int64, "id of the process group in its own pid namespace"),
    Row::known("proc.pgid", Int64, "id of the process group"),
    Row::known("proc.duration", Reltime, "nanoseconds since the process started"),
    Row::known("proc.pid.ts", Reltime, "when the process started: nanoseconds since 1970"),
    Row::known(
        "proc.is_exe_writable",
        Bool,
        "whether who runs the executable may also write to it",
    ),
    Row::known(
        "proc.is_exe_upper_layer",
        Bool,
        "whether the executable is in the upper layer of an overlay: written after the container started",
    ),
    Row::known(
        "proc.is_exe_lower_layer",
        Bool,
        "whether the executable is in a lower layer of an overlay: part of the image",
    ),
    Row::known("proc.is_exe_from_memfd", Bool, "whether the executable is in memory only"),
    Row::known("proc.is_sid_leader", Bool, "whether it leads its session"),
    Row::known(
        "proc.is_vpgid_leader",
        Bool,
        "whether it leads its process group, as seen in its own pid namespace",
    ),
    Row::known("proc.is_pgid_leader", Bool, "whether it leads its process group"),
    Row::known("proc.exe_ino", Int64, "inode of the executable"),
    Row::known(
        "proc.exe_ino.ctime",
        Abstime,
        "when the inode of the executable changed: nanoseconds since 1970",
    ),
    Row::known(
        "proc.exe_ino.mtime",
        Abstime,
        "when the content of the executable changed: nanoseconds since 1970",
    ),
    Row::known(
        "proc.exe_ino.ctime_duration_proc_start",
        Abstime,
        "nanoseconds from the last change of the inode of the executable to the start of the process",
    ),
    Row::known(
        "proc.exe_ino.ctime_duration_pidns_start",
        Abstime,
        "nanoseconds from the start of the pid namespace to the last change of the inode of the executable",
    ),
    Row::known(
        "proc.pidns_init_start_ts",
        Uint64,
        "when the first process of the pid namespace started: nanoseconds since 1970",
    ),
    Row::known("proc.fdopencount", Uint64, "number of open descriptors"),
    Row::known("proc.fdlimit", Int64, "most descriptors that may be open"),
    Row::known("proc.fdusage", Double, "open descriptors as percentage of the most that may be"),
    Row::known("proc.vmsize", Uint64, "virtual memory in KiB"),
    Row::known("proc.vmrss", Uint64, "resident memory in KiB"),
    Row::known("proc.vmswap", Uint64, "swapped memory in KiB"),
    Row::known("proc.nthreads", Uint64, "number of living threads, the main one included"),
    Row::known("proc.nchilds", Uint64, "number of living threads, the main one excluded"),
    Row::known(
        "proc.is_container_healthcheck",
        Bool,
        "whether it is the health check of a container",
    ),
    Row::known(
        "proc.is_container_liveness_probe",
        Bool,
        "whether it is the liveness probe of a container",
    ),
    Row::known(
        "proc.is_container_readiness_probe",
        Bool,
        "whether it is the readiness probe of a container",
    ),
];
