//! System call events: what one is, where it is read from, and the state of the processes behind it.
//!
//! ```text
//! capture file -> Event -> State::enter (update) -> View -> rules -> State::leave (forget)
//! ```

pub mod build;
pub mod capture;
pub mod convert;
pub mod event;
mod fields;
pub mod state;
pub mod table;
pub mod view;

pub use event::{Event, Kind, Params};
pub use state::State;
pub use view::{Syscalls, View};
