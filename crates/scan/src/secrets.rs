//! Secrets in plain sight: file contents, image configuration, environment.

use serde::{Deserialize, Serialize};

/// A secret in a file of one layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Leak {
    /// The file, relative to the root, without leading `/`.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column of the secret in it, from 1.
    pub column: u32,
    /// Id of the pattern that found it.
    pub rule: String,
    /// The text around it, with the secret masked.
    pub masked: String,
    /// The layer that holds it.
    pub layer: Option<u32>,
    /// The layer above that deletes or replaces the file.
    pub removed_by_layer: Option<u32>,
}
