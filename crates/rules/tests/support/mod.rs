//! Where the conformance data is.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test panics when what it reads is missing, and tells what it skipped"
)]

use std::path::PathBuf;

use serde_json::Value;

/// The directory that `FARGUARD_CONFORMANCE` names, or `../shared` beside the repository.
pub(crate) fn root() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root =
        std::env::var_os("FARGUARD_CONFORMANCE").map_or_else(|| beside.into(), PathBuf::from);
    root.is_dir().then_some(root)
}

/// The cases of a file; none, with the reason printed, when the data is not at hand.
pub(crate) fn cases(name: &str) -> Vec<Value> {
    let Some(root) = root() else {
        println!("skipped: FARGUARD_CONFORMANCE names no directory with {name}");
        return Vec::new();
    };
    let text =
        std::fs::read_to_string(root.join("conformance").join(name)).expect("cases are read");
    text.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect()
}
