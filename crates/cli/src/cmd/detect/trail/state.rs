//! The file of a checkpoint.

use std::{
    fs::{self, File},
    io::{self, BufWriter},
    path::Path,
};

use anyhow::{Context, Result, bail};
use farguard_rules::window::Snapshot;
use farguard_trail::checkpoint::Checkpoint;
use serde::{Deserialize, Serialize};

/// More is no checkpoint of ours.
const MAX_BYTES: u64 = 256 << 20;

/// All that a job has to know of those before.
#[derive(Serialize, Deserialize)]
struct State<C, W> {
    checkpoint: C,
    windows: W,
}

/// Reads a checkpoint, and what windows knew; a file that is not there yet is the beginning.
///
/// # Errors
/// When it cannot be read, is none, or is one of another source.
pub(crate) fn load(path: &Path, source: &str) -> Result<(Checkpoint, Snapshot)> {
    let about = || format!("cannot use checkpoint `{}`", path.display());
    let bytes = match fs::metadata(path) {
        Ok(metadata) if metadata.len() > MAX_BYTES => bail!("{}: it is too large", about()),
        Ok(_) => fs::read(path).with_context(about)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok((Checkpoint::new(source), Snapshot::default()));
        }
        Err(error) => return Err(error).with_context(about),
    };
    let state: State<Checkpoint, Snapshot> = serde_json::from_slice(&bytes).with_context(about)?;
    Ok((state.checkpoint.of(source).with_context(about)?, state.windows))
}

/// Writes a checkpoint so that a crash leaves the old one or the new one, never half of one.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn save(path: &Path, checkpoint: &Checkpoint, windows: &Snapshot) -> Result<()> {
    let about = || format!("cannot write checkpoint `{}`", path.display());
    replace(path, &State { checkpoint, windows }).with_context(about)
}

fn replace(path: &Path, state: &impl Serialize) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut file = BufWriter::new(File::create(&new)?);
    serde_json::to_writer(&mut file, state)?;
    file.into_inner()?.sync_all()?;
    fs::rename(&new, path)?;
    // The name is safe only when the directory is.
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(directory) => File::open(directory)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_are_replaced_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.json");
        let (mut checkpoint, windows) = load(&path, "x").unwrap();
        checkpoint.done("a.json", 1);
        save(&path, &checkpoint, &windows).unwrap();
        assert_eq!(load(&path, "x").unwrap(), (checkpoint.clone(), windows));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        let error = format!("{:#}", load(&path, "y").unwrap_err());
        assert!(error.contains("it is of `x`"), "{error}");
        fs::write(&path, "{").unwrap();
        assert!(load(&path, "x").is_err());
        assert!(
            save(&directory.path().join("none/state.json"), &checkpoint, &Snapshot::default())
                .is_err()
        );
    }
}
