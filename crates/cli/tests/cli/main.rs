//! The program as a user runs it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "helpers of tests fail by panicking; those of the registry source are shared"
)]

mod base;
mod baseline;
mod build_file;
mod capture;
mod detect;
mod hostile;
mod integrations;
mod investigate;
mod notify;
mod owners;
mod policy;
mod registry;
mod replay;
mod rescan;
mod rules;
mod scan;
mod secrets;
mod suite;
mod support;
