//! Captures: files of events with what was known about the machine when they began (`.scap`).
//!
//! ```text
//! section | machine, interfaces, users, threads, descriptors | event event event ... | section ...
//! ```
//! A file is a row of blocks, each with its length before and after it, in one gzip stream or not.
//! [`Reader`] takes every version that was ever written and gives events in today's form; [`Writer`]
//! writes today's.
//!
//! # Source
//! `scap_savefile.h` and `scap_savefile.c` of falcosecurity/libs.

mod block;
mod bytes;
mod encode;
mod event;
mod fds;
mod head;
mod input;
mod problem;
mod reader;
mod threads;
mod writer;

pub use head::{Head, Interface};
pub use problem::{Error, Problem, Problems, Trouble};
pub use reader::{Item, Reader};
pub use writer::Writer;

#[cfg(test)]
mod tests;
