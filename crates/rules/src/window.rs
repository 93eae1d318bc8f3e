//! Rules over more than one event: so many within a time, the first of its kind, one after another.
//!
//! Our extension of the Falco language. A rule says it below its key `farguard`, which plain Falco
//! skips; its condition stays a condition over one event. Time is the time of events, never of the
//! clock, so records may arrive late and in any order: each question is asked of all windows that
//! hold the event at hand. Memory is bounded by counts, not by time, so a record from the far
//! future forgets nothing.

mod seen;
mod spec;
mod times;
mod tracker;

pub use spec::{Spec, SpecError, Test};
pub use tracker::{Observation, Outcome, Snapshot, Tracker};
