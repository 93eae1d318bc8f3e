//! The `farguard` command.

fn main() {}
