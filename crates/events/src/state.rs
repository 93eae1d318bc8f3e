//! What is known about processes, descriptors and users at the moment of an event.
//!
//! ```text
//! head of a capture -> State::take
//! event -> State::enter (what it changes) -> State::view (rules look) -> State::leave (what it ends)
//! ```
//! Everything is bounded, and what had to be given up is counted in [`State::lost`].

use std::iter;

use crate::{Event, View};

mod addr;
mod container;
mod containers;
pub mod fd;
mod fds;
mod hash;
mod head;
mod interfaces;
mod kinds;
mod life;
mod parse;
mod path;
mod pending;
pub mod thread;
mod threads;
mod users;

pub use containers::{Container, Mount};
pub use fd::{End, Fd, FdKind, Role, Socket, l4};
pub use fds::Fds;
pub use thread::{Text, Thread};
pub use users::User;

use containers::Containers;
use fds::Pool;
use interfaces::Interfaces;
use threads::{Handle, Threads};
use users::Users;

/// Directory descriptor that stands for the working directory: `AT_FDCWD`.
const AT_FDCWD: i64 = -100;
/// Ancestors that are looked at, at most: a chain of processes may be as long as its author wants.
const LINEAGE: usize = 256;

/// Everything that events of the past and the head of a capture say about the machine.
#[derive(Debug)]
pub struct State {
    /// The machine the events are from.
    pub machine: Machine,
    threads: Threads,
    pool: Pool,
    users: Users,
    interfaces: Interfaces,
    reading: head::Reading,
    ended: life::Ended,
    limits: Limits,
    containers: Containers,
    lost: Lost,
    times: Times,
    now: Now,
}

/// When things happened: nanoseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// The first event.
    pub first_ns: Option<u64>,
    /// The event before the current one.
    pub previous_ns: Option<u64>,
    current_ns: Option<u64>,
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

/// What there was no room for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lost {
    /// Threads that were forgotten while they lived: too many, or with too long texts.
    pub threads: u64,
    /// Descriptors that were not kept.
    pub fds: u64,
    /// Users and groups that were not kept.
    pub users: u64,
    /// Containers that were not kept.
    pub containers: u64,
    /// Children of an ended process that were left without a parent.
    pub orphans: u64,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    threads: usize,
    /// Bytes of threads and their texts.
    weight: usize,
}

/// What the current event is about.
#[derive(Debug, Clone, Default)]
struct Now {
    thread: Handle,
    container: Option<Box<[u8]>>,
    fd: Option<i64>,
    name_changed: bool,
    ends: Ends,
}

/// What is forgotten when everybody has looked at the event.
#[derive(Debug, Clone, Copy, Default)]
enum Ends {
    #[default]
    Nothing,
    Thread,
    Fd(i64),
    Fds(i64, i64),
}

impl Default for State {
    fn default() -> Self {
        Self {
            machine: Machine::default(),
            threads: Threads::default(),
            pool: Pool::default(),
            users: Users::default(),
            interfaces: Interfaces::default(),
            reading: head::Reading::default(),
            ended: life::Ended::default(),
            limits: Limits { threads: 131_072, weight: 1 << 30 },
            containers: Containers::default(),
            lost: Lost::default(),
            times: Times::default(),
            now: Now::default(),
        }
    }
}

impl State {
    /// Learns what an event says. To be called with every event, delivered to rules or not, the start
    /// of `open`, `connect` and `execve` included where a capture has it.
    pub fn enter(&mut self, event: &Event<'_>) {
        self.finish_head();
        self.now = Now::default();
        self.times.first_ns.get_or_insert(event.time_ns);
        self.times.previous_ns = self.times.current_ns.replace(event.time_ns);
        self.now.container = self.learn_container(event);
        parse::event(self, event);
    }

    /// When the first event happened and when the one before the current one did.
    #[must_use]
    pub const fn times(&self) -> &Times {
        &self.times
    }

