//! Where Farguard keeps its files, after the XDG base directory specification.

use std::{env, path::PathBuf};

use anyhow::{Result, bail};

/// The directory for what can be made again: advisories and analysed layers.
///
/// # Errors
/// When no environment variable says where caches go.
pub(crate) fn cache_dir() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(directory) = set("FARGUARD_CACHE_DIR") {
        return Ok(directory);
    }
    let base = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    match base {
        Some(base) => Ok(base.join("farguard")),
        None => bail!("no place for caches: set `FARGUARD_CACHE_DIR`, `XDG_CACHE_HOME` or `HOME`"),
    }
}

/// The advisory database: what `--db` or `FARGUARD_DB` says, else a file in the cache directory.
///
/// # Errors
/// As [`cache_dir`].
pub(crate) fn database(chosen: Option<&PathBuf>) -> Result<PathBuf> {
    match chosen {
        Some(path) => Ok(path.clone()),
        None => Ok(cache_dir()?.join("advisories.db")),
    }
}
