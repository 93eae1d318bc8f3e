//! Secrets in plain sight: file contents, image configuration, environment.
//!
//! ```text
//! content/scan/secrets/*.toml -> patterns --+
//!                                           v
//! bytes -> keywords (one automaton) -> a window around each -> regex -> allow rules -> leaks
//! ```
//!
//! - `content` reads the patterns, `pattern` is one of them, `allow` says what is no secret after
//!   all;
//! - `detector` finds them in bytes, whole or in chunks, with the same result;
//! - `value` judges a named value (environment, label), `history` the steps of a build;
//! - `mask` takes secrets out of any text;
//! - `finding` turns what was found into findings.
//!
//! A secret never leaves this module: what is handed out is masked.

mod allow;
mod content;
mod detector;
#[cfg(test)]
mod example;
mod finding;
mod history;
mod mask;
mod pattern;
mod text;
mod value;

use serde::{Deserialize, Serialize};

pub use detector::{Detector, Scan, Scanned};
#[cfg(test)]
pub(crate) use example::expand;
pub use finding::{findings, task_environment, task_setting};
pub(crate) use mask::ImageMask;
pub use mask::mask;
pub use pattern::Pattern;
pub(crate) use text::BLOCK_BYTES;
pub use value::{InValue, in_value};

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
