//! The descriptors of a process.

use std::{collections::BTreeMap, sync::Arc};

use super::{Fd, l4};

/// Descriptors below this have a place of their own in a vector; most have.
const LOW: usize = 1024;
/// Most descriptors of one process.
const LIMIT: usize = 65_536;
/// What a descriptor takes besides its names, in bytes: about.
const OVERHEAD: usize = 192;

/// The descriptors of a process, by number. `fork` shares them until either side changes one.
#[derive(Debug, Clone, Default)]
pub struct Fds(Option<Arc<Table>>);

#[derive(Debug, Clone, Default)]
struct Table {
    low: Vec<Option<Entry>>,
    high: BTreeMap<i64, Entry>,
    len: usize,
    weight: usize,
}

/// A descriptor, and what reading and writing may change of it: most events are these, and they need not
/// look at it.
#[derive(Debug, Clone)]
struct Entry {
    fd: Arc<Fd>,
    fixed: Fixed,
}

/// What data that goes in or out cannot change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fixed {
    /// That it is connected is still to be learnt.
    Nothing,
    /// Only data with addresses says something.
    Connection,
    /// It is a TCP connection with both ends.
    Everything,
}

impl Entry {
    fn new(fd: Fd) -> Self {
        let fixed = Fixed::of(&fd);
        Self { fd: Arc::new(fd), fixed }
    }
}

impl Fixed {
    fn of(fd: &Fd) -> Self {
        if fd.kind.is_inet() && !fd.socket.connected {
            Self::Nothing
        } else if !fd.name.is_empty() && fd.l4() == Some(l4::TCP) {
            Self::Everything
        } else {
            Self::Connection
        }
    }
}

/// What the descriptors of all processes may take together.
#[derive(Debug)]
pub(crate) struct Pool {
    used: usize,
    limit: usize,
}

impl Default for Pool {
    fn default() -> Self {
        Self { used: 0, limit: 512 << 20 }
    }
}

impl Pool {
    const fn take(&mut self, bytes: usize) -> bool {
        let used = self.used.saturating_add(bytes);
        if used <= self.limit {
            self.used = used;
        }
        used <= self.limit
    }

    const fn give(&mut self, bytes: usize) {
        self.used = self.used.saturating_sub(bytes);
    }

    /// Bytes in use.
    #[cfg(test)]
    pub(crate) const fn used(&self) -> usize {
        self.used
    }
}

const fn weight(fd: &Fd) -> usize {
    OVERHEAD + fd.name.len() + fd.raw_name.len()
}

impl Table {
    fn get(&self, number: i64) -> Option<&Entry> {
        match usize::try_from(number) {
            Ok(at) if at < LOW => self.low.get(at)?.as_ref(),
            _ => self.high.get(&number),
        }
    }

    fn get_mut(&mut self, number: i64) -> Option<&mut Entry> {
        match usize::try_from(number) {
            Ok(at) if at < LOW => self.low.get_mut(at)?.as_mut(),
            _ => self.high.get_mut(&number),
        }
    }

    fn set(&mut self, number: i64, entry: Entry) {
        match usize::try_from(number) {
            Ok(at) if at < LOW => {
                if self.low.len() <= at {
                    self.low.resize(at + 1, None);
                }
                if let Some(place) = self.low.get_mut(at) {
                    *place = Some(entry);
                }
            }
            _ => drop(self.high.insert(number, entry)),
        }
    }

    fn take(&mut self, number: i64) -> Option<Entry> {
        match usize::try_from(number) {
            Ok(at) if at < LOW => self.low.get_mut(at)?.take(),
            _ => self.high.remove(&number),
        }
    }
}

impl Fds {
    /// A descriptor by its number.
    #[must_use]
    pub fn get(&self, number: i64) -> Option<&Fd> {
        self.0.as_ref()?.get(number).map(|entry| &*entry.fd)
    }

