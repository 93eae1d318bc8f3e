//! The registry source against servers that behave, and against those that do not.

#[path = "registry/fixture.rs"]
mod fixture;
#[path = "registry/hostile.rs"]
mod hostile;
#[path = "registry/login.rs"]
mod login;
#[path = "registry/real.rs"]
mod real;
#[path = "registry/server.rs"]
mod server;
