//! ECS task definitions: the images they name, and what they make of them.
//!
//! Read as `aws ecs register-task-definition --cli-input-json` takes them and as `aws ecs
//! describe-task-definition` prints them. What is set up badly in the definition itself is another
//! matter; here it is the images, and secrets in plain sight.

mod effects;
mod locate;
mod read;
mod secrets;
mod tree;

use crate::secrets::{in_value, mask};

pub use effects::apply;
pub use read::parse;
pub use secrets::findings;

/// An ECS task definition, as far as its images are concerned. Values may be secrets.
///
/// # Source
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TaskDefinition {
    /// The file, as the user named it.
    pub path: String,
    /// `family`; empty when the file leaves it to the command line.
    pub family: String,
    /// The platform that it runs on, where that is certain: `linux/arm64`.
    pub platform: Option<String>,
    /// Containers, in the order given; their names differ.
    pub containers: Vec<Container>,
    /// Tags, sorted.
    pub tags: Vec<(String, String)>,
}

/// One container of a task definition.
///
/// # Source
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Container {
    /// `name`.
    pub name: String,
    /// `image`, as written.
    pub image: String,
    /// `user`, which replaces `USER` of the image.
    pub user: Option<String>,
    /// `readonlyRootFilesystem`.
    pub read_only_root: bool,
    /// Whether `healthCheck` has a command.
    pub has_health_check: bool,
    /// Values that may be secrets.
    pub(crate) values: Vec<Value>,
}

/// A text of a container definition that may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// The environment variable, label or log option; empty for commands.
    pub(crate) name: String,
    pub(crate) text: String,
    /// The setting that it belongs to: `environment`, `command`.
    pub(crate) setting: &'static str,
    /// Line in the file, from 1.
    pub(crate) line: Option<u32>,
}

impl TaskDefinition {
    /// Its tags, with secrets masked.
    #[must_use]
    pub fn masked_tags(&self) -> Vec<(String, String)> {
        let tags = self.tags.iter();
        tags.map(|(name, value)| (name.clone(), masked(name, value))).collect()
    }
}

/// How to show the image that a container names; it may be written with a password.
#[must_use]
pub fn shown_image(image: &str) -> String {
    mask(image)
}

fn masked(name: &str, value: &str) -> String {
    in_value(name, value).map_or_else(|| mask(value), |found| found.masked_value)
}

// What may be a secret is not printed, not even while debugging.
impl std::fmt::Debug for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Container")
            .field("name", &self.name)
            .field("image", &self.image)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for TaskDefinition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskDefinition")
            .field("path", &self.path)
            .field("containers", &self.containers)
            .finish_non_exhaustive()
    }
}

/// A task definition cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("task definition `{path}`{place}: {message}")]
pub struct TaskDefinitionError {
    /// The file, as the user named it.
    pub path: String,
    /// Where in it, with a leading separator; may be empty.
    pub place: String,
    /// What is wrong; never a value from the file.
    pub message: String,
}

/// Whether the start of a file is that of a task definition, by the keys at its top.
#[must_use]
pub fn is_task_definition(start: &[u8]) -> bool {
    let Some(text) = read::text_of(start) else { return false };
    let keys = locate::top_level_keys(&text);
    let has = |key: &str| keys.iter().any(|known| known == key);
    (has("containerDefinitions") || has("taskDefinition"))
        && !has("bomFormat")
        && !has("spdxVersion")
}
