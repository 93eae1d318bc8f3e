//! Yarn 1: a format of its own, line by line.

use super::super::{Locked, locked::Reason};
use super::split_descriptor;

/// Reads entries: descriptors at the margin, then fields indented by two.
pub(super) fn read(text: &str, locked: &mut Locked<'_>) {
    let mut open: Option<&str> = None;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            close(open, locked);
            open = name(line, locked);
            continue;
        }
        let version = line.strip_prefix("  version ").map(|version| version.trim_matches('"'));
        if let (Some(version), Some(name)) = (version, open) {
            locked.add(name, version, false);
            open = None;
        }
    }
    close(open, locked);
}

/// An entry that ends before its version was seen.
fn close(open: Option<&str>, locked: &mut Locked<'_>) {
    if let Some(name) = open {
        locked.unassessed(Reason::Unpinned, name);
    }
}

/// The package that a line of descriptors names; `None` for directories.
fn name<'t>(line: &'t str, locked: &mut Locked<'_>) -> Option<&'t str> {
    let first = line.trim_end_matches(':').split(", ").next().unwrap_or_default();
    let Some((name, range)) = split_descriptor(first.trim_matches('"')) else {
        locked.unassessed(Reason::Malformed, first);
        return None;
    };
    if range.starts_with("file:") || range.starts_with("link:") {
        return None;
    }
    let alias = range.strip_prefix("npm:").and_then(split_descriptor);
    Some(alias.map_or(name, |(name, _)| name))
}
