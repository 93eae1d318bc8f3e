//! How much file content may be in memory at once, over all layers.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of bytes that permits are taken from.
#[derive(Debug)]
pub(crate) struct Budget {
    total: u64,
    free: Mutex<u64>,
    returned: Condvar,
}

/// The right to hold some bytes; returned when dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(total_bytes: u64) -> Self {
        Self { total: total_bytes, free: Mutex::new(total_bytes), returned: Condvar::new() }
    }

    /// Waits until `bytes` are free. More than there ever are waits for all of them, so that one
    /// oversized file goes alone.
    ///
    /// Who holds a permit must not ask for another one.
    pub(crate) fn acquire(&self, bytes: u64) -> Permit<'_> {
        let bytes = bytes.min(self.total);
        let mut free = self.lock();
        while *free < bytes {
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free = free.saturating_sub(bytes);
        Permit { budget: self, bytes }
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut free = self.budget.lock();
        *free = free.saturating_add(self.bytes).min(self.budget.total);
        drop(free);
        self.budget.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_waits_for_everything() {
        let budget = Budget::new(10);
        let small = budget.acquire(3);
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| budget.acquire(99).bytes);
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!waiter.is_finished());
            drop(small);
            assert_eq!(waiter.join().unwrap(), 10);
        });
        assert_eq!(*budget.lock(), 10);
    }
}
