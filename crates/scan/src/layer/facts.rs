//! What one layer says: the unit that is cached.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use farguard_model::Problem;

use super::leaks::LayerLeak;
use crate::{analyzers::Harvest, checks::NotableFile};

/// What one layer says, whatever lies below or above it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LayerFacts {
    /// The files that said something, sorted by path.
    pub(crate) files: Vec<FileFacts>,
    /// [`Cover`] keys of everything that hides paths of lower layers, sorted.
    pub(crate) covers: Vec<u64>,
    /// The files that checks of images ask for, sorted by path, without their layer.
    pub(crate) notable: Vec<NotableFile>,
    /// The secrets in its files, sorted.
    pub(crate) leaks: Vec<LayerLeak>,
    /// What could not be read, apart from single files.
    pub(crate) problems: Vec<Problem>,
}

/// What one file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileFacts {
    /// Relative to the root, without leading `/`.
    pub(crate) path: String,
    pub(crate) harvest: Harvest,
}

impl FileFacts {
    pub(crate) fn is_empty(&self) -> bool {
        self.harvest == Harvest::default()
    }

    /// Forgets the lists of installed files: most of what there is to hold, and few ask for it.
    pub(crate) fn without_file_lists(mut self) -> Self {
        self.harvest.files = Vec::new();
        self.harvest.packages.iter_mut().for_each(|package| package.files = Vec::new());
        self
    }

    /// The same facts for another name of the file.
    pub(crate) fn renamed(&self, path: &str) -> Self {
        let rename = |old: &mut String| {
            if let Some(rest) = old.strip_prefix(&self.path) {
                *old = format!("{path}{rest}");
            }
        };
        let mut harvest = self.harvest.clone();
        harvest.packages.iter_mut().for_each(|package| rename(&mut package.path));
        harvest.os.iter_mut().for_each(|(path, _)| rename(path));
        harvest.problems.iter_mut().filter_map(|problem| problem.path.as_mut()).for_each(rename);
        Self { path: path.to_owned(), harvest }
    }
}

/// How an entry hides paths of lower layers. Kept as one hash each: an image has a hundred
/// thousand of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    /// A file or link, or a whiteout: the path and everything below it are gone.
    Path,
    /// A directory: a file at the same path is gone, what is below it stays.
    Directory,
    /// An opaque directory: everything below it is gone.
    Contents,
}

impl Cover {
    pub(crate) fn key(self, path: &str) -> u64 {
        let seed = match self {
            Self::Path => 0,
            Self::Directory => 1,
            Self::Contents => 2,
        };
        xxh3_64_with_seed(path.as_bytes(), seed)
    }
}

/// What the name of an entry says beyond naming it.
///
/// # Source
/// <https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts>
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// `.wh.NAME`: the path of what is removed.
    Removes(String),
    /// `.wh..wh..opq`: the path of the opaque directory.
    Opaque(String),
    /// Bookkeeping of the old aufs driver.
    Ignored,
}

impl Marker {
    pub(crate) fn of(path: &str) -> Option<Self> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let removed = name.strip_prefix(".wh.")?;
        Some(match removed {
            ".wh..opq" => Self::Opaque(directory.to_owned()),
            _ if removed.starts_with(".wh.") => Self::Ignored,
            _ if directory.is_empty() => Self::Removes(removed.to_owned()),
            _ => Self::Removes(format!("{directory}/{removed}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use farguard_model::{Package, PackageType};

    use super::*;

    #[test]
    fn markers() {
        let check = |path: &str, expect| assert_eq!(Marker::of(path), expect, "{path}");
        check("a/b", None);
        check("a/.wh.b", Some(Marker::Removes("a/b".into())));
        check(".wh.b", Some(Marker::Removes("b".into())));
        check("a/.wh..wh..opq", Some(Marker::Opaque("a".into())));
        check(".wh..wh..opq", Some(Marker::Opaque(String::new())));
        check(".wh..wh.plnk", Some(Marker::Ignored));
    }

    #[test]
    fn a_link_says_the_same_at_its_own_path() {
        let package = Package::new(PackageType::Maven, "g:a", "1", "x.jar!/y.jar");
        let harvest = Harvest { packages: vec![package], ..Harvest::default() };
        let renamed = FileFacts { path: "x.jar".into(), harvest }.renamed("lib/z.jar");
        assert_eq!(renamed.harvest.packages[0].path, "lib/z.jar!/y.jar");
    }
}
