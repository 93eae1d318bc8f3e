//! Messages that were received and are not done with.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use farguard_aws::sqs::Message;

use crate::cmd::detect::stop::Stop;

/// How often it is looked whether a signal came.
const STEP: Duration = Duration::from_millis(100);

/// At most so many messages at once.
pub(super) struct Flight {
    capacity: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    messages: BTreeMap<String, Message>,
    is_ended: bool,
}

impl Flight {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, state: Mutex::default(), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room, and says for how many; `None` when the job ends.
    pub(super) fn wait_for_room(&self, stop: &Stop) -> Option<usize> {
        let mut state = self.state();
        loop {
            if stop.is_set() || state.is_ended {
                return None;
            }
            match self.capacity.saturating_sub(state.messages.len()) {
                0 => {
                    let waited = self.changed.wait_timeout(state, STEP);
                    state = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
                free => return Some(free),
            }
        }
    }

    /// Waits; `false` when the job has ended.
    pub(super) fn wait(&self, time: Duration) -> bool {
        let state = self.state();
        let waited = self.changed.wait_timeout_while(state, time, |state| !state.is_ended);
        !waited.unwrap_or_else(PoisonError::into_inner).0.is_ended
    }

    pub(super) fn begin(&self, message: &Message) {
        self.state().messages.insert(message.id.clone(), message.clone());
    }

    pub(super) fn finish(&self, message: &Message) {
        self.state().messages.remove(&message.id);
        self.changed.notify_all();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.state().messages.is_empty()
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        self.state().messages.values().cloned().collect()
    }

    /// The job has ended.
    pub(super) fn end(&self) {
        self.state().is_ended = true;
        self.changed.notify_all();
    }
}
