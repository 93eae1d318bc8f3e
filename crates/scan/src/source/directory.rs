//! A root file system or source code in a directory.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use farguard_model::{Problem, TargetInfo, TargetKind};

use farguard_buildfile::is_build_file_name;

use crate::{
    analyzers::{ForwardRead, Scope},
    build_files::{self, BuildFile},
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
    /// The one file that is read, and the name that the user gave it.
    only: Option<(String, String)>,
}

impl Directory {
    /// The root file system of a container or machine.
    #[must_use]
    pub fn rootfs(root: &Path) -> Self {
        Self { root: root.to_owned(), scope: Scope::Installed, only: None }
    }

    /// Source code: lock files are read, and what they installed is not.
    #[must_use]
    pub fn source(root: &Path) -> Self {
        Self { root: root.to_owned(), scope: Scope::Source, only: None }
    }

    /// A build file and nothing beside it.
    #[must_use]
    pub fn build_file(path: &Path) -> Self {
        // The file may be named by a link: those inside of directories are not followed.
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let root = real.parent().unwrap_or(Path::new(".")).to_owned();
        let file = real.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { root, scope: Scope::Source, only: Some((file, path.display().to_string())) }
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    pub(crate) fn target(&self) -> TargetInfo {
        if let Some((_, name)) = &self.only {
            return TargetInfo::new(name, TargetKind::BuildFile);
        }
        let kind = match self.scope {
            Scope::Installed => TargetKind::Rootfs,
            Scope::Source => TargetKind::Source,
        };
        TargetInfo::new(self.root.display().to_string(), kind)
    }

    /// Walks the tree without following links, and reads the files that analyzers want, and build
    /// files.
    pub(crate) fn scan(&self, workshop: &Workshop<'_>) -> (LayerFacts, Vec<BuildFile>) {
        let collector = Collector::new(workshop);
        let mut walk = Walk { directory: self, collector, entries: 0, build_files: Vec::new() };
        match &self.only {
            Some((name, _)) => {
                walk.file(name, 0o644);
                walk.build_file(name);
            }
            None => walk.tree(),
        }
        (walk.collector.finish(), walk.build_files)
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
    build_files: Vec<BuildFile>,
}

impl Walk<'_, '_> {
    /// Everything below the root.
    fn tree(&mut self) {
        let mut pending = vec![(String::new(), 0)];
        while let Some((path, depth)) = pending.pop() {
            match self.list(&path) {
                Ok(inside) if depth < MAX_DEPTH => {
                    pending.extend(inside.into_iter().map(|path| (path, depth + 1)));
                }
                Ok(_) => {
                    self.problem(
                        "directories-too-deep",
                        "not read: too many directories deep",
                        &path,
                    );
                }
                Err(error) => {
                    let text = format!("cannot read the directory: {error}");
                    self.problem("unreadable-directory", &text, &path);
                }
            }
            if self.entries > MAX_ENTRIES {
                self.problem("too-many-entries", "too many files; the rest was not read", &path);
                break;
            }
        }
    }

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
                    if self.directory.scope == Scope::Source && is_build_file_name(name) {
                        self.build_file(&below);
                    }
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

    fn build_file(&mut self, path: &str) {
        let settings = build_files::SETTINGS.iter().find_map(|name| {
            let beside = path.rsplit_once('/').map_or(String::new(), |(at, _)| format!("{at}/"));
            self.small_file(&format!("{beside}{name}")).ok()
        });
        match self.small_file(path) {
            Ok(bytes) if build_files::fits(&self.build_files, &bytes) => {
                self.build_files.push(BuildFile { path: path.to_owned(), bytes, settings });
            }
            Ok(_) => {
                let text = "not read: there are too many build files";
                self.problem("too-many-build-files", text, path);
            }
            Err(error) => self.problem("unreadable-file", &error.to_string(), path),
        }
    }

    /// The content of a file, up to a little more than the largest build file.
    fn small_file(&self, path: &str) -> io::Result<Vec<u8>> {
        let (file, _) = self.directory.open(path)?;
        let mut bytes = Vec::new();
        file.take(build_files::MAX_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
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
