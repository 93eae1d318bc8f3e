//! The rules in `content/rules/cloudtrail`: that they load, say what they should, fire on their own
//! examples and on nothing near them, and find attacks in real records without much noise.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test panics when what it reads is not there, and says what it skips"
)]

mod datasets;
mod docs;
mod examples;
mod form;
mod guide;
mod support;
