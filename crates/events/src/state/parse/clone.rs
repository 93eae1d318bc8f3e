//! `clone`, `clone3`, `fork`, `vfork`: seen twice, when the parent returns and when the child does.

use std::sync::Arc;

use super::{Args, args::reuse_list, reuse};
use crate::{
    Event,
    state::{State, Text, Thread, container, thread::flags, threads::Handle},
    table::kind,
};

/// A thread of that id that is older than this is another one, whose end was not seen.
const STALE_NS: u64 = 2_000_000_000;

pub(super) fn event(state: &mut State, found: Option<Handle>, event: &Event<'_>) {
    state.now.thread = found.unwrap_or_default();
    match event.params.i64(0) {
        Some(0) => child(state, found, event),
        Some(tid) if tid > 0 => parent(state, event, tid),
        _ => {}
    }
}

/// The parent returns: usually before its child does anything, and it knows more.
fn parent(state: &mut State, event: &Event<'_>, child_tid: i64) {
    let args = Args::new(&event.params);
    let at = state.find_or_bare(event.tid);
    state.now.thread = at;
    let Some(caller) = state.threads.get_mut(at) else { return };
    caller.links.recent = true;
    let was_bare = caller.is_bare();
    if was_bare {
        identify(caller, &args);
        describe(caller, &args);
        state.link_one(at);
    }
    let bits = args.u32(15).unwrap_or(0);
    let Some(caller) = state.threads.get(at) else { return };
    // The id that a parent in a pid namespace gets for its child is one of that namespace; and the
    // child of `vfork` may have ended already.
    const ELSEWHERE: u32 = flags::CLONE_CHILD_IN_PIDNS | flags::CLONE_NEWPID | flags::CLONE_PARENT;
    let is_vfork = bits & flags::CLONE_VFORK != 0 || event.kind == kind::VFORK_20_X;
    if bits & ELSEWHERE != 0 || caller.tid != caller.vtid || is_vfork {
        return;
    }
    let existing = state.thread(child_tid);
    if child_tid == event.tid || existing.is_some_and(|it| it.flags & flags::CLONE_INVERTED != 0) {
        return;
    }
    let is_thread = bits & flags::CLONE_THREAD != 0;
    let (pid, ptid) = if is_thread { (caller.pid, caller.ptid) } else { (child_tid, caller.tid) };
    if state.ended.has(child_tid, ptid, event.time_ns) {
        return;
    }
    let base = (!was_bare).then_some(caller);
    let mut thread = inherit(state, base, &args, event);
    (thread.tid, thread.pid, thread.ptid) = (child_tid, pid, ptid);
    (thread.vtid, thread.vpid) = (child_tid, pid);
    thread.pidns_init_start_time_ns = state.machine.boot_time_ns;
    state.add(thread);
}

/// The child returns: first if it lives in a container, or if the parent is slow.
fn child(state: &mut State, found: Option<Handle>, event: &Event<'_>) {
    let args = Args::new(&event.params);
    if let Some(at) = found {
        let cloned = state.threads.get(at).map_or(0, |thread| thread.clone_time_ns);
        if cloned != 0 && event.time_ns.saturating_sub(cloned) < STALE_NS {
            return;
        }
        state.forget(at);
    }
    let bits = args.u32(15).unwrap_or(0);
    let is_thread = bits & flags::CLONE_THREAD != 0;
    let like = args.i64(if is_thread { 4 } else { 5 }).filter(|tid| *tid != event.tid);
    let base = like.map(|tid| state.find_or_bare(tid));
    let was_bare = base.and_then(|at| state.threads.get(at)).is_none_or(Thread::is_bare);
    if let (true, true, Some(at)) = (was_bare, is_thread, base)
        && let Some(main) = state.threads.get_mut(at)
    {
        identify(main, &args);
        main.vtid = main.vpid;
        describe(main, &args);
        state.link_one(at);
    }
    let from = base.filter(|_| !was_bare).and_then(|at| state.threads.get(at));
    let mut thread = inherit(state, from, &args, event);
    thread.tid = event.tid;
    identify(&mut thread, &args);
    thread.flags |= flags::CLONE_INVERTED;
    let boot = state.machine.boot_time_ns;
    let is_inner = bits & flags::CLONE_NEWPID != 0 || thread.is_in_pid_namespace();
    let start = if is_inner { args.u64(20) } else { Some(0) };
    thread.pidns_init_start_time_ns = start.map_or(0, |start| boot.saturating_add(start));
    state.now.thread = state.add(thread);
}

