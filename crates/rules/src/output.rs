//! What is said when a rule matches.

mod alert;
mod format;
mod print;
mod time;

pub use alert::{Alert, Style, TimeFormat};
pub use format::fields;
pub(crate) use format::{Format, parse};
