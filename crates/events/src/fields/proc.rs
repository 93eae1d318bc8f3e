//! The process that made the call.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::{OptionalIndex, OptionalKey},
        FieldType::{Abstime, Bool, Charbuf, Double, Int64, Reltime, Uint32, Uint64},
    },
};

use super::{
    Row,
    lookup::{self, thread},
    text::{self, Text},
};
use crate::{state::Thread, view::View};

pub(super) static FIELDS: &[Row] = &[
    Row::new(
        "proc.exe",
        Charbuf,
        exe,
        "first argument of the process, `argv[0]`: most often the program as it was called",
    ),
    Row::new("proc.exepath", Charbuf, exepath, "path of the executable, links resolved"),
    Row::new("proc.name", Charbuf, name, "short name of the process, at most 15 bytes"),
    Row::new(
        "proc.args",
        Charbuf,
        args,
        "arguments after the first, separated by blanks; with an index one of them, counted from 0",
    )
    .arg(OptionalIndex),
    Row::new(
        "proc.cmdline",
        Charbuf,
        cmdline,
        "short name and arguments: `proc.name` and `proc.args`",
    ),
    Row::new("proc.cmdnargs", Uint64, cmdnargs, "number of arguments after the first"),
    Row::new(
        "proc.cmdlenargs",
        Uint64,
        cmdlenargs,
        "length of all arguments after the first together",
    ),
    Row::new(
        "proc.exeline",
        Charbuf,
        exeline,
        "first argument and the others: `proc.exe` and `proc.args`",
    ),
    Row::new(
        "proc.env",
        Charbuf,
        env,
        "environment: `NAME=VALUE NAME=VALUE`; with an argument the value of that variable",
    )
    .arg(OptionalKey),
    Row::new("proc.cwd", Charbuf, cwd, "working directory"),
    Row::new("proc.tty", Uint32, tty, "controlling terminal, 0 without one"),
    Row::new("proc.pid", Int64, pid, "id of the process"),
    Row::new("proc.vpid", Int64, vpid, "id of the process in its own pid namespace"),
    Row::new("proc.sid", Int64, sid, "id of the session"),
    Row::new("proc.vpgid", Int64, vpgid, "id of the process group in its own pid namespace"),
    Row::new("proc.pgid", Int64, pgid, "id of the process group"),
    Row::new("proc.duration", Reltime, duration, "nanoseconds since the process started"),
    Row::new("proc.pid.ts", Reltime, pid_ts, "when the process started: nanoseconds since 1970"),
    Row::new(
        "proc.is_exe_writable",
        Bool,
        is_exe_writable,
        "whether who runs the executable may also write to it",
    ),
    Row::new(
        "proc.is_exe_upper_layer",
        Bool,
        is_exe_upper_layer,
        "whether the executable is in the upper layer of an overlay: written after the container started",
    ),
    Row::new(
        "proc.is_exe_lower_layer",
        Bool,
        is_exe_lower_layer,
        "whether the executable is in a lower layer of an overlay: part of the image",
    ),
    Row::new(
        "proc.is_exe_from_memfd",
        Bool,
        is_exe_from_memfd,
        "whether the executable is in memory only",
    ),
    Row::new("proc.is_sid_leader", Bool, is_sid_leader, "whether it leads its session"),
    Row::new(
        "proc.is_vpgid_leader",
        Bool,
        is_vpgid_leader,
        "whether it leads its process group, as seen in its own pid namespace",
    ),
    Row::new("proc.is_pgid_leader", Bool, is_pgid_leader, "whether it leads its process group"),
    Row::new("proc.exe_ino", Int64, exe_ino, "inode of the executable"),
    Row::new(
        "proc.exe_ino.ctime",
        Abstime,
        exe_ino_ctime,
        "when the inode of the executable changed: nanoseconds since 1970",
    ),
    Row::new(
        "proc.exe_ino.mtime",
        Abstime,
        exe_ino_mtime,
        "when the content of the executable changed: nanoseconds since 1970",
    ),
    Row::new(
        "proc.exe_ino.ctime_duration_proc_start",
        Abstime,
        ctime_to_start,
        "nanoseconds from the last change of the inode of the executable to the start of the process",
    ),
    Row::new(
        "proc.exe_ino.ctime_duration_pidns_start",
        Abstime,
        pidns_to_ctime,
        "nanoseconds from the start of the pid namespace to the last change of the inode of the executable",
    ),
    Row::new(
        "proc.pidns_init_start_ts",
        Uint64,
        pidns_init_start_ts,
        "when the first process of the pid namespace started: nanoseconds since 1970",
    ),
    Row::new("proc.fdopencount", Uint64, fdopencount, "number of open descriptors"),
    Row::new("proc.fdlimit", Int64, fdlimit, "most descriptors that may be open"),
    Row::new(
        "proc.fdusage",
        Double,
        fdusage,
        "open descriptors as percentage of the most that may be",
    ),
    Row::new("proc.vmsize", Uint64, vmsize, "virtual memory in KiB"),
    Row::new("proc.vmrss", Uint64, vmrss, "resident memory in KiB"),
    Row::new("proc.vmswap", Uint64, vmswap, "swapped memory in KiB"),
    Row::new("proc.nthreads", Uint64, nthreads, "number of living threads, the main one included"),
    Row::new("proc.nchilds", Uint64, nchilds, "number of living threads, the main one excluded"),
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

/// A time that is known: 0 stands for none.
pub(super) const fn known(time_ns: u64) -> Option<u64> {
    if time_ns == 0 { None } else { Some(time_ns) }
}

/// An id as it may be shown: negative ones but -1 and those beyond 32 bits were made up.
pub(super) fn id<'e>(id: i64) -> Value<'e> {
    if (-1..=i64::from(u32::MAX)).contains(&id) { Value::Int(id) } else { Value::Null }
}

/// An id in a pid namespace; -1 stands for none.
pub(super) const fn virtual_id<'e>(id: i64) -> Value<'e> {
    if id == -1 { Value::Null } else { Value::Int(id) }
}

/// Nanoseconds from one moment to a later one.
fn between<'e>(from: u64, to: u64) -> Value<'e> {
    match to.checked_sub(from) {
        Some(passed) if from != 0 && passed != 0 => Value::Uint(passed),
        _ => Value::Null,
    }
}

/// Nanoseconds since a thread started.
pub(super) fn age<'e>(view: &View<'_>, thread: &Thread) -> Value<'e> {
    let started = known(thread.clone_time_ns);
    started.and_then(|from| view.event.time_ns.checked_sub(from)).into()
}

