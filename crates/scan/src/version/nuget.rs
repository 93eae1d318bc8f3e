//! NuGet: Semantic Versioning with a fourth number and without regard to case.
//!
//! # Source
//! <https://learn.microsoft.com/en-us/nuget/concepts/package-versioning>

use std::cmp::Ordering;

use super::semver;

/// Compares two versions, `None` when one is not a NuGet version.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
    Some(semver::parse(&left)?.cmp(&semver::parse(&right)?))
}
