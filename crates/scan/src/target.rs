//! What a TARGET argument names.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use farguard_buildfile::is_build_file_name;

use crate::{
    source::{Archive, first_bytes},
    taskdef::is_task_definition,
};

/// A TARGET argument, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An image in a registry, by its reference.
    Registry(String),
    /// The tar of `docker save`.
    DockerArchive(LocalImage),
    /// An OCI image layout, directory or tar.
    OciLayout(LocalImage),
    /// A root file system in a directory.
    Rootfs(PathBuf),
    /// A directory of source code.
    SourceDir(PathBuf),
    /// A stored bill of materials.
    Sbom(PathBuf),
    /// A Dockerfile or Containerfile.
    BuildFile(PathBuf),
    /// An ECS task definition.
    TaskDefinition(PathBuf),
}

/// An image in a local file or directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalImage {
    /// Where it is.
    pub path: PathBuf,
    /// Which image of several, written behind `#`: a tag, a name or a digest.
    pub tag: Option<String>,
}

/// A TARGET argument cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing is there.
    #[error("`{path}` does not exist{help}")]
    Absent {
        /// As the user wrote it.
        path: String,
        /// What to do instead, with a leading separator; may be empty.
        help: &'static str,
    },
    /// Something is there that is no archive, or cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// Something is there, but not what can be scanned.
    #[error("`{path}` {what}")]
    Unsuitable {
        /// As the user wrote it.
        path: String,
        /// What it is, and what would do.
        what: String,
    },
}

/// As much of a file as its kind is told from: all of a task definition that ECS takes.
const MAX_START_BYTES: u64 = 64 << 10;
const IMAGE_HELP: &str =
    "; to name an image in a registry, write `registry:` in front, as in `registry:debian:12`";

impl Target {
    /// Understands an argument. A prefix (`docker-archive:`, `oci:`, `dir:`, `rootfs:`,
    /// `source:`, `sbom:`, `build-file:`, `taskdef:`, `registry:`) says what it is; without one, the
    /// content of what is there decides (the name, for build files), and what is not there is an
    /// image in a registry.
    ///
    /// # Errors
    /// When a path does not exist or holds nothing that can be scanned.
    pub fn detect(argument: &str) -> Result<Self, TargetError> {
        if let Some((prefix, rest)) = argument.split_once(':')
            && let Some(target) = with_prefix(prefix, rest)
        {
            return target;
        }
        if argument.is_empty() {
            return Err(unsuitable(argument, "names nothing"));
        }
        match existing(argument) {
            Some(image) if image.path.is_dir() => Ok(detect_directory(image)),
            Some(image) => detect_file(argument, image),
            None if looks_like_path(argument) => Err(absent(argument, IMAGE_HELP)),
            None => Ok(Self::Registry(argument.to_owned())),
        }
    }
}

fn with_prefix(prefix: &str, rest: &str) -> Option<Result<Target, TargetError>> {
    let path = PathBuf::from(rest);
    let image = || existing(rest).ok_or_else(|| absent(rest, ""));
    let file = |target: Target| if path.is_file() { Ok(target) } else { Err(absent(rest, "")) };
    let directory = |target: Target| match path.is_dir() {
        true => Ok(target),
        false if path.exists() => Err(unsuitable(rest, "is not a directory")),
        false => Err(absent(rest, "")),
    };
    Some(match prefix {
        "registry" => Ok(Target::Registry(rest.to_owned())),
        "docker-archive" => image().map(Target::DockerArchive),
        "oci" | "oci-archive" => image().map(Target::OciLayout),
        "rootfs" => directory(Target::Rootfs(path.clone())),
        "source" => directory(Target::SourceDir(path.clone())),
        "dir" if is_rootfs(&path) => Ok(Target::Rootfs(path)),
        "dir" => directory(Target::SourceDir(path.clone())),
        "sbom" => file(Target::Sbom(path.clone())),
        "build-file" => file(Target::BuildFile(path.clone())),
        "taskdef" => file(Target::TaskDefinition(path.clone())),
        _ => return None,
    })
}

/// The path as it is, or with what follows `#` taken for a tag.
fn existing(argument: &str) -> Option<LocalImage> {
    let whole = PathBuf::from(argument);
    if whole.exists() {
        return Some(LocalImage { path: whole, tag: None });
    }
    let (path, tag) = argument.rsplit_once('#')?;
    let path = PathBuf::from(path);
    (path.exists() && !tag.is_empty()).then(|| LocalImage { path, tag: Some(tag.to_owned()) })
}

