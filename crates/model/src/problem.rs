//! What could not be read.

use serde::{Deserialize, Serialize};

/// A part of the input that could not be read, so that nothing is known of it.
///
/// Reports show it as *not assessed*. A run with problems never claims that the target is clean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// Kebab-case and stable, names what is wrong: `corrupt-rpm-database`, `truncated-layer`.
    pub code: String,
    /// One sentence for people: lower case, no full stop, user text in backticks.
    pub message: String,
    /// The file inside the target, relative to its root, where one is known.
    pub path: Option<String>,
    /// Index into [`ScanReport::layers`](crate::ScanReport::layers), where one is known.
    pub layer: Option<u32>,
}

/// Codes of problems that hide nothing of the target.
const REMARKS: [&str; 4] = [
    "distribution-end-of-support",
    "expired-exception",
    "expired-ignore-rule",
    "unparsable-advisory",
];

impl Problem {
    /// A problem of the target as a whole.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), path: None, layer: None }
    }

    /// Whether something that may be vulnerable went unseen, so that "nothing found" would be a
    /// claim without evidence. The others are remarks: all was read, and there is a catch.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        !REMARKS.contains(&self.code.as_str())
    }

    /// The same problem, said of one file.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}
