//! A root file system or source code in a directory.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use farguard_model::{Problem, TargetInfo, TargetKind};

use crate::{
    analyzers::{ForwardRead, Scope},
    layer::{Collector, LayerFacts, Workshop},
};

/// Directories within directories.
const MAX_DEPTH: usize = 256;
/// Entries of all directories together.
const MAX_ENTRIES: usize = 10_000_000;

/// A directory to scan.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
    scope: Scope,
}

impl Directory {
    /// The root file system of a container or machine.
    #[must_use]
    pub fn rootfs(root: &Path) -> Self {
        Self { root: root.to_owned(), scope: Scope::Installed }
    }

    /// Source code: lock files are read, and what they installed is not.
    #[must_use]
    pub fn source(root: &Path) -> Self {
        Self { root: root.to_owned(), scope: Scope::Source }
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    pub(crate) fn target(&self) -> TargetInfo {
        let kind = match self.scope {
            Scope::Installed => TargetKind::Rootfs,
            Scope::Source => TargetKind::Source,
        };
        TargetInfo::new(self.root.display().to_string(), kind)
    }

    /// Walks the tree without following links, and reads the files that analyzers want.
    pub(crate) fn scan(&self, workshop: &Workshop<'_>) -> LayerFacts {
        let mut walk = Walk { directory: self, collector: Collector::new(workshop), entries: 0 };
        let mut pending = vec![(String::new(), 0)];
        while let Some((path, depth)) = pending.pop() {
            match walk.list(&path) {
                Ok(inside) if depth < MAX_DEPTH => {
                    pending.extend(inside.into_iter().map(|path| (path, depth + 1)));
                }
                Ok(_) => {
                    walk.problem(
                        "directories-too-deep",
                        "not read: too many directories deep",
                        &path,
                    );
                }
                Err(error) => {
                    let text = format!("cannot read the directory: {error}");
                    walk.problem("unreadable-directory", &text, &path);
                }
            }
            if walk.entries > MAX_ENTRIES {
                walk.problem("too-many-entries", "too many files; the rest was not read", &path);
                break;
            }
        }
        walk.collector.finish()
    }

    /// Opens a regular file and nothing else: no link, no device, no pipe that would block.
    fn open(&self, path: &str) -> io::Result<(LocalFile, fs::Metadata)> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(self.root.join(path))?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok((LocalFile { file, left: meta.len() }, meta))
    }
}

struct Walk<'a, 'env> {
    directory: &'a Directory,
    collector: Collector<'a, 'env>,
    entries: usize,
}

impl Walk<'_, '_> {
    /// Reads the files of one directory; gives the directories in it.
    fn list(&mut self, path: &str) -> io::Result<Vec<String>> {
        let mut names: Vec<_> = fs::read_dir(self.directory.root.join(path))?
            .map(|entry| entry.map(|entry| (entry.file_name(), entry.metadata())))
            .collect::<Result<_, _>>()?;
        names.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.entries += names.len();
        let has = |name: &str| names.iter().any(|(known, _)| known == name);
        let skipped = match self.directory.scope {
            Scope::Source => skipped_in_source(&has),
            Scope::Installed => skipped_in_rootfs(path),
        };
        let mut inside = Vec::new();
        for (name, meta) in &names {
            let Some(name) = name.to_str() else {
                self.problem("unreadable-name", "a file name is not UTF-8", path);
                continue;
            };
            let below = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            match meta {
                Ok(meta) if meta.is_dir() && !skipped.contains(&name) => {
                    self.note(&below, meta);
                    inside.push(below);
                }
                Ok(meta) if meta.is_file() => {
                    self.file(&below, meta.mode() & 0o7777);
                    self.note(&below, meta);
                }
                Ok(_) => {}
                Err(error) => self.problem("unreadable-file", &error.to_string(), &below),
            }
        }
        // The stack is taken from its end.
        inside.reverse();
        Ok(inside)
    }

    /// Modes of source code say nothing of what is installed.
    fn note(&mut self, path: &str, meta: &fs::Metadata) {
        let mode = meta.mode() & 0o7777;
        match self.directory.scope {
            Scope::Installed if meta.is_dir() => self.collector.note_directory(path, mode),
            Scope::Installed => self.collector.note(path, mode, meta.len()),
            Scope::Source => {}
        }
    }

    fn file(&mut self, path: &str, mode: u32) {
        if !self.collector.wants(path, mode) {
            return;
        }
        match self.directory.open(path) {
            Ok((mut file, meta)) => {
                self.collector.file(path, meta.len(), mode, &mut file);
                if self.collector.wants_again(path)
                    && let Ok((mut file, meta)) = self.directory.open(path)
                {
                    self.collector.file_again(path, meta.len(), &mut file);
                }
            }
            Err(error) => self.problem("unreadable-file", &error.to_string(), path),
        }
    }

    fn problem(&mut self, code: &str, text: &str, path: &str) {
        self.collector.problem(Problem::new(code, text).at(path));
    }
}

/// What tools put into a source tree that is not its source.
fn skipped_in_source(has: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
    let mut skipped =
        vec![".git", ".hg", ".svn", "node_modules", "bower_components", "__pycache__"];
    skipped.extend([".venv", ".tox", ".nox", ".gradle", ".terraform"]);
    if ["go.mod", "composer.json", "Gemfile"].into_iter().any(has) {
        skipped.push("vendor");
    }
    if ["Cargo.toml", "pom.xml", "build.sbt"].into_iter().any(has) {
        skipped.push("target");
    }
    skipped
}

/// What the kernel shows in a running system.
fn skipped_in_rootfs(path: &str) -> Vec<&'static str> {
    if path.is_empty() { vec!["proc", "sys", "dev"] } else { Vec::new() }
}

struct LocalFile {
    file: File,
    left: u64,
}

impl Read for LocalFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read(buffer.get_mut(..len).unwrap_or_default())?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

impl ForwardRead for LocalFile {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or(io::ErrorKind::UnexpectedEof)?;
        let bytes = i64::try_from(bytes).map_err(io::Error::other)?;
        self.file.seek(SeekFrom::Current(bytes)).map(|_| ())
    }
}

#[cfg(test)]
mod tests;
