//! Where layers come from: registry, archives, layouts.
//!
//! A source knows where bytes are and proves that they are the right ones. It knows nothing of
//! tar or packages.

mod archive;
pub mod attachments;
pub mod config;
pub mod digest;
pub mod directory;
pub mod docker_archive;
pub mod manifest;
pub mod oci_layout;
pub mod platform;
pub mod registry;
pub mod sbom;
mod verify;

use std::{fs::File, io::Read, sync::Arc};

use farguard_model::{LayerInfo, Problem, TargetInfo};

use crate::{inventory::Inventory, layer::is_plain, target::Target};
use archive::Place;
pub(crate) use archive::{Archive, first_bytes};
use attachments::Attachments;
use config::RunConfig;
use digest::Digest;
use directory::Directory;
use platform::Platform;
pub(crate) use verify::Verify;

/// An opened target.
pub enum Source {
    /// Something with layers.
    Image(Box<dyn ImageSource>),
    /// A root file system or source code.
    Directory(Directory),
    /// Facts that somebody else took: a stored bill of materials.
    Inventory(Box<Inventory>),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Image(image) => f.debug_tuple("Image").field(&image.image().target).finish(),
            Self::Directory(directory) => f.debug_tuple("Directory").field(directory).finish(),
            Self::Inventory(inventory) => {
                f.debug_tuple("Inventory").field(&inventory.target).finish()
            }
        }
    }
}

/// Opens a local image or directory; `None` for targets of other kinds. The first of `platforms`
/// that an image has is taken.
///
/// # Errors
/// When the target cannot be read or is not what it seems.
pub fn open_local(target: &Target, platforms: &[Platform]) -> Result<Option<Source>, SourceError> {
    let name = target.to_string();
    Ok(Some(match target {
        Target::DockerArchive(at) => Source::Image(Box::new(docker_archive::DockerArchive::open(
            &at.path,
            at.tag.as_deref(),
            &name,
        )?)),
        Target::OciLayout(at) => Source::Image(Box::new(oci_layout::OciLayout::open(
            &at.path,
            at.tag.as_deref(),
            platforms,
            &name,
        )?)),
        Target::Rootfs(path) => Source::Directory(Directory::rootfs(path)),
        Target::SourceDir(path) => Source::Directory(Directory::source(path)),
        Target::BuildFile(path) => Source::Directory(Directory::build_file(path)),
        Target::Registry(_) | Target::Sbom(_) | Target::TaskDefinition(_) => return Ok(None),
    }))
}

/// An image whose layers can be opened, several at once, from several threads.
pub trait ImageSource: Sync {
    /// What the image is and which layers it has, lowest first.
    fn image(&self) -> &Image;

    /// Opens the stored bytes of layer `index` of [`Image::layers`].
    ///
    /// A stream verifies its digest: the read that would report the end reports a mismatch as an
    /// error instead (`InvalidData`).
    ///
    /// # Errors
    /// When the bytes cannot be had; the message names the layer.
    fn open_layer(&self, index: usize) -> Result<LayerBytes, SourceError>;

    /// What is stored about the image, where there can be such a thing.
    fn attachments(&self) -> Option<&dyn Attachments> {
        None
    }

    /// Names the bytes of layer `index` beyond doubt: the key under which its facts are cached.
    ///
    /// A digest will do where reading the layer verifies it. A digest that is only claimed will
    /// not: whoever claims a wrong one would decide what later scans see.
    fn layer_identity(&self, index: usize) -> Option<String> {
        self.image().layers.get(index)?.digest.clone()
    }
}

/// A layer in a local file.
fn range(place: &Place, digest: Option<&Digest>) -> LayerBytes {
    LayerBytes::Range {
        file: Arc::clone(&place.file),
        offset: place.offset,
        len: place.len,
        digest: digest.map(Digest::to_string),
    }
}

/// The identity of a layer in a local file.
///
/// A compressed layer is read whole and its digest verified, so the digest names it. One that is
/// sought in is not: it is named by the file that it is in.
fn place_identity(place: &Place, digest: Option<&Digest>) -> Option<String> {
    let plain = is_plain(&place.file, place.offset, place.len).ok()?;
    match digest {
        Some(digest) if !plain => Some(digest.to_string()),
        _ => Some(place.identity.clone()),
    }
}

/// What is known of an image before its layers are read.
#[derive(Debug, Clone)]
pub struct Image {
    /// Name, digest, platform, labels.
    pub target: TargetInfo,
    /// Layers, lowest first.
    pub layers: Vec<LayerInfo>,
    /// How containers of it run, and how it was built.
    pub config: RunConfig,
    /// What is known not to be readable already. A problem that names a layer (a foreign one
    /// without a copy) says that the layer is not to be opened.
    pub problems: Vec<Problem>,
}

/// The stored bytes of a layer.
pub enum LayerBytes {
    /// A stream of stored bytes: a tar, plain or compressed with gzip or zstd. The kind is found
    /// by its first bytes, never by what a manifest claims.
    Stream(Box<dyn Read + Send>),
    /// A part of a local file. When it turns out to be a plain tar, the walk seeks in it and
    /// reads only the files that matter.
    Range {
        /// The file; read with positioned reads only.
        file: Arc<File>,
        /// Offset of the first byte.
        offset: u64,
        /// Length in bytes.
        len: u64,
        /// Digest (`sha256:...`) that the bytes must have. It is verified when the layer has to
        /// be read whole anyway (it is compressed), and not when it is sought in.
        digest: Option<String>,
    },
}

impl std::fmt::Debug for LayerBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stream(_) => f.write_str("Stream"),
            Self::Range { offset, len, .. } => write!(f, "Range({offset}+{len})"),
        }
    }
}

/// A target could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Reading failed.
    #[error("cannot read {what}: {source}")]
    Io {
        /// What was being read, with user text in backticks.
        what: String,
        /// Why.
        source: std::io::Error,
    },
    /// The bytes are not what they should be.
    #[error("{0}")]
    Invalid(String),
}

#[cfg(test)]
mod tests;
