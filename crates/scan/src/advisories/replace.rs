//! Replaces a file in one step, by one process at a time.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file that will take the place of another once it is complete. Dropped before that, it leaves
/// the other untouched.
#[derive(Debug)]
pub(crate) struct Replacement {
    target: PathBuf,
    directory: PathBuf,
    file: NamedTempFile,
    /// Held until the end.
    _lock: File,
}

impl Replacement {
    /// Begins to replace `target`, whose directory is created when there is none.
    ///
    /// Fails with `ResourceBusy` when another process is replacing it.
    pub(crate) fn begin(target: &Path) -> io::Result<Self> {
        let directory = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        fs::create_dir_all(&directory)?;
        let mut lock_name = target.file_name().unwrap_or_default().to_owned();
        lock_name.push(".lock");
        let lock = File::create(directory.join(lock_name))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::ErrorKind::ResourceBusy.into(),
            TryLockError::Error(error) => error,
        })?;
        let file = NamedTempFile::with_prefix_in(".farguard-db-", &directory)?;
        Ok(Self { target: target.to_owned(), directory, file, _lock: lock })
    }

    /// Where the new bytes go.
    pub(crate) fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Where other temporary files may go: the same file system.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Puts the new file, safely on disk, into the place of the old one.
    pub(crate) fn commit(self) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let file = self.file.as_file();
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
        file.sync_all()?;
        self.file.persist(&self.target)?;
        File::open(&self.directory)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_old_file_stays_until_commit_and_nobody_else_may_write() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("sub/file");
        let replacement = Replacement::begin(&target).unwrap();
        replacement.file().write_all(b"one").unwrap();
        let busy = Replacement::begin(&target).unwrap_err();
        assert_eq!(busy.kind(), io::ErrorKind::ResourceBusy);
        replacement.commit().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"one");

        let abandoned = Replacement::begin(&target).unwrap();
        abandoned.file().write_all(b"two").unwrap();
        drop(abandoned);
        assert_eq!(fs::read(&target).unwrap(), b"one");
        let names: Vec<_> = fs::read_dir(target.parent().unwrap()).unwrap().collect();
        assert_eq!(names.len(), 2, "the file and its lock: {names:?}");
    }
}