    /// What rules see of the event that [`State::enter`] was called with last.
    #[must_use]
    pub fn view<'e>(&'e self, event: &'e Event<'e>) -> View<'e> {
        let thread = self.threads.get(self.now.thread);
        let find = |number| (number, thread.and_then(|thread| self.fd(thread, number)));
        View {
            event,
            state: self,
            thread,
            fd: self.now.fd.map(find),
            name_changed: self.now.name_changed,
        }
    }

    /// Forgets what the event ended: a thread, a descriptor.
    pub fn leave(&mut self, _: &Event<'_>) {
        let at = self.now.thread;
        match std::mem::take(&mut self.now.ends) {
            Ends::Nothing => {}
            Ends::Thread => self.bury(at),
            Ends::Fd(number) => {
                self.with_fds(at, |fds, pool| fds.remove(number, pool));
            }
            Ends::Fds(first, last) => {
                self.with_fds(at, |fds, pool| {
                    let within = |number: &i64| (first..=last).contains(number);
                    let numbers: Vec<i64> = fds.iter().map(|(n, _)| n).filter(within).collect();
                    for number in numbers {
                        fds.remove(number, pool);
                    }
                });
            }
        }
    }

    /// What there was no room for so far.
    #[must_use]
    pub const fn lost(&self) -> &Lost {
        &self.lost
    }

    /// How many threads there are.
    #[must_use]
    pub fn thread_count(&self) -> usize {
        self.threads.len()
    }

    /// Every thread, in no particular order.
    pub fn threads(&self) -> impl Iterator<Item = &Thread> {
        self.threads.iter()
    }

    /// A thread by its id.
    #[must_use]
    pub fn thread(&self, tid: i64) -> Option<&Thread> {
        self.threads.get(self.threads.find(tid)?)
    }

    /// The main thread of a thread's process: what `proc.*` is about.
    #[must_use]
    pub fn main<'s>(&'s self, thread: &'s Thread) -> Option<&'s Thread> {
        if thread.is_main() { Some(thread) } else { self.threads.get(thread.links.leader) }
    }

    /// The thread that made a thread, or that took it over when that one ended.
    #[must_use]
    pub fn parent(&self, thread: &Thread) -> Option<&Thread> {
        self.threads.get(thread.links.parent)
    }

    /// The process of a thread, the process of its parent, and so on; at most 256 of them.
    pub fn lineage<'s>(&'s self, thread: &'s Thread) -> impl Iterator<Item = &'s Thread> {
        let up = |process: &&'s Thread| self.main(self.parent(process)?);
        iter::successors(self.main(thread), up).take(LINEAGE)
    }

    /// How many threads of a thread's process live besides the main one.
    #[must_use]
    pub fn members(&self, thread: &Thread) -> usize {
        self.main(thread).map_or(0, |main| main.links.members)
    }

    /// Whether a thread lives: a main thread is kept as long as others of its process do.
    #[must_use]
    pub const fn is_alive(&self, thread: &Thread) -> bool {
        !thread.links.dead
    }

    /// The working directory of a thread's process, ending with `/`; `./` if the process is not known.
    #[must_use]
    pub fn cwd<'s>(&'s self, thread: &'s Thread) -> &'s [u8] {
        self.main(thread).map_or(b"./", |main| &main.cwd)
    }

    /// The environment of a thread's process, each `NAME=VALUE` ended by NUL.
    #[must_use]
    pub fn env<'s>(&'s self, thread: &'s Thread) -> &'s [u8] {
        &self.main(thread).unwrap_or(thread).env
    }

    /// The descriptors of a thread's process.
    #[must_use]
    pub fn fds<'s>(&'s self, thread: &'s Thread) -> &'s Fds {
        &self.main(thread).unwrap_or(thread).fds
    }

    /// A descriptor of a thread's process.
    #[must_use]
    pub fn fd<'s>(&'s self, thread: &'s Thread, number: i64) -> Option<&'s Fd> {
        self.fds(thread).get(number)
    }

    /// A user of the host, or of a container by its id. User 0 is always known.
    #[must_use]
    pub fn user(&self, container_id: &[u8], uid: u32) -> Option<&User> {
        self.users.user(container_id, uid)
    }

    /// The name of a group of the host, or of a container by its id. Group 0 is always known.
    #[must_use]
    pub fn group(&self, container_id: &[u8], gid: u32) -> Option<&[u8]> {
        self.users.group(container_id, gid)
    }

    /// A path as a thread means it, made absolute: seen from the directory of a descriptor, or from
    /// the working directory for -100 (`AT_FDCWD`). What is not known of the way is `<UNKNOWN>`.
    #[must_use]
    pub fn resolve(&self, thread: Option<&Thread>, dirfd: i64, path: &[u8]) -> Vec<u8> {
        let dir = match thread {
            _ if path.starts_with(b"/") => b"",
            Some(thread) if dirfd == AT_FDCWD => self.cwd(thread),
            Some(thread) => self.fd(thread, dirfd).map_or(path::UNKNOWN, |fd| &fd.name),
            None => path::UNKNOWN,
        };
        if dir.is_empty() || dir.ends_with(b"/") || dir == path::UNKNOWN {
            path::join(dir, path)
        } else {
            path::join(&[dir, b"/"].concat(), path)
        }
    }

    /// Adds a user of the host (empty id) or of a container.
    pub fn add_user(&mut self, container_id: &[u8], uid: u32, user: User) {
        self.lost.users += u64::from(!self.users.add_user(container_id, uid, user));
    }

    /// Adds a group of the host (empty id) or of a container.
    pub fn add_group(&mut self, container_id: &[u8], gid: u32, name: Box<[u8]>) {
        self.lost.users += u64::from(!self.users.add_group(container_id, gid, name));
    }

    /// Changes the descriptors of a thread's process.
    fn with_fds<T>(
        &mut self,
        at: Handle,
        change: impl FnOnce(&mut Fds, &mut Pool) -> T,
    ) -> Option<T> {
        let leader = self.threads.get(at)?.links.leader;
        let owner = if self.threads.get(leader).is_some() { leader } else { at };
        Some(change(&mut self.threads.get_mut(owner)?.fds, &mut self.pool))
    }

    /// Adds or replaces a descriptor of a thread's process, and takes it as what the event is about.
    fn put_fd(&mut self, at: Handle, number: i64, fd: Fd) {
        let kept = self.with_fds(at, |fds, pool| fds.insert(number, fd, pool));
        if kept == Some(true) {
            self.now.fd = Some(number);
        } else if number >= 0 {
            self.lost.fds += 1;
        }
    }

    /// A descriptor by the thread whose process has it.
    fn fd_at(&self, at: Handle, number: i64) -> Option<&Fd> {
        self.fd(self.threads.get(at)?, number)
    }

    /// Puts a changed descriptor back in its place.
    fn replace_fd(&mut self, at: Handle, number: i64, fd: Fd) {
        let changed = self.with_fds(at, |fds, pool| {
            fds.edit(number, pool, |old| {
                let changed = old.name != fd.name;
                *old = fd;
                changed
            })
        });
        self.now.name_changed = changed.flatten().unwrap_or(false);
    }
}

#[cfg(test)]
mod tests;
