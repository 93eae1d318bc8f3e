//! What only some kinds of findings have, and what a policy says of them.

use serde::Serialize;

/// What kind of thing is wrong: the name of the field of the finding that is set.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::json) enum Kind {
    Vulnerability,
    Secret,
    Misconfiguration,
    Violation,
}

/// Who brought what is wrong.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(in crate::json) enum Origin {
    /// The image that this one was built on.
    Base,
    /// The layers above it.
    Own,
}

/// What a policy says.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(in crate::json) enum Outcome {
    /// It may go on.
    Pass,
    /// It may go on, and somebody should look.
    Warn,
    /// It may not.
    Fail,
}

/// What the policy says of a finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Decision<'a> {
    pub(in crate::json) outcome: Outcome,
    /// Id of the rule or exception; empty when no rule speaks of the finding.
    pub(in crate::json) rule: &'a str,
    /// Why.
    pub(in crate::json) reason: &'a str,
}

/// A credential in plain sight. Its value is in no report.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Secret<'a> {
    /// Who issues such secrets: `AWS`, `GitHub`, `generic`.
    pub(in crate::json) provider: &'a str,
    /// The text around it, with the secret masked.
    pub(in crate::json) masked: &'a str,
    /// Where it was found.
    pub(in crate::json) place: SecretPlace<'a>,
    /// The layer that deletes or replaces the file again: the secret is still in the image.
    pub(in crate::json) removed_by_layer_index: Option<u32>,
}

/// Where a secret was found.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct SecretPlace<'a> {
    #[serde(rename = "in")]
    pub(in crate::json) place: Place,
    /// The variable, label or setting; null for files and history.
    pub(in crate::json) name: Option<&'a str>,
    /// The build instruction, counted from 1; null for everything but history.
    pub(in crate::json) step: Option<usize>,
}

/// What holds a secret.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::json) enum Place {
    /// The content of a file: see the location of the finding.
    File,
    /// An environment variable of an image.
    ImageEnvironment,
    /// A label of an image.
    ImageLabel,
    /// A build instruction in the history of an image.
    ImageHistory,
    /// An environment variable of a container in a task definition.
    TaskEnvironment,
    /// Another setting of a container in a task definition: `command`, `logConfiguration`.
    TaskSetting,
}

/// A check that is not passed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Misconfiguration<'a> {
    /// What was checked.
    pub(in crate::json) area: Area,
    /// Other names of the check: `DL3008`, `CIS-DI-0001`.
    pub(in crate::json) aliases: &'a [String],
    /// The text that is wrong, without secrets.
    pub(in crate::json) excerpt: Option<&'a str>,
    /// The change that puts it right, where it is mechanical.
    pub(in crate::json) fix: Option<Edit<'a>>,
}

/// What a check looks at.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::json) enum Area {
    /// The configuration and file system of an image.
    Image,
    /// A Dockerfile or Containerfile.
    BuildFile,
    /// What a task definition makes of an image.
    TaskDefinition,
}

/// A replacement of a piece of a text file. Lines and columns count characters from 1; the end is
/// the first character that stays. A place to insert at has its start for its end.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Edit<'a> {
    pub(in crate::json) start_line: u32,
    pub(in crate::json) start_column: u32,
    pub(in crate::json) end_line: u32,
    pub(in crate::json) end_column: u32,
    /// The new text.
    pub(in crate::json) replacement: &'a str,
}

/// A demand of a policy that is not met.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::json) struct Violation<'a> {
    /// Name of the policy.
    pub(in crate::json) policy: &'a str,
    /// Id of the rule that demands it.
    pub(in crate::json) rule: &'a str,
}
