//! Where layers come from: registry, archives, layouts.
//!
//! A source knows where bytes are and proves that they are the right ones. It knows nothing of
//! tar or packages.

pub mod config;
pub mod digest;
pub mod manifest;
pub mod platform;

use std::{fs::File, io::Read, sync::Arc};

use farguard_model::{LayerInfo, Problem, TargetInfo};

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
}

/// What is known of an image before its layers are read.
#[derive(Debug, Clone)]
pub struct Image {
    /// Name, digest, platform, labels.
    pub target: TargetInfo,
    /// Layers, lowest first.
    pub layers: Vec<LayerInfo>,
    /// What is known not to be readable already (a foreign layer without a copy).
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
