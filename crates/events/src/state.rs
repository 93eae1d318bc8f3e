//! What is known about processes, descriptors and users at the moment of an event.

use std::collections::HashMap;

pub mod fd;
pub mod thread;

pub use fd::{Fd, FdKind, Role, Socket};
pub use thread::Thread;

/// Everything that events of the past and the head of a capture say about the machine.
#[derive(Debug, Default)]
pub struct State {
    /// Threads by id; a process is its thread with `tid == pid`.
    pub threads: HashMap<i64, Thread>,
    /// Users by id.
    pub users: HashMap<u32, User>,
    /// Names of groups by id.
    pub groups: HashMap<u32, Box<[u8]>>,
    /// The machine the events are from.
    pub machine: Machine,
}

/// A user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Main group.
    pub gid: u32,
    /// Login name.
    pub name: Box<[u8]>,
    /// Home directory.
    pub home: Box<[u8]>,
    /// Login shell.
    pub shell: Box<[u8]>,
}

/// Machine of a capture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// Host name.
    pub hostname: Box<[u8]>,
    /// When it was started: nanoseconds since 1970.
    pub boot_time_ns: u64,
    /// Processors.
    pub cpus: u32,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Largest process id.
    pub max_pid: u64,
}
