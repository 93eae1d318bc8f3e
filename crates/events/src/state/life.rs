//! How threads come, belong together and go.

use super::{Lost, State, Thread, threads::Handle};

/// Children that one ended process hands over, at most: handing over must not cost the square of
/// the number of processes.
const HANDED_OVER: usize = 1024;
/// Ancestors that are asked to take over, at most.
const ASKED: usize = 64;
/// Children and threads that are gone are cleared away when there are more than this.
const STALE: usize = 32;

/// How many ends of threads are remembered, and how long: nanoseconds.
const REMEMBERED: usize = 64;
const REMEMBERED_NS: u64 = 2_000_000_000;

/// The last threads that ended. A child may end before its parent returns from `clone`: it must not
/// come back to life then.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// Thread, parent, and when.
    ring: Vec<(i64, i64, u64)>,
    next: usize,
}

impl Ended {
    pub(super) fn note(&mut self, tid: i64, ptid: i64, time_ns: u64) {
        if let Some(place) = self.ring.get_mut(self.next) {
            *place = (tid, ptid, time_ns);
        } else {
            self.ring.push((tid, ptid, time_ns));
        }
        self.next = (self.next + 1) % REMEMBERED;
    }

    pub(super) fn has(&self, tid: i64, ptid: i64, time_ns: u64) -> bool {
        self.ring.iter().any(|(its_tid, its_ptid, at)| {
            let age = time_ns.checked_sub(*at);
            (*its_tid, *its_ptid) == (tid, ptid) && age.is_some_and(|age| age < REMEMBERED_NS)
        })
    }
}

impl State {
    /// Adds a thread with what is known of its process and parent.
    pub(super) fn add(&mut self, thread: Thread) -> Handle {
        let at = self.insert(thread);
        self.link_one(at);
        at
    }

    /// The thread of that id; one of which nothing is known if there is none.
    pub(super) fn find_or_bare(&mut self, tid: i64) -> Handle {
        self.threads.find(tid).unwrap_or_else(|| self.insert(Thread::bare(tid)))
    }

    /// Adds a thread in the place of the one of that id.
    pub(super) fn insert(&mut self, thread: Thread) -> Handle {
        if let Some(old) = self.threads.find(thread.tid) {
            self.forget(old);
        }
        self.make_room();
        self.threads.insert(thread).unwrap_or_default()
    }

    fn make_room(&mut self) {
        while self.threads.len() >= self.limits.threads
            || self.threads.weight() > self.limits.weight
        {
            let Some(idlest) = self.threads.idlest(self.now.thread) else { break };
            self.lost.threads += 1;
            self.forget(idlest);
        }
    }

    pub(super) fn link_one(&mut self, at: Handle) {
        let Some(thread) = self.threads.get(at) else { return };
        if thread.is_bare() || thread.links.linked {
            return;
        }
        let (pid, ptid) = (thread.pid, thread.ptid);
        let is_reaper = pid == 1 || thread.vpid == 1;
        let known = |tid: i64| {
            let found = self.threads.find(tid).filter(|found| *found != at);
            found.filter(|found| self.threads.get(*found).is_some_and(|thread| !thread.is_bare()))
        };
        let leader = if thread.is_main() { Some(at) } else { known(pid) };
        let parent = if pid == 1 { None } else { known(ptid) };
        if let Some(leader) = leader.filter(|leader| *leader != at)
            && let Some(leader) = self.threads.get_mut(leader)
        {
            leader.links.members += 1;
            leader.links.threads.push(at);
        }
        if let Some(parent) = parent.and_then(|parent| self.threads.get_mut(parent)) {
            parent.links.children.push(at);
            parent.links.living += 1;
        }
        if let Some(thread) = self.threads.get_mut(at) {
            thread.links.leader = leader.unwrap_or_default();
            thread.links.parent = parent.unwrap_or_default();
            thread.links.reaper |= is_reaper;
            thread.links.linked = true;
            if parent.is_none() && pid != 1 {
                thread.ptid = 0;
            }
        }
    }

    /// A thread ends: its process has one less.
    pub(super) fn end(&mut self, at: Handle) {
        let Some(thread) = self.threads.get_mut(at) else { return };
        let (leader, was_dead) = (thread.links.leader, thread.links.dead);
        thread.links.dead = true;
        if was_dead || leader == at {
            return;
        }
        let Some(links) = self.threads.get_mut(leader).map(|leader| &mut leader.links) else {
            return;
        };
        links.members = links.members.saturating_sub(1);
        if links.threads.len() > STALE && links.threads.len() > 2 * links.members {
            let mut threads = std::mem::take(&mut links.threads);
            threads.retain(|other| self.threads.get(*other).is_some());
            if let Some(leader) = self.threads.get_mut(leader) {
                leader.links.threads = threads;
            }
        }
    }