/// Arguments after the first, separated by blanks, or one of them: none is empty.
pub(super) fn args_of<'e>(thread: &'e Thread, bump: &'e Bump) -> Value<'e> {
    Value::Text(text::joined(bump, &thread.args))
}

/// Short name and arguments.
pub(super) fn cmdline_of<'e>(thread: &'e Thread, bump: &'e Bump) -> Value<'e> {
    if thread.args.is_empty() {
        return Value::Text(&thread.comm);
    }
    command(&thread.comm, thread, bump)
}

/// A name and the arguments of a thread.
fn command<'e>(name: &'e [u8], thread: &'e Thread, bump: &'e Bump) -> Value<'e> {
    let mut made = Text::new(bump);
    made.push(name).push(b" ").push(text::joined(bump, &thread.args));
    made.value()
}

/// The environment of a process, or one variable: none is empty.
pub(super) fn env_of<'e>(
    view: &'e View<'e>,
    thread: &'e Thread,
    name: &str,
    bump: &'e Bump,
) -> Value<'e> {
    let env = view.state.env(thread);
    if name.is_empty() {
        return Value::Text(text::joined(bump, env));
    }
    Value::Text(variable(env, name).unwrap_or_default())
}

/// The value of a variable.
pub(super) fn variable<'e>(env: &'e [u8], name: &str) -> Option<&'e [u8]> {
    let value = |part: &'e [u8]| part.strip_prefix(name.as_bytes())?.strip_prefix(b"=");
    text::parts(env).find_map(value).map(<[u8]>::trim_ascii)
}

