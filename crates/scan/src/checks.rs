//! Checks of images: what their configuration and file system say of how safely they run.

use serde::{Deserialize, Serialize};

/// A file that checks of images ask for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotableFile {
    /// Relative to the root, without leading `/`.
    pub path: String,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// Size in bytes; 0 for directories.
    pub size_bytes: u64,
    /// Whether it is a directory.
    pub is_directory: bool,
    /// The layer that holds it.
    pub layer: Option<u32>,
}
