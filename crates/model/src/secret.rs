//! What is known of a secret that should not be where it is.

use serde::{Deserialize, Serialize};

/// A credential in plain sight. Its value is never kept: see [`masked`](Self::masked).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Secret {
    /// Who issues such secrets: `AWS`, `GitHub`, `generic`.
    pub provider: String,
    /// The line or value around it, with every character of the secret but a few replaced by `*`.
    pub masked: String,
    /// Where it was found.
    pub place: SecretPlace,
    /// The layer that deletes or replaces the file again: the secret is still in the image. Index
    /// into [`ScanReport::layers`](crate::ScanReport::layers).
    pub removed_by_layer: Option<u32>,
}

/// Where a secret was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "in", content = "name", rename_all = "kebab-case")]
pub enum SecretPlace {
    /// The content of a file: the location of the finding names it.
    File,
    /// This environment variable of an image.
    ImageEnvironment(String),
    /// This label of an image.
    ImageLabel(String),
    /// The build instruction of this number in the history of an image, from 1: `ARG` and `RUN`.
    ImageHistory(usize),
    /// This environment variable of a container in a task definition.
    TaskEnvironment(String),
    /// This setting of a container in a task definition: `command`, `logConfiguration`.
    TaskSetting(String),
}
