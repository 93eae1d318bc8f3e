//! The threads there are, found by id, and their places among each other.

use std::collections::HashMap;

use super::{Thread, hash::Keyed, pending::Pending};

/// Names a thread, and nobody else after it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle {
    index: u32,
    generation: u32,
}

impl Default for Handle {
    /// Nobody.
    fn default() -> Self {
        Self { index: u32::MAX, generation: 0 }
    }
}

/// How a thread belongs to others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    /// Main thread of its process: itself, or nobody if that is not known.
    pub(crate) leader: Handle,
    /// Who made it, or took it over.
    pub(crate) parent: Handle,
    /// Those whose parent it is; some may be gone.
    pub(crate) children: Vec<Handle>,
    /// How many of the children are not gone.
    pub(crate) living: usize,
    /// Of a main thread: the others of its process; some may be gone.
    pub(crate) threads: Vec<Handle>,
    /// How many of them live.
    pub(crate) members: usize,
    /// Leader and parent have been looked for.
    pub(crate) linked: bool,
    /// It has ended, but others of its process have not.
    pub(crate) dead: bool,
    /// It takes over processes whose parent ended.
    pub(crate) reaper: bool,
    /// It made a call since the hand passed.
    pub(crate) recent: bool,
    /// Who takes over its children, as the kernel said; 0 if it did not say.
    pub(crate) heir: i64,
    /// What it was counted with.
    pub(crate) weight: usize,
    /// The call that it has begun.
    pub(crate) pending: Pending,
}

#[derive(Debug, Default)]
struct Slot {
    generation: u32,
    thread: Option<Box<Thread>>,
}

/// Threads by id.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    slots: Vec<Slot>,
    free: Vec<u32>,
    by_tid: HashMap<i64, u32, Keyed>,
    /// Where the search for one to give up goes on.
    hand: usize,
    /// Bytes that they take.
    weight: usize,
}

impl Threads {
    pub(crate) fn len(&self) -> usize {
        self.by_tid.len()
    }

    pub(crate) const fn weight(&self) -> usize {
        self.weight
    }

    pub(crate) fn find(&self, tid: i64) -> Option<Handle> {
        let index = *self.by_tid.get(&tid)?;
        let slot = self.slots.get(usize::try_from(index).ok()?)?;
        Some(Handle { index, generation: slot.generation })
    }

    fn slot(&self, at: Handle) -> Option<&Slot> {
        let slot = self.slots.get(usize::try_from(at.index).ok()?)?;
        (slot.generation == at.generation).then_some(slot)
    }

    pub(crate) fn get(&self, at: Handle) -> Option<&Thread> {
        self.slot(at)?.thread.as_deref()
    }

    pub(crate) fn get_mut(&mut self, at: Handle) -> Option<&mut Thread> {
        let slot = self.slots.get_mut(usize::try_from(at.index).ok()?)?;
        if slot.generation == at.generation { slot.thread.as_deref_mut() } else { None }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Thread> {
        self.slots.iter().filter_map(|slot| slot.thread.as_deref())
    }

    pub(crate) fn handles(&self) -> Vec<Handle> {
        let occupied = |(index, slot): (u32, &Slot)| {
            slot.thread.as_ref()?;
            Some(Handle { index, generation: slot.generation })
        };
        (0_u32..).zip(&self.slots).filter_map(occupied).collect()
    }

    /// Adds a thread whose id is free.
    pub(crate) fn insert(&mut self, mut thread: Thread) -> Option<Handle> {
        thread.links.weight = thread.weight();
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.slots.push(Slot::default());
                u32::try_from(self.slots.len() - 1).ok()?
            }
        };
        let slot = self.slots.get_mut(usize::try_from(index).ok()?)?;
        self.weight += thread.links.weight;
        self.by_tid.insert(thread.tid, index);
        slot.thread = Some(Box::new(thread));
        Some(Handle { index, generation: slot.generation })
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, at: Handle) -> Option<Box<Thread>> {
        let slot = self.slots.get_mut(usize::try_from(at.index).ok()?)?;
        if slot.generation != at.generation {
            return None;
        }
        let thread = slot.thread.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(at.index);
        self.by_tid.remove(&thread.tid);
        self.weight = self.weight.saturating_sub(thread.links.weight);
        Some(thread)
    }

    /// Counts a thread again whose texts have changed.
    pub(crate) fn weigh(&mut self, at: Handle) {
        if let Some(thread) = self.get_mut(at) {
            let after = thread.weight();
            let before = std::mem::replace(&mut thread.links.weight, after);
            self.weight = self.weight.saturating_sub(before).saturating_add(after);
        }
    }

    /// The one to give up: it ended, or made no call since the hand passed last.
    pub(crate) fn idlest(&mut self, spare: Handle) -> Option<Handle> {
        for _ in 0..self.slots.len().saturating_mul(2).saturating_add(1) {
            let index = self.hand;
            self.hand = if index + 1 < self.slots.len() { index + 1 } else { 0 };
            let Some(slot) = self.slots.get_mut(index) else { continue };
            let Some(thread) = slot.thread.as_deref_mut() else { continue };
            let at = Handle { index: u32::try_from(index).ok()?, generation: slot.generation };
            let recent = std::mem::take(&mut thread.links.recent);
            if at != spare && (thread.links.dead || !recent) {
                return Some(at);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(tid: i64) -> Thread {
        Thread { tid, ..Thread::default() }
    }

    #[test]
    fn handles_do_not_outlive_their_thread() {
        let mut threads = Threads::default();
        let old = threads.insert(thread(7)).unwrap();
        assert_eq!(threads.find(7), Some(old));
        assert_eq!(threads.remove(old).map(|thread| thread.tid), Some(7));
        let new = threads.insert(thread(7)).unwrap();
        assert!(old != new && threads.get(old).is_none() && threads.remove(old).is_none());
        assert!(threads.get(Handle::default()).is_none());
        assert_eq!((threads.len(), threads.slots.len()), (1, 1), "its place is used again");
        threads.remove(new);
        assert_eq!(threads.weight(), 0);
    }

    #[test]
    fn those_without_calls_are_given_up_first() {
        let mut threads = Threads::default();
        let handles: Vec<_> = (0..4).filter_map(|tid| threads.insert(thread(tid))).collect();
        for at in &handles[..3] {
            threads.get_mut(*at).unwrap().links.recent = true;
        }
        assert_eq!(threads.idlest(Handle::default()), Some(handles[3]));
        assert_eq!(threads.idlest(handles[0]), Some(handles[1]), "nobody had a call since");
    }
}