/// Process, parent, and ids in its namespace, as the event says them of who made it.
fn identify(thread: &mut Thread, args: &Args<'_>) {
    thread.pid = args.i64(4).unwrap_or(-1);
    thread.ptid = args.i64(5).unwrap_or(-1);
    (thread.vtid, thread.vpid) = match (args.i64(18), args.i64(19)) {
        (Some(vtid), Some(vpid)) => (vtid, vpid),
        _ => (thread.tid, -1),
    };
}

/// What it runs.
fn describe(thread: &mut Thread, args: &Args<'_>) {
    thread.exe = reuse(&thread.exe, args.text(1).unwrap_or_default());
    thread.args = reuse_list(&thread.args, args.get(2).unwrap_or_default());
    thread.comm =
        args.text(13).map_or_else(|| Arc::clone(&thread.exe), |comm| reuse(&thread.comm, comm));
}

/// A new thread with what it has from its parent (or, as a thread of a process, from its main thread)
/// and what the event says.
fn inherit(state: &State, base: Option<&Thread>, args: &Args<'_>, event: &Event<'_>) -> Thread {
    let mut thread = Thread::default();
    let bits = args.u32(15).unwrap_or(0);
    thread.flags = bits;
    let is_thread = bits & flags::CLONE_THREAD != 0;
    if let Some(base) = base {
        take_over(&mut thread, base);
        if is_thread {
            thread.exec_time_ns = base.exec_time_ns;
        } else {
            let main = state.main(base).unwrap_or(base);
            thread.fds = main.fds.clone();
            thread.cwd = Arc::clone(&main.cwd);
            thread.env = Arc::clone(&main.env);
        }
    } else if !is_thread {
        thread.cwd = directory(args.text(6).unwrap_or_default());
    }
    if is_thread {
        thread.flags |= flags::CLONE_FILES;
    }
    describe(&mut thread, args);
    thread.fdlimit = args.i64(7).unwrap_or(-1);
    thread.page_faults = [8, 9].map(|index| args.u64(index).unwrap_or(0));
    thread.vm_kib = [10, 11, 12].map(|index| args.u32(index).unwrap_or(0));
    thread.uid = args.u32(16).unwrap_or(u32::MAX);
    thread.gid = args.u32(17).unwrap_or(u32::MAX);
    if let Some(cgroups) = args.get(14) {
        set_cgroups(&mut thread, cgroups);
    }
    thread.clone_time_ns = event.time_ns;
    thread
}

fn take_over(thread: &mut Thread, base: &Thread) {
    let texts = [
        (&mut thread.exepath, &base.exepath),
        (&mut thread.root, &base.root),
        (&mut thread.cgroups, &base.cgroups),
        (&mut thread.container_id, &base.container_id),
        (&mut thread.comm, &base.comm),
        (&mut thread.exe, &base.exe),
        (&mut thread.args, &base.args),
    ];
    for (to, from) in texts {
        *to = Arc::clone(from);
    }
    thread.exe_writable = base.exe_writable;
    thread.exe_upper_layer = base.exe_upper_layer;
    thread.exe_lower_layer = base.exe_lower_layer;
    thread.exe_from_memfd = base.exe_from_memfd;
    (thread.sid, thread.vpgid, thread.pgid) = (base.sid, base.vpgid, base.pgid);
    (thread.tty, thread.loginuid) = (base.tty, base.loginuid);
    thread.cap_permitted = base.cap_permitted;
    thread.cap_inheritable = base.cap_inheritable;
    thread.cap_effective = base.cap_effective;
    thread.exe_ino = base.exe_ino;
    thread.exe_ino_ctime = base.exe_ino_ctime;
    thread.exe_ino_mtime = base.exe_ino_mtime;
}

fn directory(path: &[u8]) -> Text {
    if path.is_empty() || path.ends_with(b"/") { path.into() } else { [path, b"/"].concat().into() }
}

/// Sets control groups and, if they changed, looks for the container.
pub(super) fn set_cgroups(thread: &mut Thread, cgroups: &[u8]) {
    let cgroups = reuse_list(&thread.cgroups, cgroups);
    if !Arc::ptr_eq(&thread.cgroups, &cgroups) {
        let id = container::id(&cgroups).unwrap_or_default();
        thread.container_id = reuse(&thread.container_id, id);
        thread.cgroups = cgroups;
    }
}
