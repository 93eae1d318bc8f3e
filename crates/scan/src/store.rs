//! What scans leave behind for later: bills of materials and verdicts, by image.
//!
//! ```text
//! DIR/store.json                  what kind of directory this is
//! DIR/rescan.json                 when all of it was last held against the advisories
//! DIR/images/KEY/sbom.cdx.json    CycloneDX, for people and other programs
//! DIR/images/KEY/verdict.json     what was found, when, under which names, whose it is
//! DIR/images/KEY/packages.bin     the packages once more, quick to read: see [`packed`]
//! ```
//!
//! `KEY` is the digest of the image. Files are replaced in one step, and one process writes at a
//! time, so any number of scans can share a directory. Nothing of an image's environment, labels
//! or history is stored: none of it is needed, and all of it may hold secrets.

mod entry;
mod file;
mod key;
pub mod packed;
pub mod rescan;
pub mod verdict;

#[cfg(test)]
mod tests;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use farguard_model::{Problem, ScanReport};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::{entry::Entry, file::Lock};

/// Raised when the files of a store change shape.
const FORMAT: u32 = 1;
const MARKER: &str = "store.json";
const LAST_RESCAN: &str = "rescan.json";
const LOCK: &str = "lock";
const IMAGES: &str = "images";
/// More than the small files of a store need.
const MAX_SMALL_BYTES: u64 = 1 << 20;

/// A directory of stored scans.
#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
}

/// A file of a store cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{path}`: {message}")]
pub struct StoreError {
    /// `read`, `write`, `open`.
    pub action: &'static str,
    /// The file or directory.
    pub path: String,
    /// Why.
    pub message: String,
}

/// An image as others need it to tell what they share with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImage {
    /// The names under which it was scanned, the latest first.
    pub names: Vec<String>,
    /// Digest of its manifest or configuration, where one is known.
    pub digest: Option<String>,
    /// Digests of the uncompressed layers, lowest first.
    pub diff_ids: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Marker {
    format: u32,
}

impl StoreError {
    fn new(action: &'static str, path: &Path, why: &dyn fmt::Display) -> Self {
        Self { action, path: path.display().to_string(), message: why.to_string() }
    }

    /// The same, as something that was not assessed.
    fn into_problem(self) -> Problem {
        Problem::new("unreadable-store-entry", self.message).at(self.path)
    }
}

impl Store {
    /// Opens a store.
    ///
    /// # Errors
    /// When the directory is no store, or one of another version of Farguard.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let marker = directory.join(MARKER);
        let bytes = file::read(&marker, MAX_SMALL_BYTES).map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::NotFound => {
                    "it is no store: `farguard scan --store` makes one".into()
                }
                _ => error.to_string(),
            };
            StoreError::new("open", directory, &why)
        })?;
        let Marker { format } = serde_json::from_slice(&bytes)
            .map_err(|error| StoreError::new("read", &marker, &error))?;
        if format != FORMAT {
            let why = format!("it has format {format}, and this version reads format {FORMAT}");
            return Err(StoreError::new("open", directory, &why));
        }
        Ok(Self { directory: directory.to_owned() })
    }

    /// Opens a store, or makes one in a directory that is empty or not there yet.
    ///
    /// # Errors
    /// When the directory holds something else, or cannot be written.
    pub fn create(directory: &Path) -> Result<Self, StoreError> {
        let failed = |error: io::Error| StoreError::new("open", directory, &error);
        fs::create_dir_all(directory).map_err(failed)?;
        let _lock = Lock::take(&directory.join(LOCK)).map_err(failed)?;
        let marker = directory.join(MARKER);
        if !marker.exists() {
            let others = fs::read_dir(directory).map_err(failed)?.flatten();
            if others.map(|entry| entry.file_name()).any(|name| name != LOCK) {
                let why = "it is no store, and not empty: name a directory of its own";
                return Err(StoreError::new("open", directory, &why));
            }
            let bytes = serde_json::to_vec(&Marker { format: FORMAT });
            let written = bytes.map_err(io::Error::from).and_then(|b| file::replace(&marker, &b));
            written.map_err(|error| StoreError::new("write", &marker, &error))?;
        }
        Self::open(directory)
    }

    /// Keeps a scan in place of an earlier one of the same image. What that one knew and this one
    /// did not look for stays. `sbom` is the bill of materials to keep beside it.
    ///
    /// # Errors
    /// When files cannot be written.
    pub fn put(&self, report: &ScanReport, sbom: &[u8]) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        let entry = self.entry(&key::of(&report.target));
        let earlier = entry.verdict().ok();
        entry.put(report, sbom, earlier.as_ref())
    }

    /// The images in the store, for those who look for layers that images share. Entries that
    /// cannot be read are left out: [`rescan`] names them.
    pub fn images(&self) -> impl Iterator<Item = StoredImage> {
        let keys = self.keys().unwrap_or_default();
        keys.into_iter().filter_map(|key| {
            let head = self.entry(&key).head().ok()?;
            let digest = head.digest.or(head.image_id);
            (!head.diff_ids.is_empty()).then_some(StoredImage {
                names: head.names,
                digest,
                diff_ids: head.diff_ids,
            })
        })
    }

    /// When all of the store was last held against the advisories, as far as that is known.
    #[must_use]
    pub fn last_rescan(&self) -> Option<LastRescan> {
        let bytes = file::read(&self.directory.join(LAST_RESCAN), MAX_SMALL_BYTES).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn set_last_rescan(&self, last: &LastRescan) -> Result<(), StoreError> {
        let path = self.directory.join(LAST_RESCAN);
        let bytes = serde_json::to_vec_pretty(last).map_err(io::Error::from);
        let written = bytes.and_then(|bytes| file::replace(&path, &bytes));
        written.map_err(|error| StoreError::new("write", &path, &error))
    }

    /// Names of all entries, sorted.
    fn keys(&self) -> Result<Vec<String>, StoreError> {
        let directory = self.directory.join(IMAGES);
        let failed = |error: io::Error| StoreError::new("read", &directory, &error);
        let entries = match fs::read_dir(&directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(failed)?,
        };
        let mut keys = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            keys.push(entry.file_name().to_string_lossy().into_owned());
        }
        keys.sort();
        Ok(keys)
    }

    fn entry(&self, key: &str) -> Entry {
        Entry { directory: self.directory.join(IMAGES).join(key) }
    }

    /// Waits until nobody else writes.
    fn lock(&self) -> Result<Lock, StoreError> {
        let path = self.directory.join(LOCK);
        Lock::take(&path).map_err(|error| StoreError::new("lock", &path, &error))
    }
}

/// When all of a store was last held against the advisories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRescan {
    /// When that was.
    pub assessed: Timestamp,
    /// When the advisories used were put together.
    pub database_built: Timestamp,
    /// How many entries there were.
    pub images: usize,
}
