//! A thread; a process is its main thread.

use std::collections::HashMap;

use super::Fd;

/// A thread, as the head of a capture, `clone` and `execve` describe it. Texts are bytes without NUL.
#[derive(Debug, Clone, Default)]
pub struct Thread {
    /// Thread id.
    pub tid: i64,
    /// Process id: thread id of the main thread.
    pub pid: i64,
    /// Thread id of the parent.
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
    pub comm: Box<[u8]>,
    /// First argument.
    pub exe: Box<[u8]>,
    /// Path of the executable.
    pub exepath: Box<[u8]>,
    /// Arguments after the first, each ended by NUL.
    pub args: Box<[u8]>,
    /// Environment, each `NAME=VALUE` ended by NUL.
    pub env: Box<[u8]>,
    /// Working directory, ending with `/`.
    pub cwd: Box<[u8]>,
    /// Root directory.
    pub root: Box<[u8]>,
    /// Control groups: `SUBSYSTEM=PATH` each ended by NUL.
    pub cgroups: Box<[u8]>,
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// User who logged in; `u32::MAX` if none did.
    pub loginuid: u32,
    /// Terminal; 0 without.
    pub tty: u32,
    /// Bits of `clone` and of the state that libs keeps (`PPM_CL_*`).
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
    /// When it was cloned: nanoseconds since 1970.
    pub clone_time_ns: u64,
    /// When it last called `execve`: nanoseconds since 1970; 0 if it never did.
    pub exec_time_ns: u64,
    /// When the first process of its pid namespace started: nanoseconds since 1970.
    pub pidns_init_start_time_ns: u64,
    /// Memory in KiB: virtual, resident, swapped.
    pub vm_kib: [u32; 3],
    /// Page faults: major, minor.
    pub page_faults: [u64; 2],
    /// Short id of its container (12 characters), or empty on the host.
    pub container_id: Box<[u8]>,
    /// Descriptors; only main threads have their own.
    pub fds: HashMap<i64, Fd>,
}
