//! Who a process is and where: directories, users, sessions, capabilities.

use std::sync::Arc;

use super::reuse;
use crate::{
    Event,
    state::{AT_FDCWD, State, Thread, path, thread::flags, threads::Handle},
};

/// Options of `prctl`.
const SET_CHILD_SUBREAPER: u32 = 36;
const GET_CHILD_SUBREAPER: u32 = 37;
/// Every capability there is, which the first process of a user namespace has.
const ALL_CAPABILITIES: u64 = (1 << 41) - 1;

fn succeeded(event: &Event<'_>) -> bool {
    event.params.i64(0).is_some_and(|res| res >= 0)
}

/// The main thread of a thread's process.
fn main(state: &mut State, at: Handle) -> Option<&mut Thread> {
    let thread = state.threads.get(at)?;
    let main = if thread.is_main() { at } else { thread.links.leader };
    state.threads.get_mut(main)
}

fn set_cwd(state: &mut State, at: Handle, path: &[u8]) {
    let Some(main) = main(state, at) else { return };
    let mut cwd = path::join(&main.cwd, path);
    if !cwd.ends_with(b"/") {
        cwd.push(b'/');
    }
    main.cwd = reuse(&main.cwd, &cwd);
}

/// `chdir`, and `getcwd`, which corrects what was missed.
pub(super) fn chdir(state: &mut State, at: Handle, event: &Event<'_>) {
    if let (true, Some(path)) = (succeeded(event), event.params.text(1)) {
        set_cwd(state, at, path);
    }
}

pub(super) fn fchdir(state: &mut State, at: Handle, event: &Event<'_>) {
    let fd = state.now.fd.filter(|_| succeeded(event));
    let Some(path) = fd.and_then(|number| Some(state.fd_at(at, number)?.name.clone())) else {
        return;
    };
    set_cwd(state, at, &path);
}

pub(super) fn chroot(state: &mut State, at: Handle, event: &Event<'_>) {
    let Some(path) = event.params.text(1).filter(|_| succeeded(event)) else { return };
    let root = state.resolve(state.threads.get(at), AT_FDCWD, path);
    if let Some(thread) = state.threads.get_mut(at) {
        thread.root = Arc::from(root);
    }
}

pub(super) fn user(state: &mut State, at: Handle, event: &Event<'_>, param: usize) {
    if let (Some(0), Some(uid)) = (event.params.i64(0), event.params.u32(param))
        && let Some(thread) = state.threads.get_mut(at)
    {
        thread.uid = uid;
    }
}

pub(super) fn group(state: &mut State, at: Handle, event: &Event<'_>, param: usize) {
    if let (Some(0), Some(gid)) = (event.params.i64(0), event.params.u32(param))
        && let Some(thread) = state.threads.get_mut(at)
    {
        thread.gid = gid;
    }
}

pub(super) fn session(state: &mut State, at: Handle, event: &Event<'_>) {
    if let (Some(sid @ 0..), Some(thread)) = (event.params.i64(0), state.threads.get_mut(at)) {
        thread.sid = sid;
    }
}

pub(super) fn capabilities(state: &mut State, at: Handle, event: &Event<'_>) {
    let [inheritable, permitted, effective] = [1, 2, 3].map(|param| event.params.u64(param));
    let Some(thread) = state.threads.get_mut(at).filter(|_| succeeded(event)) else { return };
    thread.cap_inheritable = inheritable.unwrap_or(thread.cap_inheritable);
    thread.cap_permitted = permitted.unwrap_or(thread.cap_permitted);
    thread.cap_effective = effective.unwrap_or(thread.cap_effective);
}

/// `unshare` and `setns`: in a new user namespace one may do everything.
pub(super) fn namespaces(state: &mut State, at: Handle, event: &Event<'_>, param: usize) {
    let bits = event.params.u32(param).unwrap_or(0);
    let Some(thread) = state.threads.get_mut(at) else { return };
    if succeeded(event) && bits & flags::CLONE_NEWUSER != 0 {
        thread.cap_inheritable = ALL_CAPABILITIES;
        thread.cap_permitted = ALL_CAPABILITIES;
        thread.cap_effective = ALL_CAPABILITIES;
    }
}

/// `prctl`: whether a process takes over orphans. A name that a thread gives itself is not taken: as
/// in Falco, `proc.name` stays what `execve` made it.
pub(super) fn prctl(state: &mut State, at: Handle, event: &Event<'_>) {
    let option = event.params.u32(1);
    let is_reaper = event.params.i64(3).is_some_and(|arg| arg != 0);
    if succeeded(event)
        && matches!(option, Some(SET_CHILD_SUBREAPER | GET_CHILD_SUBREAPER))
        && let Some(main) = main(state, at)
    {
        main.links.reaper = is_reaper;
    }
}
