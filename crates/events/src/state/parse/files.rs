//! Calls that make, copy and close descriptors.

use crate::{
    Event, Params,
    state::{AT_FDCWD, Ends, Fd, FdKind, State, threads::Handle},
    table::kind,
};

/// Bits of the flags of `open`.
const O_DIRECTORY: u32 = 1 << 10;
const O_CLOEXEC: u32 = 1 << 12;
/// From here on they are set by the kernel, not by the caller.
const SET_BY_KERNEL: u32 = !((1 << 14) - 1);
const UPPER_LAYER: u32 = 1 << 15;
const LOWER_LAYER: u32 = 1 << 16;
/// The layers as `creat` has them.
const CREAT_UPPER_LAYER: u16 = 1;
const CREAT_LOWER_LAYER: u16 = 2;
/// A path that could not be read.
const UNREAD: &[u8] = b"<NA>";
/// Commands of `fcntl` that copy a descriptor.
const F_DUPFD: u8 = 1;
const F_DUPFD_CLOEXEC: u8 = 26;
/// Flag of `close_range`: close at `execve` only.
const CLOSE_RANGE_CLOEXEC: u32 = 1 << 2;
/// Commands of `bpf` that return a descriptor; what others return only looks like one.
const BPF_MAKES_FD: &[u32] = &[0, 5, 7, 13, 14, 17, 18, 19, 28, 30, 32, 33, 36];

/// What an `open` of any kind said.
struct Opened<'a> {
    dirfd: i64,
    name: &'a [u8],
    flags: u32,
    dev: u32,
    ino: u64,
}

fn returned(event: &Event<'_>) -> Option<i64> {
    event.params.i64(0).filter(|fd| *fd >= 0)
}

pub(super) fn open(state: &mut State, at: Handle, event: &Event<'_>) {
    let params = &event.params;
    let opened = Opened {
        dirfd: AT_FDCWD,
        name: params.text(1).unwrap_or(UNREAD),
        flags: params.u32(2).unwrap_or(0),
        dev: params.u32(4).unwrap_or(0),
        ino: params.u64(5).unwrap_or(0),
    };
    let begun = |start: &Params<'_>| (AT_FDCWD, start.u32(1).unwrap_or(0));
    make(state, at, event, &opened, 0, begun);
}

pub(super) fn creat(state: &mut State, at: Handle, event: &Event<'_>) {
    let params = &event.params;
    let layer = params.get(5).and_then(|bits| Some(u16::from_le_bytes(bits.try_into().ok()?)));
    let flags = match layer.unwrap_or(0) {
        bits if bits & CREAT_UPPER_LAYER != 0 => UPPER_LAYER,
        bits if bits & CREAT_LOWER_LAYER != 0 => LOWER_LAYER,
        _ => 0,
    };
    let opened = Opened {
        dirfd: AT_FDCWD,
        name: params.text(1).unwrap_or(UNREAD),
        flags,
        dev: params.u32(3).unwrap_or(0),
        ino: params.u64(4).unwrap_or(0),
    };
    make(state, at, event, &opened, 0, |_| (AT_FDCWD, 0));
}

pub(super) fn openat(state: &mut State, at: Handle, event: &Event<'_>) {
    let params = &event.params;
    let dev = if event.kind == kind::OPENAT2_X { 6 } else { 5 };
    let opened = Opened {
        dirfd: params.i64(1).unwrap_or(AT_FDCWD),
        name: params.text(2).unwrap_or(UNREAD),
        flags: params.u32(3).unwrap_or(0),
        dev: params.u32(dev).unwrap_or(0),
        ino: params.u64(dev + 1).unwrap_or(0),
    };
    let begun = |start: &Params<'_>| (start.i64(0).unwrap_or(AT_FDCWD), start.u32(2).unwrap_or(0));
    make(state, at, event, &opened, 1, begun);
}

