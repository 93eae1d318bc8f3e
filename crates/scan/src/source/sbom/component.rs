//! What both formats come down to.

use farguard_model::{Purl, PurlError};

/// One entry of a bill of materials.
#[derive(Debug)]
pub(super) struct Component {
    pub(super) role: Role,
    /// With its group, as the ecosystem writes it.
    pub(super) name: String,
    pub(super) version: String,
    pub(super) purl: Option<Result<Purl, PurlError>>,
    pub(super) licenses: Vec<String>,
    pub(super) dev: bool,
    /// Keys and values: our own, and those of other tools.
    pub(super) properties: Vec<(String, String)>,
}

/// What an entry stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Package,
    Os,
    Target,
    /// A file, or a heading that others are listed under.
    Other,
}

impl Component {
    /// The value of the first of `keys` that is there, or nothing.
    pub(super) fn first(&self, keys: &[&str]) -> String {
        keys.iter().find_map(|key| self.property(key)).unwrap_or_default().to_owned()
    }

    pub(super) fn property(&self, key: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}
