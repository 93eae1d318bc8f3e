//! What each event changes, by families of calls.
//!
//! # Source
//! `userspace/libsinsp/parsers.cpp` of falcosecurity/libs: the same events change the same things.

use super::{
    State,
    kinds::{About, about},
    threads::Handle,
};
use crate::{
    Event, Kind,
    table::kind::{self as k},
};

mod args;
mod clone;
mod exec;
mod exit;
mod files;
mod identity;
mod limits;
mod names;
mod sockets;
mod transfer;

pub(super) use args::{Args, reuse};

/// Starts of calls that old captures have, and whose ends do not say everything.
const EXECVE_19_E: Kind = Kind(292);
const EXECVEAT_E: Kind = Kind(330);

/// Learns what an event says.
pub(super) fn event(state: &mut State, event: &Event<'_>) {
    let about = about(event.kind);
    if about == About::Nobody {
        return names::event(state, event);
    }
    let found = state.threads.find(event.tid);
    let at = match event.kind {
        k::CLONE_20_X | k::CLONE3_X | k::FORK_20_X | k::VFORK_20_X => {
            return clone::event(state, found, event);
        }
        // Of a thread that is gone or idle there is nothing more to learn.
        k::PROCEXIT_1_E | k::SCHEDSWITCH_6_E | k::PROCINFO_E => match found {
            Some(at) => at,
            None => return,
        },
        _ => found.unwrap_or_else(|| state.find_or_bare(event.tid)),
    };
    state.now.thread = at;
    state.now.fd = match about {
        About::Fd(param) => Some(event.params.i64(usize::from(param)).unwrap_or(-1)),
        About::NewFd => Some(-1),
        About::Thread | About::Nobody => None,
    };
    let Some(thread) = state.threads.get_mut(at) else { return };
    thread.flags |= super::thread::flags::ACTIVE;
    thread.links.recent = true;
    let had_begun = thread.links.pending.is_some();
    call(state, at, event);
    if had_begun
        && event.kind.0 % 2 == 1
        && let Some(thread) = state.threads.get_mut(at)
    {
        thread.links.pending.forget();
    }
}

fn call(state: &mut State, at: Handle, event: &Event<'_>) {
    match event.kind {
        k::READ_X | k::READV_X | k::PREAD_X | k::PREADV_X => transfer::read(state, at, event, None),
        k::RECVFROM_X => transfer::read(state, at, event, Some(2)),
        k::RECVMSG_X => transfer::read(state, at, event, Some(3)),
        k::RECV_X | k::RECVMMSG_X => transfer::read(state, at, event, Some(4)),
        k::WRITE_X | k::WRITEV_X | k::PWRITE_X | k::PWRITEV_X => {
            transfer::write(state, at, event, None);
        }
        k::SEND_X | k::SENDTO_X | k::SENDMSG_X | k::SENDMMSG_X => {
            transfer::write(state, at, event, Some(4));
        }
        k::OPEN_E
        | k::CREAT_E
        | k::OPENAT_2_E
        | k::OPENAT2_E
        | k::CONNECT_E
        | EXECVE_19_E
        | EXECVEAT_E => {
            if let Some(thread) = state.threads.get_mut(at) {
                thread.links.pending.keep(event);
            }
        }
        k::OPEN_X => files::open(state, at, event),
        k::CREAT_X => files::creat(state, at, event),
        k::OPENAT_2_X | k::OPENAT2_X => files::openat(state, at, event),
        k::OPEN_BY_HANDLE_AT_X => files::open_by_handle(state, at, event),
        k::CLOSE_X => files::close(state, at, event),
        k::CLOSE_RANGE_X => files::close_range(state, event),
        k::DUP_1_X | k::DUP2_X | k::DUP3_X => files::dup(state, at, event),
        k::FCNTL_X => files::fcntl(state, at, event),
        k::PIPE_X | k::PIPE2_X => files::pipe(state, at, event),
        k::MEMFD_CREATE_X => files::memfd(state, at, event),
        k::PIDFD_OPEN_X => files::pidfd_open(state, at, event),
        k::PIDFD_GETFD_X => files::pidfd_getfd(state, at, event),
        k::BPF_2_X => files::bpf(state, at, event),
        k::EVENTFD_X
        | k::EVENTFD2_X
        | k::SIGNALFD_X
        | k::SIGNALFD4_X
        | k::TIMERFD_CREATE_X
        | k::INOTIFY_INIT_X
        | k::INOTIFY_INIT1_X
        | k::USERFAULTFD_X
        | k::IO_URING_SETUP_X
        | k::EPOLL_CREATE_X
        | k::EPOLL_CREATE1_X => files::anonymous(state, at, event),
        k::SOCKET_X => sockets::socket(state, at, event),
        k::SOCKETPAIR_X => sockets::pair(state, at, event),
        k::BIND_X => sockets::bind(state, at, event),
        k::CONNECT_X => sockets::connect(state, at, event),
        k::ACCEPT_5_X | k::ACCEPT4_6_X => sockets::accept(state, at, event),
        k::EXECVE_19_X | k::EXECVEAT_X => exec::event(state, at, event),
        k::PROCEXIT_1_E => exit::event(state, at, event),
        k::CHDIR_X | k::GETCWD_X => identity::chdir(state, at, event),
        k::FCHDIR_X => identity::fchdir(state, at, event),
        k::CHROOT_X => identity::chroot(state, at, event),
        k::SETUID_X => identity::user(state, at, event, 1),
        k::SETREUID_X | k::SETRESUID_X => identity::user(state, at, event, 2),
        k::SETGID_X => identity::group(state, at, event, 1),
        k::SETREGID_X | k::SETRESGID_X => identity::group(state, at, event, 2),
        k::SETSID_X => identity::session(state, at, event),
        k::CAPSET_X => identity::capabilities(state, at, event),
        k::UNSHARE_X => identity::namespaces(state, at, event, 1),
        k::SETNS_X => identity::namespaces(state, at, event, 2),
        k::PRCTL_X => identity::prctl(state, at, event),
        k::GETRLIMIT_X | k::SETRLIMIT_X | k::PRLIMIT_X => limits::files(state, at, event),
        k::BRK_4_X | k::MMAP_X | k::MMAP2_X | k::MUNMAP_X => limits::memory(state, at, event),
        k::SCHEDSWITCH_6_E => limits::switch(state, at, event),
        _ => {}
    }
}