fn exe<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Text(&thread.exe))
}

fn exepath<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Text(&thread.exepath))
}

fn name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Text(&thread.comm))
}

fn args<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| match arg.index {
        None => args_of(thread, bump),
        Some(index) => {
            let nth =
                usize::try_from(index).ok().and_then(|nth| text::parts(&thread.args).nth(nth));
            Value::Text(nth.unwrap_or_default())
        }
    })
}

fn cmdline<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| cmdline_of(thread, bump))
}

fn exeline<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| command(&thread.exe, thread, bump))
}

fn cmdnargs<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Uint(text::parts(&thread.args).count() as u64))
}

fn cmdlenargs<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        Value::Uint(text::parts(&thread.args).map(<[u8]>::len).sum::<usize>() as u64)
    })
}

fn env<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    thread(view, |thread| env_of(view, thread, &arg.text, bump))
}

fn cwd<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Text(view.state.cwd(thread)))
}

fn tty<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Uint(thread.tty.into()))
}

fn pid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| id(thread.pid))
}

fn vpid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| virtual_id(thread.vpid))
}

fn sid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Int(thread.sid))
}

fn vpgid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Int(thread.vpgid))
}

fn pgid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Int(thread.pgid))
}

fn duration<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| age(view, thread))
}

fn pid_ts<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| known(thread.clone_time_ns).into())
}

fn is_exe_writable<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| thread.exe_writable.into())
}

fn is_exe_upper_layer<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| thread.exe_upper_layer.into())
}

fn is_exe_lower_layer<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| thread.exe_lower_layer.into())
}

fn is_exe_from_memfd<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| thread.exe_from_memfd.into())
}

fn is_sid_leader<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| (thread.sid == thread.vpid).into())
}

fn is_vpgid_leader<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| (thread.vpgid == thread.vpid).into())
}

fn is_pgid_leader<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| (thread.pgid == thread.pid).into())
}

fn exe_ino<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| known(thread.exe_ino).and_then(|ino| i64::try_from(ino).ok()).into())
}

fn exe_ino_ctime<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| known(thread.exe_ino_ctime).into())
}

fn exe_ino_mtime<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| known(thread.exe_ino_mtime).into())
}

fn ctime_to_start<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| between(thread.exe_ino_ctime, thread.clone_time_ns))
}

fn pidns_to_ctime<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| between(thread.pidns_init_start_time_ns, thread.exe_ino_ctime))
}

fn pidns_init_start_ts<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| known(thread.pidns_init_start_time_ns).into())
}

/// Threads of a process besides the main one.
fn members(main: &Thread) -> u64 {
    main.links.members as u64
}

fn fdopencount<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Uint(view.state.fds(thread).len() as u64))
}

fn fdlimit<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::main(view).map(|main| main.fdlimit).into()
}

fn fdusage<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let Some(main) = lookup::main(view) else { return Value::Null };
    let limit = u32::try_from(main.fdlimit).unwrap_or_default();
    let open = u32::try_from(view.state.fds(main).len()).unwrap_or(u32::MAX);
    let usage = if limit == 0 { 0.0 } else { f64::from(open) * 100.0 / f64::from(limit) };
    Value::Double(usage.min(100.0))
}

fn vmsize<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let [kib, _, _] = thread.vm_kib;
        Value::Uint(kib.into())
    })
}

fn vmrss<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let [_, kib, _] = thread.vm_kib;
        Value::Uint(kib.into())
    })
}

fn vmswap<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let [_, _, kib] = thread.vm_kib;
        Value::Uint(kib.into())
    })
}

fn nthreads<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let living = |main| members(main) + u64::from(view.state.is_alive(main));
    lookup::main(view).map(living).into()
}

fn nchilds<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::main(view).map(members).into()
}
