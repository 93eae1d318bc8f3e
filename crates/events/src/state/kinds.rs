//! Which events are about descriptors, and by which parameter.

use crate::{Kind, table::kind};

/// What an event has to do with descriptors and threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// Calls without descriptors.
    Thread,
    /// The descriptor in that parameter.
    Fd(u8),
    /// A descriptor that the call returns.
    NewFd,
    /// No thread: drops, users, plugins.
    Nobody,
}

/// One for each number of an event.
const COUNT: usize = 512;
static ABOUT: [About; COUNT] = make();

/// What an event is about.
pub(crate) fn about(kind: Kind) -> About {
    ABOUT.get(usize::from(kind.0)).copied().unwrap_or(About::Nobody)
}

const FDS: &[(Kind, u8)] = &[
    (kind::CLOSE_X, 1),
    (kind::READ_X, 2),
    (kind::WRITE_X, 2),
    (kind::BIND_X, 2),
    (kind::CONNECT_E, 0),
    (kind::CONNECT_X, 2),
    (kind::LISTEN_X, 1),
    (kind::SEND_X, 2),
    (kind::SENDTO_X, 2),
    (kind::RECV_X, 2),
    (kind::RECVFROM_X, 3),
    (kind::SHUTDOWN_X, 1),
    (kind::SETSOCKOPT_X, 1),
    (kind::GETSOCKOPT_X, 1),
    (kind::SENDMSG_X, 2),
    (kind::SENDMMSG_X, 1),
    (kind::RECVMSG_X, 5),
    (kind::RECVMMSG_X, 1),
    (kind::FSTAT_X, 1),
    (kind::LSEEK_X, 1),
    (kind::LLSEEK_X, 1),
    (kind::FCHDIR_X, 1),
    (kind::PREAD_X, 2),
    (kind::PWRITE_X, 2),
    (kind::READV_X, 3),
    (kind::WRITEV_X, 2),
    (kind::PREADV_X, 3),
    (kind::PWRITEV_X, 2),
    (kind::FCNTL_X, 1),
    (kind::MMAP_X, 8),
    (kind::MMAP2_X, 8),
    (kind::SPLICE_X, 1),
    (kind::IOCTL_3_X, 1),
    (kind::SYMLINKAT_X, 2),
    (kind::SENDFILE_X, 2),
    (kind::GETDENTS_X, 1),
    (kind::GETDENTS64_X, 1),
    (kind::SETNS_X, 1),
    (kind::FLOCK_X, 1),
    (kind::UNLINKAT_2_X, 1),
    (kind::MKDIRAT_X, 1),
    (kind::FCHMODAT_X, 1),
    (kind::FCHMOD_X, 1),
    (kind::DUP_1_X, 1),
    (kind::DUP2_X, 1),
    (kind::DUP3_X, 1),
    (kind::COPY_FILE_RANGE_X, 1),
    (kind::IO_URING_ENTER_X, 1),
    (kind::IO_URING_REGISTER_X, 1),
    (kind::FSCONFIG_X, 1),
    (kind::FCHOWN_X, 1),
    (kind::FCHOWNAT_X, 1),
    (kind::FINIT_MODULE_X, 1),
    (kind::MKNODAT_X, 1),
    (kind::NEWFSTATAT_X, 1),
];

const NEW_FDS: &[Kind] = &[
    kind::OPEN_E,
    kind::OPEN_X,
    kind::SOCKET_X,
    kind::SOCKETPAIR_X,
    kind::CREAT_E,
    kind::CREAT_X,
    kind::PIPE_X,
    kind::EVENTFD_X,
    kind::SIGNALFD_X,
    kind::TIMERFD_CREATE_X,
    kind::INOTIFY_INIT_X,
    kind::ACCEPT_5_X,
    kind::OPENAT_2_E,
    kind::OPENAT_2_X,
    kind::USERFAULTFD_X,
    kind::OPENAT2_E,
    kind::OPENAT2_X,
    kind::OPEN_BY_HANDLE_AT_X,
    kind::IO_URING_SETUP_X,
    kind::BPF_2_X,
    kind::EPOLL_CREATE_X,
    kind::EPOLL_CREATE1_X,
    kind::ACCEPT4_6_X,
    kind::PIPE2_X,
    kind::INOTIFY_INIT1_X,
    kind::EVENTFD2_X,
    kind::SIGNALFD4_X,
    kind::MEMFD_CREATE_X,
    kind::PIDFD_GETFD_X,
    kind::PIDFD_OPEN_X,
];

const NOBODY: &[Kind] = &[
    kind::DROP_E,
    kind::DROP_X,
    kind::SCAPEVENT_E,
    kind::CPU_HOTPLUG_E,
    kind::NOTIFICATION_E,
    kind::INFRASTRUCTURE_EVENT_E,
    kind::PAGE_FAULT_E,
    kind::PLUGINEVENT_E,
    kind::CONTAINER_JSON_2_E,
    kind::ASYNCEVENT_E,
    kind::USER_ADDED_E,
    kind::USER_DELETED_E,
    kind::GROUP_ADDED_E,
    kind::GROUP_DELETED_E,
];

#[allow(clippy::indexing_slicing, reason = "constants, checked when it is compiled")]
const fn make() -> [About; COUNT] {
    let mut all = [About::Thread; COUNT];
    let mut at = 0;
    while at < FDS.len() {
        let (kind, param) = FDS[at];
        all[kind.0 as usize] = About::Fd(param);
        at += 1;
    }
    at = 0;
    while at < NEW_FDS.len() {
        all[NEW_FDS[at].0 as usize] = About::NewFd;
        at += 1;
    }
    at = 0;
    while at < NOBODY.len() {
        all[NOBODY[at].0 as usize] = About::Nobody;
        at += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{EventFlags, ParamType, events};

    #[test]
    fn every_event_of_the_table_that_is_about_a_descriptor_is_here() {
        for event in events() {
            let is_old = event.flags.has(EventFlags::OLD_VERSION);
            if is_old || event.flags.has(EventFlags::UNUSED) || event.params.is_empty() {
                continue;
            }
            let expect_fd = event.flags.has(EventFlags::USES_FD);
            let expect_new = !expect_fd && event.flags.has(EventFlags::CREATES_FD);
            match about(event.kind) {
                About::Fd(param) => {
                    let found = &event.params[usize::from(param)];
                    assert!(expect_fd && found.kind == ParamType::Fd, "{}", event.code);
                }
                About::NewFd => assert!(expect_new, "{}", event.code),
                About::Thread => assert!(!expect_fd && !expect_new, "{}", event.code),
                About::Nobody => assert!(!expect_fd && !expect_new, "{}", event.code),
            }
        }
    }
}
