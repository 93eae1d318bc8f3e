//! The registry source against servers that behave, and against those that do not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "helpers of tests fail by panicking, like the tests themselves"
)]

#[path = "registry/daemon.rs"]
mod daemon;
#[path = "registry/fixture.rs"]
mod fixture;
#[path = "registry/hostile.rs"]
mod hostile;
#[path = "registry/layers.rs"]
mod layers;
#[path = "registry/login.rs"]
mod login;
#[path = "registry/real.rs"]
mod real;
#[path = "registry/referrers.rs"]
mod referrers;
#[path = "registry/server.rs"]
mod server;
#[path = "registry/tar.rs"]
mod tar;
