//! What is known of something that is set up badly.

use serde::{Deserialize, Serialize};

/// A check that an image or a build file does not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misconfiguration {
    /// What was checked.
    pub area: Area,
    /// Other names of the check: `DL3008`, `CIS-DI-0001`.
    pub aliases: Vec<String>,
    /// The text that is wrong, one line, without secrets.
    pub excerpt: Option<String>,
    /// The change that puts it right, where it is mechanical.
    pub fix: Option<Edit>,
}

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// The configuration and file system of an image.
    Image,
    /// A Dockerfile or Containerfile.
    BuildFile,
    /// What an ECS task definition makes of an image.
    TaskDefinition,
}

impl Area {
    /// The name in lower case, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::BuildFile => "build-file",
            Self::TaskDefinition => "task-definition",
        }
    }
}

/// A replacement of a piece of a text file. Lines and columns count characters from 1; the end is
/// the first character that stays. A place to insert at has its start for its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// First line.
    pub start_line: u32,
    /// Column in the first line.
    pub start_column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column behind the last character replaced, in the last line.
    pub end_column: u32,
    /// The new text.
    pub replacement: String,
}
