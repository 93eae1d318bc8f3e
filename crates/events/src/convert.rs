//! Old events in today's form: one event a call, with everything in it.
//!
//! Until 2025 drivers recorded the start and the end of a call. Starts are kept until the end of the
//! call of the same thread comes, and their parameters are added there. What each event becomes is
//! data: `data/conversions.txt`.

use std::{collections::HashMap, sync::LazyLock};

use crate::{Event, Kind, capture::Trouble, table::kind};

mod plan;
mod scratch;

use plan::{Action, Plan, Source};
use scratch::Scratch;

static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(plan::read);

/// Bytes that starts of calls may take which wait for their ends.
const MAX_STORED: usize = 16 * 1024 * 1024;
/// More than the longest way from the first form of an event to that of today: `execve` has had 17.
const MAX_STEPS: usize = 32;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is in today's form.
    AsIs,
    /// It has another form now: [`Converter::event`].
    Converted,
    /// It is the start of a call that says what its end cannot be trusted with: what was asked for,
    /// before another thread could change it. For the state only: [`Converter::event`].
    Start,
    /// It is the start of a call, or of a kind that nobody needs.
    LeftOut,
}

/// Brings events of one capture into today's form. Memory is bounded.
#[derive(Debug, Default)]
pub struct Converter {
    starts: HashMap<i64, Scratch>,
    stored_bytes: usize,
    result: Scratch,
    spare: Scratch,
    /// The start that the last event was completed with.
    used: Option<Scratch>,
    trouble: Option<Trouble>,
}

impl Converter {
    /// Takes the next event.
    #[inline]
    pub fn convert(&mut self, event: &Event<'_>) -> Outcome {
        self.used = None;
        let waits = !self.starts.is_empty();
        match PLANS.get(usize::from(event.kind.0)) {
            Some(Plan::Deliver) if !waits || event.kind != kind::PROCEXIT_1_E => Outcome::AsIs,
            Some(Plan::Convert { full: Some(full), .. })
                if !waits && event.params.count() >= *full =>
            {
                Outcome::AsIs
            }
            None | Some(Plan::LeaveOut) => Outcome::LeftOut,
            _ => self.walk(event),
        }
    }

    /// The event that was converted last.
    #[must_use]
    pub fn event(&self) -> Event<'_> {
        self.result.event()
    }

    /// The start that the last event was completed with, unless it was an [`Outcome::Start`].
    #[must_use]
    pub fn start(&self) -> Option<Event<'_>> {
        self.used.as_ref().filter(|start| !start.is_given).map(Scratch::event)
    }

    /// What was wrong with the last event, once.
    #[inline]
    pub const fn take_trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// Forgets starts: what follows belongs to another capture.
    pub fn clear(&mut self) {
        self.starts.clear();
        self.stored_bytes = 0;
    }

    /// Goes from form to form until there is no newer one.
    #[cold]
    fn walk(&mut self, recorded: &Event<'_>) -> Outcome {
        self.result.copy(recorded);
        let mut uses_start = false;
        for step in 0..MAX_STEPS {
            let (kind, count) = (self.result.kind(), self.result.event().params.count());
            let form = match PLANS.get(usize::from(kind.0)) {
                None | Some(Plan::LeaveOut) => return Outcome::LeftOut,
                Some(Plan::Deliver) => return self.done(step, uses_start),
                Some(Plan::Convert { full: Some(full), .. }) if count >= *full => {
                    return self.done(step, uses_start);
                }
                Some(Plan::Convert { full, forms }) => {
                    let form = forms.iter().find(|(params, _)| *params == count);
                    if form.is_none() {
                        self.trouble = Some(Trouble::UnknownForm { kind, params: count });
                        // Without the rest of its parameters an event of today is still one.
                        return if full.is_some() {
                            self.done(step, uses_start)
                        } else {
                            Outcome::LeftOut
                        };
                    }
                    form
                }
            };
            match form.map(|(_, action)| action) {
                None => return Outcome::LeftOut,
                Some(Action::Give) => return Outcome::Start,
                Some(Action::Store { gives }) => {
                    self.result.is_given = *gives;
                    self.store();
                    return if *gives { Outcome::Start } else { Outcome::LeftOut };
                }
                Some(Action::Rewrite { to, keeps, sources }) => {
                    uses_start |= self.rewrite(to.unwrap_or(kind), *keeps, sources);
                }
            }
        }
        Outcome::LeftOut
    }

    /// The event is in today's form. Its start is of no more use, nor are those of a thread that ends.
    fn done(&mut self, steps: usize, uses_start: bool) -> Outcome {
        let (kind, tid) = (self.result.kind(), self.result.event().tid);
        let is_start_of = |start: &Scratch| start.kind().0.checked_add(1) == Some(kind.0);
        if uses_start || self.starts.get(&tid).is_some_and(is_start_of) {
            self.used = self.take_start(tid);
        } else if kind == kind::PROCEXIT_1_E {
            self.take_start(tid);
        }
        if steps == 0 { Outcome::AsIs } else { Outcome::Converted }
    }

    fn take_start(&mut self, tid: i64) -> Option<Scratch> {
        let start = self.starts.remove(&tid)?;
        self.stored_bytes = self.stored_bytes.saturating_sub(start.size());
        Some(start)
    }

    fn store(&mut self) {
        let tid = self.result.event().tid;
        self.take_start(tid);
        let bytes = self.stored_bytes.saturating_add(self.result.size());
        if bytes > MAX_STORED {
            self.trouble = Some(Trouble::TooManyStarts);
            return;
        }
        self.stored_bytes = bytes;
        self.starts.insert(tid, self.result.clone());
    }

    /// Makes the next form. Whether parameters of the start went into it.
    fn rewrite(&mut self, to: Kind, keeps: bool, sources: &[Source]) -> bool {
        std::mem::swap(&mut self.result, &mut self.spare);
        let old = self.spare.event();
        self.result.begin(&old, to);
        if keeps {
            old.params.iter().for_each(|value| self.result.push(value));
        }
        let start = self.starts.get(&old.tid);
        let right = start.filter(|start| start.kind().0.checked_add(1) == Some(old.kind.0));
        let mut uses_start = false;
        for source in sources {
            let value = match *source {
                Source::Zero => None,
                Source::Empty => Some(&[][..]),
                Source::Old(index) => Some(old.params.get(index).unwrap_or_default()),
                Source::Start { index, or_empty } => {
                    if start.is_some() && right.is_none() {
                        self.trouble = Some(Trouble::WrongStart { kind: old.kind });
                    }
                    uses_start |= right.is_some();
                    let value = right.and_then(|start| start.event().params.iter().nth(index));
                    value.or(if or_empty { Some(&[][..]) } else { None })
                }
            };
            match value {
                Some(value) => self.result.push(value),
                None => self.result.push_zero(),
            }
        }
        uses_start
    }
}

#[cfg(test)]
mod tests;
