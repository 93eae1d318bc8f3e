//! Remembers what layers say, one file each, shared by any number of scans at once.
//!
//! There is no lock: a file is written beside its place and renamed into it, and a reader checks
//! its checksum, so it sees all of it or does without.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::facts::LayerFacts;

/// Raised when [`LayerFacts`] changes shape.
const FORMAT: u32 = 3;
/// Old entries are removed beyond this size.
const MAX_CACHE_BYTES: u64 = 1 << 30;
const ENDING: &str = "layer";

/// A directory of cached layers.
#[derive(Debug)]
pub(crate) struct Cache {
    directory: PathBuf,
    /// Everything besides the layer that decides what is remembered.
    fingerprint: String,
}

impl Cache {
    /// `secrets` names the patterns that were looked for, if any were.
    pub(crate) fn new(
        directory: &Path,
        analyzers: &str,
        with_files: bool,
        secrets: Option<u64>,
    ) -> Self {
        let fingerprint = format!("{FORMAT};files={with_files};secrets={secrets:x?};{analyzers}");
        Self { directory: directory.join("layers"), fingerprint }
    }

    fn path(&self, identity: &str) -> PathBuf {
        let key = xxh3_128(format!("{identity};{}", self.fingerprint).as_bytes());
        self.directory.join(format!("{key:032x}.{ENDING}"))
    }

    /// What the layer says, if it is remembered. Damaged files count as absent.
    pub(crate) fn load(&self, identity: &str) -> Option<LayerFacts> {
        let stored = fs::read(self.path(identity)).ok()?;
        let (checksum, rest) = stored.split_first_chunk::<8>()?;
        if u64::from_le_bytes(*checksum) != xxh3_64(rest) {
            return None;
        }
        // The name of the file is a hash; what it stands for is inside.
        let (stored_identity, facts) = postcard::take_from_bytes::<&str>(rest).ok()?;
        let facts = postcard::from_bytes(facts).ok()?;
        (stored_identity == identity).then_some(facts)
    }

    /// Remembers what the layer says, and forgets the oldest layers when there are too many.
    ///
    /// # Errors
    /// When the directory cannot be written: the scan is none the worse for it.
    pub(crate) fn store(&self, identity: &str, facts: &LayerFacts) -> io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut bytes = vec![0; 8];
        bytes = postcard::to_extend(identity, bytes).map_err(io::Error::other)?;
        bytes = postcard::to_extend(facts, bytes).map_err(io::Error::other)?;
        let (checksum, rest) = bytes.split_first_chunk_mut::<8>().ok_or(io::ErrorKind::Other)?;
        *checksum = xxh3_64(rest).to_le_bytes();

        fs::create_dir_all(&self.directory)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let temporary = self.directory.join(format!("{}-{number}.tmp", std::process::id()));
        let written = fs::File::create(&temporary).and_then(|mut file| file.write_all(&bytes));
        let placed = written.and_then(|()| fs::rename(&temporary, self.path(identity)));
        if placed.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        placed
    }

    /// Removes the oldest files while there is more than [`MAX_CACHE_BYTES`].
    pub(crate) fn prune(&self) {
        self.prune_to(MAX_CACHE_BYTES);
    }

    fn prune_to(&self, max_bytes: u64) {
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((meta.modified().ok()?, meta.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut total: u64 = files.iter().map(|(_, len, _)| len).sum();
        for (_, len, path) in files {
            if total <= max_bytes {
                break;
            }
            if fs::remove_file(path).is_ok() {
                total -= len;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(covers: &[u64]) -> LayerFacts {
        LayerFacts { covers: covers.to_vec(), ..LayerFacts::default() }
    }

    #[test]
    fn what_is_stored_is_loaded_by_the_same_analyzers_only() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path(), "a=1", false, None);
        assert_eq!(cache.load("sha256:1"), None);
        cache.store("sha256:1", &facts(&[1, 2])).unwrap();
        assert_eq!(cache.load("sha256:1"), Some(facts(&[1, 2])));
        assert_eq!(cache.load("sha256:2"), None);
        assert_eq!(Cache::new(directory.path(), "a=2", false, None).load("sha256:1"), None);
        assert_eq!(Cache::new(directory.path(), "a=1", true, None).load("sha256:1"), None);
        assert_eq!(Cache::new(directory.path(), "a=1", false, Some(1)).load("sha256:1"), None);
    }

    #[test]
    fn a_torn_file_is_ignored_and_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path(), "a=1", false, None);
        cache.store("x", &facts(&[1, 2, 3])).unwrap();
        let path = cache.path("x");
        let whole = fs::read(&path).unwrap();
        for len in 0..whole.len() {
            fs::write(&path, &whole[..len]).unwrap();
            assert_eq!(cache.load("x"), None);
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x40;
            fs::write(&path, damaged).unwrap();
            assert_eq!(cache.load("x"), None);
        }
        cache.store("x", &facts(&[1, 2, 3])).unwrap();
        assert_eq!(cache.load("x"), Some(facts(&[1, 2, 3])));
    }

    #[test]
    fn many_scans_share_one_directory() {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let cache = Cache::new(directory.path(), "a=1", false, None);
                    for round in 0..50 {
                        cache.store("x", &facts(&vec![7; 1_000])).unwrap();
                        assert_eq!(cache.load("x"), Some(facts(&vec![7; 1_000])), "{round}");
                    }
                });
            }
        });
    }

    #[test]
    fn the_oldest_files_go_first() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path(), "a=1", false, None);
        for name in ["old", "new"] {
            cache.store(name, &facts(&[1; 100])).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        cache.prune_to(fs::metadata(cache.path("new")).unwrap().len());
        assert_eq!((cache.load("old"), cache.load("new")), (None, Some(facts(&[1; 100]))));
    }
}
