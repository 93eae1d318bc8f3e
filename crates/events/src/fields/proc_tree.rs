//! Parents, ancestors and leaders of the process.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::{OptionalIndex, OptionalKey},
        FieldType::{Charbuf, Int64, Reltime},
    },
};

use super::{Row, lookup, proc, text};
use crate::{state::Thread, view::View};

pub(super) static FIELDS: &[Row] = &[
    Row::new("proc.pexe", Charbuf, pexe, "first argument of the parent"),
    Row::new("proc.aexe", Charbuf, aexe, "first argument of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::new("proc.pexepath", Charbuf, pexepath, "path of the executable of the parent"),
    Row::new("proc.aexepath", Charbuf, aexepath, "path of the executable of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::new("proc.pname", Charbuf, pname, "short name of the parent"),
    Row::new("proc.aname", Charbuf, aname, "short name of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::new("proc.aargs", Charbuf, aargs, "arguments of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex),
    Row::new("proc.pcmdline", Charbuf, pcmdline, "short name and arguments of the parent"),
    Row::new("proc.acmdline", Charbuf, acmdline, "short name and arguments of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::new("proc.aenv", Charbuf, aenv, "environment of an ancestor: 1 is the parent; with a name the variable of the nearest ancestor that has it").arg(OptionalKey).opaque(),
    Row::new("proc.loginshellid", Int64, loginshellid, "id of the eldest shell among the process and its ancestors"),
    Row::new("proc.ppid", Int64, ppid, "id of the parent"),
    Row::new("proc.apid", Int64, apid, "id of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::new("proc.pvpid", Int64, pvpid, "id of the parent in its own pid namespace"),
    Row::new("proc.sname", Charbuf, sname, "short name of the leader of the session"),
    Row::new("proc.sid.exe", Charbuf, sid_exe, "first argument of the leader of the session"),
    Row::new("proc.sid.exepath", Charbuf, sid_exepath, "path of the executable of the leader of the session"),
    Row::new("proc.vpgid.name", Charbuf, vpgid_name, "short name of the leader of the process group, as seen in its own pid namespace"),
    Row::new("proc.vpgid.exe", Charbuf, vpgid_exe, "first argument of the leader of the process group, as seen in its own pid namespace"),
    Row::new("proc.vpgid.exepath", Charbuf, vpgid_exepath, "path of the executable of the leader of the process group, as seen in its own pid namespace"),
    Row::new("proc.pgid.name", Charbuf, pgid_name, "short name of the leader of the process group"),
    Row::new("proc.pgid.exe", Charbuf, pgid_exe, "first argument of the leader of the process group"),
    Row::new("proc.pgid.exepath", Charbuf, pgid_exepath, "path of the executable of the leader of the process group"),
    Row::new("proc.ppid.duration", Reltime, ppid_duration, "nanoseconds since the parent started"),
    Row::new("proc.ppid.ts", Reltime, ppid_ts, "when the parent started: nanoseconds since 1970"),
];

/// What is asked of an ancestor.
type Get<'e> = fn(&'e Thread, &'e Bump) -> Value<'e>;

fn comm<'e>(thread: &'e Thread, _: &'e Bump) -> Value<'e> {
    Value::Text(&thread.comm)
}

fn exe_of<'e>(thread: &'e Thread, _: &'e Bump) -> Value<'e> {
    Value::Text(&thread.exe)
}

fn exepath_of<'e>(thread: &'e Thread, _: &'e Bump) -> Value<'e> {
    Value::Text(&thread.exepath)
}

fn pid_of<'e>(thread: &'e Thread, _: &'e Bump) -> Value<'e> {
    proc::id(thread.pid)
}

/// Of the parent.
fn of_parent<'e>(view: &'e View<'e>, get: impl FnOnce(&'e Thread) -> Value<'e>) -> Value<'e> {
    view.thread.and_then(|thread| view.state.parent(thread)).map_or(Value::Null, get)
}

/// The process itself (0), its parent (1) and so on.
fn ancestor<'e>(view: &'e View<'e>, index: u64) -> Option<&'e Thread> {
    let main = lookup::main(view)?;
    match usize::try_from(index).ok()?.checked_sub(1) {
        None => Some(main),
        Some(nth) => lookup::ancestors(view, main).nth(nth),
    }
}

/// Of one ancestor by its index, or of each of them.
fn of_ancestor<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump, get: Get<'e>) -> Value<'e> {
    if let Some(index) = arg.index {
        return ancestor(view, index).map_or(Value::Null, |thread| get(thread, bump));
    }
    let Some(main) = lookup::main(view) else { return Value::Null };
    let all = lookup::ancestors(view, main).map(|thread| get(thread, bump));
    Value::List(text::list(bump, all))
}

/// The leader of a group of processes: the one with its id, else the eldest ancestor in the group.
fn leader<'e>(
    view: &'e View<'e>,
    group: fn(&Thread) -> i64,
    get: fn(&'e Thread) -> &'e [u8],
    is_host_id: bool,
) -> Value<'e> {
    let Some(thread) = view.thread else { return Value::Null };
    let id = group(thread);
    // Seen from within a pid namespace the id is not the one that threads are found by.
    let named = (is_host_id || thread.tid == thread.vtid).then(|| view.state.thread(id));
    let leader = named.flatten().or_else(|| {
        lookup::ancestors(view, thread).take_while(|ancestor| group(ancestor) == id).last()
    });
    Value::Text(get(leader.unwrap_or(thread)))
}

fn pexe<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_parent(view, |parent| exe_of(parent, bump))
}

fn aexe<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_ancestor(view, arg, bump, exe_of)
}

