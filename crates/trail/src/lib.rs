//! CloudTrail: records in every shape they come in, read lazily, with the fields that rules ask for.
//!
//! ```text
//! bytes, gz or not -> shapes -> Record (keys noted, values not read) -> CloudTrail, a rules::Source
//! ```

pub mod checkpoint;
pub mod digest;
pub mod fields;
pub mod json;
pub mod layout;
pub mod notification;
pub mod record;
pub mod shapes;
mod time;
pub mod timeline;

pub use fields::{CloudTrail, Trail};
pub use json::Json;
pub use record::{Key, Record};
pub use shapes::{Loss, Reader, Tally};
