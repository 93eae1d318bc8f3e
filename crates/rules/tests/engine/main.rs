//! The engine over events of a small source of its own.

mod conformance;
mod mock;
mod semantics;

pub(crate) use mock::{Event, Mock, Owned};