fn pexepath<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_parent(view, |parent| exepath_of(parent, bump))
}

fn aexepath<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_ancestor(view, arg, bump, exepath_of)
}

fn pname<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_parent(view, |parent| comm(parent, bump))
}

fn aname<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_ancestor(view, arg, bump, comm)
}

fn aargs<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_ancestor(view, arg, bump, proc::args_of)
}

fn pcmdline<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_parent(view, |parent| proc::cmdline_of(parent, bump))
}

fn acmdline<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_ancestor(view, arg, bump, proc::cmdline_of)
}

fn aenv<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    if arg.is_none() || arg.index.is_some() {
        let ancestor = ancestor(view, arg.index.unwrap_or_default());
        return ancestor.map_or(Value::Null, |thread| proc::env_of(view, thread, "", bump));
    }
    let Some(main) = lookup::main(view) else { return Value::Null };
    let find = |thread| proc::variable(view.state.env(thread), &arg.text);
    let found = lookup::ancestors(view, main).filter_map(find).find(|value| !value.is_empty());
    Value::Text(found.unwrap_or_default())
}

fn loginshellid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let Some(main) = lookup::main(view) else { return Value::Null };
    let line = std::iter::once(main).chain(lookup::ancestors(view, main));
    line.filter(|thread| thread.comm.ends_with(b"sh")).last().map(|shell| shell.pid).into()
}

fn ppid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::main(view).map_or(Value::Null, |main| proc::id(main.ptid))
}

fn apid<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_ancestor(view, arg, bump, pid_of)
}

fn pvpid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of_parent(view, |parent| Value::Int(parent.vpid))
}

fn ppid_duration<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of_parent(view, |parent| proc::age(view, parent))
}

fn ppid_ts<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of_parent(view, |parent| proc::known(parent.clone_time_ns).into())
}

fn sname<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.sid, |thread| &thread.comm, false)
}

fn sid_exe<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.sid, |thread| &thread.exe, false)
}

fn sid_exepath<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.sid, |thread| &thread.exepath, false)
}

fn vpgid_name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.vpgid, |thread| &thread.comm, false)
}

fn vpgid_exe<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.vpgid, |thread| &thread.exe, false)
}

fn vpgid_exepath<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.vpgid, |thread| &thread.exepath, false)
}

fn pgid_name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.pgid, |thread| &thread.comm, true)
}

fn pgid_exe<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.pgid, |thread| &thread.exe, true)
}

fn pgid_exepath<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    leader(view, |thread| thread.pgid, |thread| &thread.exepath, true)
}
