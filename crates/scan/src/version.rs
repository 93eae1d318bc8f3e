//! The order of versions, as each ecosystem defines it.
//!
//! Every order is total over the strings it accepts, never panics, and takes time linear in the
//! length of its input.

use std::cmp::Ordering;

/// How versions of one ecosystem are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant names the scheme")]
pub enum VersionOrder {
    Apk,
    Composer,
    Dpkg,
    Gem,
    Go,
    Maven,
    Nuget,
    Pep440,
    Rpm,
    Semver,
}

/// The text is not a version of that scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{version}` is not a {scheme} version")]
pub struct VersionError {
    /// The text.
    pub version: String,
    /// The scheme's name for people: `PEP 440`, `dpkg`.
    pub scheme: &'static str,
}

impl VersionOrder {
    /// Compares two versions.
    ///
    /// # Errors
    /// When one of them is not a version of this scheme.
    pub fn compare(self, _left: &str, _right: &str) -> Result<Ordering, VersionError> {
        todo!()
    }
}
