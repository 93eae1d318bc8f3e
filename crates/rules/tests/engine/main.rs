//! The engine over events of a small source of its own.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test panics when what it was given is missing"
)]

mod alerts;
mod conformance;
mod detector;
mod effort;
mod hostile;
mod mock;
mod naive;
mod properties;
mod semantics;

pub(crate) use mock::{Event, Mock, Owned};
