//! Which files of a directory hold advisories.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Directories below the one given that are entered.
const MAX_DEPTH: usize = 16;

/// A file that will be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its first bytes will tell what it is.
    Data,
    /// Says that everything beside it is a sample.
    SampleMarker,
}

/// The file itself, or every file below a directory whose name promises advisories; sorted.
pub(super) fn list(root: &Path) -> io::Result<Vec<Found>> {
    let metadata = fs::metadata(root)?;
    if !metadata.is_dir() {
        let kind = Kind::Data;
        return Ok(vec![Found { path: root.to_owned(), bytes: metadata.len(), kind }]);
    }
    let mut found = Vec::new();
    let mut directories = vec![(root.to_owned(), 0)];
    while let Some((directory, depth)) = directories.pop() {
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            // Symbolic links are not followed: they may lead in circles.
            let metadata = entry.metadata()?;
            if metadata.is_dir() && depth < MAX_DEPTH {
                directories.push((entry.path(), depth + 1));
            } else if metadata.is_file()
                && let Some(kind) = kind_of(&entry.file_name().to_string_lossy())
            {
                found.push(Found { path: entry.path(), bytes: metadata.len(), kind });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn kind_of(name: &str) -> Option<Kind> {
    if name == "sample.json" {
        return Some(Kind::SampleMarker);
    }
    let name = name.to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    let endings = [".json", ".jsonl", ".ndjson", ".csv", ".xml", ".zip"];
    endings.iter().any(|ending| plain.ends_with(ending)).then_some(Kind::Data)
}