pub(super) fn open_by_handle(state: &mut State, at: Handle, event: &Event<'_>) {
    let (Some(fd), params) = (returned(event), &event.params) else { return };
    let name = params.text(3).unwrap_or(UNREAD);
    let opened = Opened {
        dirfd: AT_FDCWD,
        name,
        flags: params.u32(2).unwrap_or(0),
        dev: params.u32(4).unwrap_or(0),
        ino: params.u64(5).unwrap_or(0),
    };
    put(state, at, fd, &opened);
}

/// Adds what was opened. If the start of the call was seen, its path counts (parameter `name_param`),
/// not the one that the memory of the process held at the end.
fn make(
    state: &mut State,
    at: Handle,
    event: &Event<'_>,
    opened: &Opened<'_>,
    name_param: usize,
    begun: impl FnOnce(&Params<'_>) -> (i64, u32),
) {
    let Some(fd) = returned(event) else { return };
    let Some(thread) = state.threads.get_mut(at) else { return };
    if !thread.links.pending.is_some() {
        return put(state, at, fd, opened);
    }
    let pending = std::mem::take(&mut thread.links.pending);
    let start = pending.start(crate::Kind(event.kind.0.wrapping_sub(1)));
    let name = start.as_ref().and_then(|start| start.text(name_param));
    match (start, name.filter(|name| *name != UNREAD)) {
        (Some(start), Some(name)) => {
            let (dirfd, flags) = begun(&start);
            let flags = flags | (opened.flags & SET_BY_KERNEL);
            put(state, at, fd, &Opened { dirfd, name, flags, ..*opened });
        }
        _ => put(state, at, fd, opened),
    }
    if let Some(thread) = state.threads.get_mut(at) {
        thread.links.pending = pending;
    }
}

fn put(state: &mut State, at: Handle, number: i64, opened: &Opened<'_>) {
    let path = state.resolve(state.threads.get(at), opened.dirfd, opened.name);
    let is_dir = opened.flags & O_DIRECTORY != 0;
    let fd = Fd {
        kind: if is_dir { FdKind::Directory } else { FdKind::File },
        raw_name: if path == opened.name { Vec::new() } else { opened.name.to_vec() },
        name: path,
        open_flags: opened.flags,
        dev: opened.dev,
        ino: opened.ino,
        ..Fd::default()
    };
    state.put_fd(at, number, fd);
}

pub(super) fn close(state: &mut State, at: Handle, event: &Event<'_>) {
    if let (Some(0..), Some(number)) = (event.params.i64(0), state.now.fd)
        && state.fd_at(at, number).is_some()
    {
        state.now.ends = Ends::Fd(number);
    }
}

pub(super) fn close_range(state: &mut State, event: &Event<'_>) {
    let [first, last, flags] = [1, 2, 3].map(|param| event.params.u32(param));
    if let (Some(0..), Some(first), Some(last)) = (event.params.i64(0), first, last)
        && flags.unwrap_or(0) & CLOSE_RANGE_CLOEXEC == 0
    {
        state.now.ends = Ends::Fds(first.into(), last.into());
    }
}

fn copy(state: &mut State, at: Handle, to: i64, change: impl FnOnce(&mut Fd)) {
    let Some(from) = state.now.fd.and_then(|number| state.fd_at(at, number)) else { return };
    let mut fd = from.clone();
    change(&mut fd);
    state.put_fd(at, to, fd);
}

pub(super) fn dup(state: &mut State, at: Handle, event: &Event<'_>) {
    use super::super::thread::flags as bits;
    let Some(to) = returned(event) else { return };
    if let Some(thread) = state.threads.get_mut(at) {
        thread.flags |= match to {
            0 => bits::PIPE_DST,
            1 => bits::PIPE_SRC,
            _ => 0,
        };
    }
    let flags = (event.kind == kind::DUP3_X).then(|| event.params.u32(3).unwrap_or(0));
    copy(state, at, to, |fd| match flags {
        Some(0) => fd.open_flags &= !O_CLOEXEC,
        Some(flags) => fd.open_flags |= flags,
        None => {}
    });
}

pub(super) fn fcntl(state: &mut State, at: Handle, event: &Event<'_>) {
    if let Some(F_DUPFD | F_DUPFD_CLOEXEC) = event.params.u8(2)
        && let Some(to) = returned(event)
    {
        copy(state, at, to, |_| {});
    }
}

pub(super) fn pipe(state: &mut State, at: Handle, event: &Event<'_>) {
    let params = &event.params;
    let ino = params.u64(3).unwrap_or(0);
    let open_flags = params.u32(4).unwrap_or(0);
    if let (Some(0..), Some(one), Some(two)) = (params.i64(0), params.i64(1), params.i64(2)) {
        for number in [one, two] {
            state.put_fd(at, number, Fd { ino, open_flags, ..Fd::of(FdKind::Pipe) });
        }
    }
}

pub(super) fn memfd(state: &mut State, at: Handle, event: &Event<'_>) {
    let Some(number) = returned(event) else { return };
    let name = event.params.text(1).unwrap_or_default().to_vec();
    let open_flags = event.params.u32(2).unwrap_or(0);
    state.put_fd(at, number, Fd { name, open_flags, ..Fd::of(FdKind::Memfd) });
}

pub(super) fn pidfd_open(state: &mut State, at: Handle, event: &Event<'_>) {
    let (Some(number), Some(pid)) = (returned(event), event.params.i64(1)) else { return };
    let name = format!("/proc/{pid}").into_bytes();
    let open_flags = event.params.u32(2).unwrap_or(0);
    state.put_fd(at, number, Fd { name, open_flags, pid, ..Fd::of(FdKind::Pidfd) });
}

/// A descriptor of another process.
pub(super) fn pidfd_getfd(state: &mut State, at: Handle, event: &Event<'_>) {
    let (Some(number), [Some(pidfd), Some(target)]) =
        (returned(event), [1, 2].map(|param| event.params.i64(param)))
    else {
        return;
    };
    let pidfd = state.fd_at(at, pidfd).filter(|fd| fd.kind == FdKind::Pidfd);
    let other = pidfd.and_then(|fd| state.thread(fd.pid));
    if let Some(fd) = other.and_then(|other| state.fd(other, target)).cloned() {
        state.put_fd(at, number, fd);
    }
}

pub(super) fn bpf(state: &mut State, at: Handle, event: &Event<'_>) {
    let makes_fd = event.params.u32(1).is_none_or(|command| BPF_MAKES_FD.contains(&command));
    if let (Some(number), true) = (returned(event), makes_fd) {
        state.put_fd(at, number, Fd::of(FdKind::Bpf));
    }
}

/// Descriptors of which there is nothing to know but their kind.
pub(super) fn anonymous(state: &mut State, at: Handle, event: &Event<'_>) {
    let Some(number) = returned(event) else { return };
    let flags = || event.params.u16(1).map_or(0, u32::from);
    let (made, open_flags) = match event.kind {
        kind::EVENTFD_X => (FdKind::Event, 0),
        kind::EVENTFD2_X => (FdKind::Event, flags()),
        kind::SIGNALFD_X => (FdKind::Signal, 0),
        kind::SIGNALFD4_X => (FdKind::Signal, flags()),
        kind::TIMERFD_CREATE_X => (FdKind::Timer, 0),
        kind::INOTIFY_INIT_X => (FdKind::Inotify, 0),
        kind::INOTIFY_INIT1_X => (FdKind::Inotify, flags()),
        kind::USERFAULTFD_X => (FdKind::Userfault, 0),
        kind::IO_URING_SETUP_X => (FdKind::IoUring, 0),
        _ => (FdKind::EventPoll, 0),
    };
    state.put_fd(at, number, Fd { open_flags, ..Fd::of(made) });
}