fn looks_like_path(argument: &str) -> bool {
    const ENDINGS: [&str; 7] = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".json", ".xml", ".spdx"];
    let lower = argument.to_ascii_lowercase();
    argument.starts_with(['/', '.', '~'])
        || argument.ends_with('/')
        || ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

fn detect_directory(image: LocalImage) -> Target {
    if image.path.join("oci-layout").is_file() || image.path.join("index.json").is_file() {
        Target::OciLayout(image)
    } else if is_rootfs(&image.path) {
        Target::Rootfs(image.path)
    } else {
        Target::SourceDir(image.path)
    }
}

fn is_rootfs(path: &Path) -> bool {
    const SIGNS: [&str; 5] =
        ["etc/os-release", "usr/lib/os-release", "var/lib/dpkg", "lib/apk/db", "var/lib/rpm"];
    // Links count without being followed: they lead out of the root.
    SIGNS.iter().any(|sign| fs::symlink_metadata(path.join(sign)).is_ok())
}

fn detect_file(argument: &str, image: LocalImage) -> Result<Target, TargetError> {
    let unreadable =
        |error: std::io::Error| unsuitable(argument, format!("cannot be read: {error}"));
    if !fs::metadata(&image.path).map_err(unreadable)?.is_file() {
        return Err(unsuitable(argument, "is neither a file nor a directory"));
    }
    let start = first_bytes(&image.path, MAX_START_BYTES).map_err(unreadable)?;
    match start.as_slice() {
        [] => return Err(unsuitable(argument, "is empty")),
        [0x1f, 0x8b, ..] => return Err(compressed(argument, "gunzip -k")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return Err(compressed(argument, "unzstd")),
        _ => {}
    }
    if is_task_definition(&start) {
        return Ok(Target::TaskDefinition(image.path));
    }
    if is_build_file(&image.path, &start) {
        return Ok(Target::BuildFile(image.path));
    }
    let text = String::from_utf8_lossy(&start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with(['{', '<']) || text.starts_with("SPDXVersion:") {
        return Ok(Target::Sbom(image.path));
    }
    let archive =
        Archive::open(&image.path).map_err(|error| TargetError::Unreadable(error.to_string()))?;
    if archive.contains("manifest.json") {
        Ok(Target::DockerArchive(image))
    } else if archive.contains("index.json") || archive.contains("oci-layout") {
        Ok(Target::OciLayout(image))
    } else if let Some(problem) = archive.problem {
        Err(unsuitable(argument, format!("is damaged: {}", problem.message)))
    } else {
        Err(unsuitable(
            argument,
            "is a tar but no image: it has neither the `manifest.json` of `docker save` nor the \
             `index.json` of an OCI layout",
        ))
    }
}

/// Build files go by their name; an archive or JSON of that name is still what it is.
fn is_build_file(path: &Path, start: &[u8]) -> bool {
    let named = path.file_name().and_then(|name| name.to_str()).is_some_and(is_build_file_name);
    named && !start.contains(&0) && !start.trim_ascii_start().starts_with(b"{")
}

fn absent(path: &str, help: &'static str) -> TargetError {
    TargetError::Absent { path: path.to_owned(), help }
}

fn unsuitable(path: &str, what: impl Into<String>) -> TargetError {
    TargetError::Unsuitable { path: path.to_owned(), what: what.into() }
}

fn compressed(path: &str, tool: &str) -> TargetError {
    unsuitable(path, format!("is compressed as a whole: unpack it first, with `{tool} {path}`"))
}

impl fmt::Display for Target {
    /// As the user named it, without the prefix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry(reference) => f.write_str(reference),
            Self::DockerArchive(image) | Self::OciLayout(image) => {
                write!(f, "{}", image.path.display())?;
                image.tag.iter().try_for_each(|tag| write!(f, "#{tag}"))
            }
            Self::Rootfs(path)
            | Self::SourceDir(path)
            | Self::Sbom(path)
            | Self::BuildFile(path)
            | Self::TaskDefinition(path) => {
                write!(f, "{}", path.display())
            }
        }
    }
}

#[cfg(test)]
mod tests;