    /// A process runs another program: its other threads are gone, whether their ends were seen or not.
    pub(super) fn become_alone(&mut self, at: Handle) {
        let Some(thread) = self.threads.get_mut(at) else { return };
        thread.links.dead = false;
        for other in std::mem::take(&mut thread.links.threads) {
            if self.threads.get(other).is_some_and(|other| other.links.leader == at) {
                self.forget(other);
            }
        }
    }

    /// A thread ended. A main thread stays as long as others of its process are there: they need its
    /// descriptors and its working directory.
    pub(super) fn bury(&mut self, at: Handle) {
        let Some(thread) = self.threads.get(at) else { return };
        if !thread.is_main() || thread.links.members == 0 {
            self.forget(at);
        }
    }

    /// Removes a thread and hands over its children.
    pub(super) fn forget(&mut self, at: Handle) {
        self.end(at);
        self.hand_over(at);
        let Some(mut thread) = self.threads.remove(at) else { return };
        thread.fds.release(&mut self.pool);
        self.leave_parent(thread.links.parent);
        if thread.is_main() {
            return;
        }
        let Some(leader) = self.threads.get(thread.links.leader) else { return };
        if leader.links.dead && leader.links.members == 0 {
            self.forget(thread.links.leader);
        }
    }

    fn leave_parent(&mut self, parent: Handle) {
        let Some(links) = self.threads.get_mut(parent).map(|thread| &mut thread.links) else {
            return;
        };
        links.living = links.living.saturating_sub(1);
        if links.children.len() > STALE && links.children.len() > 2 * links.living {
            let mut children = std::mem::take(&mut links.children);
            children.retain(|child| self.threads.get(*child).is_some());
            if let Some(thread) = self.threads.get_mut(parent) {
                thread.links.children = children;
            }
        }
    }

    fn hand_over(&mut self, at: Handle) {
        let Some(thread) = self.threads.get_mut(at) else { return };
        if thread.links.living == 0 {
            return;
        }
        let living = std::mem::take(&mut thread.links.living);
        let mut children = std::mem::take(&mut thread.links.children);
        children.retain(|child| self.threads.get(*child).is_some());
        let heir = self.heir(at);
        let tid = heir.and_then(|heir| Some(self.threads.get(heir)?.tid));
        children.truncate(HANDED_OVER);
        for child in &children {
            if let Some(child) = self.threads.get_mut(*child) {
                child.links.parent = heir.unwrap_or_default();
                child.ptid = tid.unwrap_or(0);
            }
        }
        self.lost.orphans += u64::try_from(living.saturating_sub(children.len())).unwrap_or(0);
        if let Some(heir) = heir.and_then(|heir| self.threads.get_mut(heir)) {
            heir.links.living += children.len();
            heir.links.children.extend(children);
        }
    }

    /// Who takes over the children of a thread that ends: whom the kernel named; another thread of the
    /// process; the first ancestor that takes over orphans.
    ///
    /// # Source
    /// `find_new_reaper` in `kernel/exit.c` of Linux.
    fn heir(&mut self, at: Handle) -> Option<Handle> {
        let thread = self.threads.get(at)?;
        let (pid, is_inner) = (thread.pid, thread.is_in_pid_namespace());
        if thread.links.heir > 0 {
            let named = self.threads.find(thread.links.heir).filter(|named| *named != at);
            let named = named.filter(|named| !self.threads.get(*named).is_none_or(Thread::is_bare));
            if let Some(heir) = named {
                if let Some(heir) = self.threads.get_mut(heir).filter(|heir| heir.pid != pid) {
                    heir.links.reaper = true;
                }
                return Some(heir);
            }
        }
        let leader = thread.links.leader;
        if leader != at && self.threads.get(leader).is_some_and(|leader| !leader.links.dead) {
            return Some(leader);
        }
        let mut up = thread.links.parent;
        for _ in 0..ASKED {
            let parent = self.threads.get(up)?;
            if parent.is_in_pid_namespace() != is_inner {
                return None;
            }
            let leader = self.threads.get(parent.links.leader);
            if leader.is_some_and(|leader| leader.links.reaper && !leader.links.dead) {
                return Some(parent.links.leader).filter(|leader| *leader != at);
            }
            up = parent.links.parent;
        }
        None
    }
}

impl Lost {
    /// Whether nothing was lost.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.threads == 0 && self.fds == 0 && self.users == 0 && self.orphans == 0
    }
}
