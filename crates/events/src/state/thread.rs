//! A thread; a process is its main thread.

use std::sync::Arc;

use super::{Fds, threads::Links};

/// Bytes that several threads share: what a child has from its parent is not copied.
pub type Text = Arc<[u8]>;

/// Bits of [`Thread::flags`], with the values of the event table.
///
/// # Source
/// `PPM_CL_*` of falcosecurity/libs (`driver/ppm_events_public.h`).
pub mod flags {
    /// Shares the descriptors of its parent.
    pub const CLONE_FILES: u32 = 1;
    /// It is the first process of a new pid namespace.
    pub const CLONE_NEWPID: u32 = 1 << 6;
    /// Has the parent of its parent.
    pub const CLONE_PARENT: u32 = 1 << 8;
    /// It is a thread of its parent's process.
    pub const CLONE_THREAD: u32 = 1 << 13;
    /// The child was seen before its parent returned from `clone`.
    pub const CLONE_INVERTED: u32 = 1 << 16;
    /// `execve` gave it a new name.
    pub const NAME_CHANGED: u32 = 1 << 17;
    /// It made a call.
    pub const ACTIVE: u32 = 1 << 19;
    /// In a new user namespace.
    pub const CLONE_NEWUSER: u32 = 1 << 20;
    /// Its output goes into a pipe of a shell.
    pub const PIPE_SRC: u32 = 1 << 21;
    /// Its input comes from a pipe of a shell.
    pub const PIPE_DST: u32 = 1 << 22;
    /// Its parent waits until it calls `execve`.
    pub const CLONE_VFORK: u32 = 1 << 27;
    /// It lives in a pid namespace.
    pub const CLONE_CHILD_IN_PIDNS: u32 = 1 << 29;
}

/// A thread, as the head of a capture, `clone` and `execve` describe it. Texts are bytes without NUL.
///
/// Working directory, environment and descriptors belong to processes: ask [`State`](super::State)
/// for those of a thread.
#[derive(Debug, Clone)]
pub struct Thread {
    /// Thread id.
    pub tid: i64,
    /// Process id: thread id of the main thread; -1 if the thread is known by its calls only.
    pub pid: i64,
    /// Thread id of the parent; 0 without.
    pub ptid: i64,
    /// Session id.
    pub sid: i64,
    /// Process group, in the process' own pid namespace.
    pub vpgid: i64,
    /// Process group.
    pub pgid: i64,
    /// Thread id in its own pid namespace.
    pub vtid: i64,
    /// Process id in its own pid namespace.
    pub vpid: i64,
    /// Short name, at most 15 bytes: `comm`.
    pub comm: Text,
    /// First argument.
    pub exe: Text,
    /// Path of the executable.
    pub exepath: Text,
    /// Arguments after the first, each ended by NUL.
    pub args: Text,
    /// Environment, each `NAME=VALUE` ended by NUL; only of main threads.
    pub env: Text,
    /// Working directory, ending with `/`; only of main threads.
    pub cwd: Text,
    /// Root directory.
    pub root: Text,
    /// Control groups: `SUBSYSTEM=PATH` each ended by NUL.
    pub cgroups: Text,
    /// User; `u32::MAX` if not known.
    pub uid: u32,
    /// Group; `u32::MAX` if not known.
    pub gid: u32,
    /// User who logged in; `u32::MAX` if none did.
    pub loginuid: u32,
    /// Terminal; 0 without.
    pub tty: u32,
    /// Bits of [`flags`].
    pub flags: u32,
    /// Most descriptors it may have.
    pub fdlimit: i64,
    /// Inheritable capabilities.
    pub cap_inheritable: u64,
    /// Permitted capabilities.
    pub cap_permitted: u64,
    /// Effective capabilities.
    pub cap_effective: u64,
    /// Whether the user may write to the executable.
    pub exe_writable: bool,
    /// Whether the executable is in the upper layer of an overlay: not from the image.
    pub exe_upper_layer: bool,
    /// Whether the executable is in a lower layer of an overlay: from the image.
    pub exe_lower_layer: bool,
    /// Whether the executable is memory only.
    pub exe_from_memfd: bool,
    /// Inode of the executable.
    pub exe_ino: u64,
    /// When that inode changed: nanoseconds since 1970.
    pub exe_ino_ctime: u64,
    /// When its content changed: nanoseconds since 1970.
    pub exe_ino_mtime: u64,
    /// When it was cloned: nanoseconds since 1970; 0 if that was not seen.
    pub clone_time_ns: u64,
    /// When it last called `execve`: nanoseconds since 1970; 0 if that was not seen.
    pub exec_time_ns: u64,
    /// When the first process of its pid namespace started: nanoseconds since 1970.
    pub pidns_init_start_time_ns: u64,
    /// Memory in KiB: virtual, resident, swapped.
    pub vm_kib: [u32; 3],
    /// Page faults: major, minor.
    pub page_faults: [u64; 2],
    /// Short id of its container (12 characters), or empty on the host.
    pub container_id: Text,
    /// Descriptors; only of main threads.
    pub fds: Fds,
    /// Its place among the others.
    pub(crate) links: Links,
}

impl Default for Thread {
    fn default() -> Self {
        // One empty text for all: an `Arc` of its own would be an allocation each.
        let none = Text::default();
        Self {
            tid: -1,
            pid: -1,
            ptid: -1,
            sid: -1,
            vpgid: -1,
            pgid: -1,
            vtid: -1,
            vpid: -1,
            comm: none.clone(),
            exe: none.clone(),
            exepath: none.clone(),
            args: none.clone(),
            env: none.clone(),
            cwd: none.clone(),
            root: none.clone(),
            cgroups: none.clone(),
            uid: u32::MAX,
            gid: u32::MAX,
            loginuid: u32::MAX,
            tty: 0,
            flags: flags::NAME_CHANGED,
            fdlimit: -1,
            cap_inheritable: 0,
            cap_permitted: 0,
            cap_effective: 0,
            exe_writable: false,
            exe_upper_layer: false,
            exe_lower_layer: false,
            exe_from_memfd: false,
            exe_ino: 0,
            exe_ino_ctime: 0,
            exe_ino_mtime: 0,
            clone_time_ns: 0,
            exec_time_ns: 0,
            pidns_init_start_time_ns: 0,
            vm_kib: [0; 3],
            page_faults: [0; 2],
            container_id: none,
            fds: Fds::default(),
            links: Links::default(),
        }
    }
}

impl Thread {
    /// A thread of which nothing is known but that it makes calls.
    #[must_use]
    pub fn bare(tid: i64) -> Self {
        let unknown = Text::from(&b"<NA>"[..]);
        Self { tid, comm: unknown.clone(), exe: unknown, ..Self::default() }
    }

    /// Whether nothing is known of it but its calls.
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        self.tid < 0 || self.pid < 0 || self.ptid < 0
    }

    /// Whether it is the main thread of its process.
    #[must_use]
    pub const fn is_main(&self) -> bool {
        self.tid == self.pid
    }

    /// Whether it lives in a pid namespace other than the first.
    #[must_use]
    pub const fn is_in_pid_namespace(&self) -> bool {
        self.flags & flags::CLONE_CHILD_IN_PIDNS != 0 || self.tid != self.vtid
    }

    /// Bytes that its texts take, those that are shared counted too.
    pub(crate) fn weight(&self) -> usize {
        let texts = [
            &self.comm,
            &self.exe,
            &self.exepath,
            &self.args,
            &self.env,
            &self.cwd,
            &self.root,
            &self.cgroups,
        ];
        size_of::<Self>() + texts.iter().map(|text| text.len()).sum::<usize>()
    }
}
