//! A local tar whose entries are blobs: where each of them is.

use std::{
    collections::HashMap,
    fs::{File, Metadata},
    io::{self, Read},
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
    sync::Arc,
};

use farguard_model::Problem;

use crate::layer::{EntryKind, RangeReader, Walker, normalize};

use super::SourceError;

/// Entries of an image archive: three for each layer, and a few.
const MAX_ENTRIES: usize = 1 << 16;
/// How far a chain of links is followed.
const MAX_LINKS: usize = 8;

/// Where some bytes are.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) file: Arc<File>,
    pub(crate) offset: u64,
    pub(crate) len: u64,
    /// Names the file and the state it is in; changes when somebody writes to it.
    pub(crate) identity: String,
}

impl Place {
    /// A whole file.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let identity = identity(path, &meta);
        Ok(Self { file: Arc::new(file), offset: 0, len: meta.len(), identity })
    }

    /// Reads all of it, if it is at most `max` bytes.
    pub(crate) fn read(&self, max: u64) -> io::Result<Vec<u8>> {
        if self.len > max {
            let text = format!("larger than {max} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
        let mut bytes = vec![0; usize::try_from(self.len).unwrap_or_default()];
        self.file.read_exact_at(&mut bytes, self.offset)?;
        Ok(bytes)
    }
}

/// Path, inode, size and times: a file that is replaced or written to has another one.
fn identity(path: &Path, meta: &Metadata) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    format!(
        "{}:{}:{}:{}.{}:{}.{}",
        path.display(),
        meta.dev(),
        meta.ino(),
        meta.mtime(),
        meta.mtime_nsec(),
        meta.ctime(),
        meta.ctime_nsec()
    )
}

/// The entries of an archive.
#[derive(Debug)]
pub(crate) struct Archive {
    whole: Place,
    files: HashMap<String, (u64, u64)>,
    links: HashMap<String, String>,
    /// Why not all of it could be read.
    pub(crate) problem: Option<Problem>,
}

impl Archive {
    /// Finds the entries of the tar at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, SourceError> {
        let what = || format!("archive `{}`", path.display());
        let whole =
            Place::of_file(path).map_err(|source| SourceError::Io { what: what(), source })?;
        let mut archive =
            Self { files: HashMap::new(), links: HashMap::new(), problem: None, whole };
        let file = Arc::clone(&archive.whole.file);
        let mut walker = Walker::new(RangeReader::new(&file, 0, archive.whole.len));
        loop {
            match walker.next_entry() {
                Ok(None) => return Ok(archive),
                Ok(Some(entry)) => {
                    let Some(name) = entry.path.map(str::to_owned) else { continue };
                    archive.add(name, entry.kind, entry.link, (entry.start, entry.size));
                }
                Err(error) if archive.files.is_empty() => {
                    return Err(SourceError::Invalid(format!("{} is no tar: {error}", what())));
                }
                Err(error) => {
                    let text = format!("{error}, behind byte {}", walker.offset());
                    archive.problem = Some(Problem::new("truncated-archive", text));
                    return Ok(archive);
                }
            }
            if archive.files.len() + archive.links.len() > MAX_ENTRIES {
                let text = format!("{} has too many entries for an image archive", what());
                return Err(SourceError::Invalid(text));
            }
        }
    }

    fn add(&mut self, name: String, kind: EntryKind, link: &str, place: (u64, u64)) {
        let mut target = String::new();
        let is_inside = match kind {
            EntryKind::File => {
                self.links.remove(&name);
                self.files.insert(name, place);
                return;
            }
            EntryKind::HardLink => normalize(link.as_bytes(), &mut target),
            EntryKind::Symlink => {
                // Relative to the directory of the link: `../ID/layer.tar`.
                let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
                normalize(format!("{directory}/{link}").as_bytes(), &mut target)
            }
            EntryKind::Directory | EntryKind::Other => return,
        };
        if is_inside {
            self.links.insert(name, target);
        }
    }

    /// Where the content of an entry is, through links.
    pub(crate) fn place(&self, name: &str) -> Option<Place> {
        let mut name = name;
        for _ in 0..MAX_LINKS {
            if let Some(&(offset, len)) = self.files.get(name) {
                let identity = format!("{}@{offset}+{len}", self.whole.identity);
                return Some(Place { offset, len, identity, file: Arc::clone(&self.whole.file) });
            }
            name = self.links.get(name)?;
        }
        None
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.place(name).is_some()
    }
}

/// The first bytes of a file.
pub(crate) fn first_bytes(path: &Path, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}