    /// What data that goes in or out cannot change of one.
    pub(crate) fn fixed(&self, number: i64) -> Option<Fixed> {
        self.0.as_ref()?.get(number).map(|entry| entry.fixed)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |table| table.len)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, by number.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &Fd)> {
        let table = self.0.as_deref();
        let low = table.into_iter().flat_map(|table| (0_i64..).zip(&table.low));
        let high = table.into_iter().flat_map(|table| &table.high);
        low.filter_map(|(number, entry)| Some((number, &*entry.as_ref()?.fd)))
            .chain(high.map(|(number, entry)| (*number, &*entry.fd)))
    }

    /// The table, its own: copied if another process shares it. `None` when there is no room.
    fn own(&mut self, pool: &mut Pool) -> Option<&mut Table> {
        let table = self.0.get_or_insert_default();
        if Arc::get_mut(table).is_none() {
            if !pool.take(table.weight) {
                return None;
            }
            *table = Arc::new((**table).clone());
        }
        Arc::get_mut(table)
    }

    /// Adds or replaces one. `false` when there is no room for it.
    pub(crate) fn insert(&mut self, number: i64, fd: Fd, pool: &mut Pool) -> bool {
        if number < 0 {
            return false;
        }
        let full = self.len() >= LIMIT;
        let Some(table) = self.own(pool) else { return false };
        let before = table.get(number).map(|entry| weight(&entry.fd));
        let after = weight(&fd);
        pool.give(before.unwrap_or(0));
        table.weight -= before.unwrap_or(0);
        if (full && before.is_none()) || !pool.take(after) {
            table.len -= usize::from(table.take(number).is_some());
            return false;
        }
        table.weight += after;
        table.len += usize::from(before.is_none());
        table.set(number, Entry::new(fd));
        true
    }

    /// Removes one. `false` when there is none of that number.
    pub(crate) fn remove(&mut self, number: i64, pool: &mut Pool) -> bool {
        if self.get(number).is_none() {
            return false;
        }
        let Some(table) = self.own(pool) else { return false };
        let Some(Entry { fd, .. }) = table.take(number) else { return false };
        table.len -= 1;
        table.weight -= weight(&fd);
        pool.give(weight(&fd));
        true
    }

    /// Changes one. `None` when there is none of that number, or no room.
    pub(crate) fn edit<T>(
        &mut self,
        number: i64,
        pool: &mut Pool,
        change: impl FnOnce(&mut Fd) -> T,
    ) -> Option<T> {
        self.get(number)?;
        let table = self.own(pool)?;
        let entry = table.get_mut(number)?;
        let fd = Arc::make_mut(&mut entry.fd);
        let before = weight(fd);
        let made = change(fd);
        let after = weight(fd);
        entry.fixed = Fixed::of(fd);
        table.weight = (table.weight - before).saturating_add(after);
        pool.give(before);
        // Names of sockets are short: let one pass even when the pool is full.
        pool.used = pool.used.saturating_add(after);
        Some(made)
    }

    /// Which table it is, and what that takes.
    #[cfg(test)]
    pub(crate) fn table(&self) -> Option<(usize, usize)> {
        let table = self.0.as_ref()?;
        Some((Arc::as_ptr(table).addr(), table.weight))
    }

    /// Forgets all of them.
    pub(crate) fn release(&mut self, pool: &mut Pool) {
        if let Some(table) = self.0.take().and_then(Arc::into_inner) {
            pool.give(table.weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Fd {
        Fd { name: name.into(), ..Fd::default() }
    }

    #[test]
    fn tables_are_shared_until_one_side_changes() {
        let mut pool = Pool::default();
        let mut parent = Fds::default();
        assert!(
            parent.insert(3, file("a"), &mut pool) && parent.insert(5000, file("b"), &mut pool)
        );
        let used = pool.used();
        let mut child = parent.clone();
        assert_eq!(pool.used(), used, "nothing copied");
        assert!(child.remove(3, &mut pool));
        assert!(!child.remove(3, &mut pool), "only once");
        assert_eq!(parent.get(3), Some(&file("a")));
        assert_eq!(child.iter().map(|(number, _)| number).collect::<Vec<_>>(), [5000]);
        assert!(child.insert(5000, file("longer"), &mut pool), "replaced");
        assert_eq!((parent.len(), child.len()), (2, 1));
        child.edit(5000, &mut pool, |fd| fd.name.clear());
        child.release(&mut pool);
        assert_eq!(pool.used(), used);
        parent.release(&mut pool);
        assert_eq!(pool.used(), 0);
    }

    #[test]
    fn there_is_room_for_so_much_and_no_more() {
        let mut fds = Fds::default();
        let mut pool = Pool { used: 0, limit: 3 * OVERHEAD };
        for number in 0..3 {
            assert!(fds.insert(number, Fd::default(), &mut pool));
        }
        assert!(!fds.insert(3, Fd::default(), &mut pool) && fds.get(3).is_none());
        assert!(!fds.insert(2, file("x"), &mut pool), "an old one is not kept for a new one");
        assert_eq!((fds.len(), pool.used()), (2, 2 * OVERHEAD));
        let mut shared = fds.clone();
        assert!(!shared.insert(7, Fd::default(), &mut pool), "no room for a copy");
        assert!(!fds.insert(-1, Fd::default(), &mut pool));
    }
}
