//! Go: modules are Semantic Versioning with a `v`, the toolchain counts in its own way.
//!
//! OSV records drop the `v` and write the standard library's versions as Semantic Versioning
//! (`1.20.0-rc.1`), while binaries say `go1.20rc1`. Pseudo-versions
//! (`v0.0.0-20230101000000-abcdef012345`) are made to sort right as pre-releases, and
//! `+incompatible` is build metadata.
//!
//! # Source
//! <https://go.dev/ref/mod#versions>, <https://go.dev/doc/toolchain#version>

use std::cmp::Ordering;

use super::semver;

/// Compares two versions, `None` when one is neither a module's nor a toolchain's.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (canonical(left.trim()), canonical(right.trim()));
    Some(semver::parse_bare(&left)?.cmp(&semver::parse_bare(&right)?))
}

/// The version as OSV would write it.
fn canonical(text: &str) -> String {
    let Some(toolchain) = text.strip_prefix("go") else {
        let bare = text.strip_prefix('v').unwrap_or(text);
        return if bare.contains('-') { bare.to_owned() } else { spell_out(bare) };
    };
    // What follows names the vendor or the experiments: `go1.21.0-acme`, `go1.22 X:arenas`.
    let end = toolchain.find(['-', ' ', '+']).unwrap_or(toolchain.len());
    spell_out(toolchain.get(..end).unwrap_or_default())
}

/// Rewrites `1.20rc1` to `1.20.0-rc.1`.
fn spell_out(text: &str) -> String {
    for kind in ["beta", "rc"] {
        let Some((release, number)) = text.split_once(kind) else { continue };
        let missing = 2usize.saturating_sub(release.matches('.').count());
        return format!("{release}{}-{kind}.{number}", ".0".repeat(missing));
    }
    text.to_owned()
}
