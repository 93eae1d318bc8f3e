//! `execve`, `execveat`: a thread runs another program.

use std::sync::Arc;

use super::{Args, EXECVE_19_E, EXECVEAT_E, args::reuse_list, clone::set_cgroups, reuse};
use crate::{
    Event, Params,
    state::{AT_FDCWD, State, Text, Thread, path, thread::flags, threads::Handle},
};

/// Bits of the parameter `flags`.
const WRITABLE: u32 = 1;
const UPPER_LAYER: u32 = 1 << 1;
const FROM_MEMFD: u32 = 1 << 2;
const LOWER_LAYER: u32 = 1 << 3;
/// Flag of `execveat`: the descriptor itself is to be run.
const EMPTY_PATH: u32 = 1;
/// What links to executables that are gone end with.
const DELETED: &[u8] = b" (deleted)";
/// A path that is not known.
const UNKNOWN: &[u8] = b"<NA>";

pub(super) fn event(state: &mut State, at: Handle, event: &Event<'_>) {
    let args = Args::new(&event.params);
    if args.i64(0).is_none_or(|res| res < 0) {
        return;
    }
    let begun = match args.text(27) {
        Some(_) => None,
        None => begun_path(state, at),
    };
    let Some(thread) = state.threads.get_mut(at) else { return };
    let was_bare = thread.is_bare();
    program(thread, &args, event.time_ns);
    if let Some(path) = args.text(27).or(begun.as_deref()) {
        let path = path.strip_suffix(DELETED).unwrap_or(path);
        thread.exepath = reuse(&thread.exepath, path);
    }
    privileges(thread, &args);
    inode(thread, &args);
    if was_bare {
        thread.pid = args.i64(4).unwrap_or(thread.pid);
        thread.ptid = args.i64(5).unwrap_or(thread.ptid);
        if thread.flags & flags::CLONE_CHILD_IN_PIDNS == 0 {
            (thread.vtid, thread.vpid) = (thread.tid, thread.pid);
        }
    }
    const KEPT: u32 = flags::PIPE_SRC | flags::PIPE_DST | flags::CLONE_INVERTED;
    thread.flags = (thread.flags & KEPT) | flags::ACTIVE | flags::NAME_CHANGED;
    if was_bare {
        state.link_one(at);
    }
    state.become_alone(at);
    state.threads.weigh(at);
}

fn program(thread: &mut Thread, args: &Args<'_>, time_ns: u64) {
    thread.exe = reuse(&thread.exe, args.text(1).unwrap_or_default());
    thread.args = reuse_list(&thread.args, args.get(2).unwrap_or_default());
    thread.comm =
        args.text(13).map_or_else(|| Arc::clone(&thread.exe), |comm| reuse(&thread.comm, comm));
    if let Some(cgroups) = args.get(14) {
        set_cgroups(thread, cgroups);
    }
    if let Some(env) = args.get(15) {
        thread.env = reuse_list(&thread.env, env);
    }
    thread.exec_time_ns = time_ns;
    thread.fdlimit = args.i64(7).unwrap_or(thread.fdlimit);
    if let (Some(major), Some(minor)) = (args.u64(8), args.u64(9)) {
        thread.page_faults = [major, minor];
    }
    if let (Some(size), Some(rss), Some(swap)) = (args.u32(10), args.u32(11), args.u32(12)) {
        thread.vm_kib = [size, rss, swap];
    }
    thread.tty = args.u32(16).unwrap_or(thread.tty);
    thread.vpgid = args.i64(17).unwrap_or(thread.vpgid);
    thread.pgid = args.i64(28).unwrap_or(-1);
}

fn privileges(thread: &mut Thread, args: &Args<'_>) {
    thread.loginuid = args.u32(18).unwrap_or(thread.loginuid);
    thread.uid = args.u32(26).unwrap_or(thread.uid);
    thread.gid = args.u32(29).unwrap_or(thread.gid);
    if let (Some(inheritable), Some(permitted), Some(effective)) =
        (args.u64(20), args.u64(21), args.u64(22))
    {
        thread.cap_inheritable = inheritable;
        thread.cap_permitted = permitted;
        thread.cap_effective = effective;
    }
}

fn inode(thread: &mut Thread, args: &Args<'_>) {
    if let Some(bits) = args.u32(19) {
        thread.exe_writable = bits & WRITABLE != 0;
        thread.exe_upper_layer = bits & UPPER_LAYER != 0;
        thread.exe_from_memfd = bits & FROM_MEMFD != 0;
        thread.exe_lower_layer = bits & LOWER_LAYER != 0;
    }
    if let (Some(ino), Some(ctime), Some(mtime)) = (args.u64(23), args.u64(24), args.u64(25)) {
        (thread.exe_ino, thread.exe_ino_ctime, thread.exe_ino_mtime) = (ino, ctime, mtime);
    }
}

/// The path by the start of the call: old captures have it there only.
fn begun_path(state: &mut State, at: Handle) -> Option<Text> {
    let pending = std::mem::take(&mut state.threads.get_mut(at)?.links.pending);
    let path = match (pending.start(EXECVE_19_E), pending.start(EXECVEAT_E)) {
        (Some(params), _) => Some(execve_path(state, at, &params)),
        (None, Some(params)) => Some(execveat_path(state, at, &params)),
        (None, None) => None,
    };
    if let Some(thread) = state.threads.get_mut(at) {
        thread.links.pending = pending;
    }
    path.map(Text::from)
}

fn execve_path(state: &State, at: Handle, params: &Params<'_>) -> Vec<u8> {
    match params.text(0) {
        None | Some(UNKNOWN) => UNKNOWN.to_vec(),
        Some(path) => state.resolve(state.threads.get(at), AT_FDCWD, path),
    }
}

fn execveat_path(state: &State, at: Handle, params: &Params<'_>) -> Vec<u8> {
    let dirfd = params.i64(0).unwrap_or(AT_FDCWD);
    let name = params.text(1).unwrap_or(UNKNOWN);
    if params.u32(2).unwrap_or(0) & EMPTY_PATH != 0 && !name.starts_with(b"/") {
        let file = state.fd_at(at, dirfd);
        return file.map_or_else(|| UNKNOWN.to_vec(), |file| path::join(b"", &file.name));
    }
    let found = state.resolve(state.threads.get(at), dirfd, name);
    if name == UNKNOWN || found.starts_with(path::UNKNOWN) { UNKNOWN.to_vec() } else { found }
}
