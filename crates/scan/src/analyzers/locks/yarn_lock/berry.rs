//! Yarn 2 and later: YAML, an entry for each resolution.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{Locked, locked::Reason};
use super::split_descriptor;

/// Keys are descriptors (`a@npm:^1.0.0, a@npm:^1.1.0`), and `__metadata`.
pub(super) type Lock = BTreeMap<String, Entry>;

#[derive(Deserialize)]
pub(super) struct Entry {
    version: Option<String>,
    resolution: Option<String>,
    #[serde(rename = "linkType")]
    link_type: Option<String>,
}

pub(super) fn read(documents: &[Lock], locked: &mut Locked<'_>) {
    for (descriptors, entry) in documents.iter().flatten() {
        // Soft links are workspaces and directories.
        let local = entry.link_type.as_deref() == Some("soft");
        if descriptors == "__metadata" || local {
            continue;
        }
        match entry.resolution.as_deref().and_then(split_descriptor) {
            Some((name, _)) => {
                locked.add(name, entry.version.as_deref().unwrap_or_default(), false);
            }
            None => locked.unassessed(Reason::Malformed, descriptors),
        }
    }
}
