//! What is no secret after all, whatever pattern finds it.

use std::collections::HashSet;

use super::{
    content::Common,
    pattern::{LazyRegex, Pattern},
};

/// A line that says this is left alone.
pub(super) const IGNORE_MARK: &[u8] = b"farguard:ignore";

/// The rules of `content/scan/secrets/common.toml`.
#[derive(Debug)]
pub(super) struct Allow {
    binary_endings: HashSet<String>,
    installed: LazyRegex,
    public: LazyRegex,
    references: LazyRegex,
    placeholders: LazyRegex,
    settings: LazyRegex,
    defaults: LazyRegex,
}

impl Allow {
    pub(super) fn new(common: Common) -> Self {
        Self {
            binary_endings: common.binary_endings.into_iter().collect(),
            installed: LazyRegex::new(common.installed, false),
            public: LazyRegex::any(&common.public, false),
            references: LazyRegex::any(&common.references, true),
            placeholders: LazyRegex::any(&common.placeholders, true),
            settings: LazyRegex::any(&common.settings, true),
            defaults: LazyRegex::new(format!(r"\A(?:{})\z", common.defaults), true),
        }
    }

    #[cfg(test)]
    pub(super) fn compiles(&self) -> bool {
        let rules = [
            &self.installed,
            &self.public,
            &self.references,
            &self.placeholders,
            &self.settings,
            &self.defaults,
        ];
        rules.into_iter().all(|rule| rule.get().is_some())
    }

    /// Whether the name of the file says that it holds no text.
    pub(super) fn is_binary_name(&self, path: &str) -> bool {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        if name.contains(".so.") {
            return true;
        }
        let Some((_, ending)) = name.rsplit_once('.') else { return false };
        if ending.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.binary_endings.contains(&ending.to_ascii_lowercase());
        }
        self.binary_endings.contains(ending)
    }

    /// Whether package managers have put the file there.
    pub(super) fn is_installed(&self, path: &str) -> bool {
        self.installed.is_match(path.as_bytes())
    }

    /// Whether nothing in the file is a secret.
    pub(super) fn is_public(&self, path: &str) -> bool {
        self.public.is_match(path.as_bytes())
    }

    /// Whether a text that `pattern` found only stands for a secret.
    pub(super) fn is_harmless(&self, pattern: &Pattern, secret: &[u8]) -> bool {
        let repeats = secret.first().is_none_or(|first| secret.iter().all(|byte| byte == first));
        repeats
            || self.references.is_match(secret)
            || self.placeholders.is_match(secret)
            || pattern.allows(secret)
            || (pattern.goes_by_name()
                && (self.settings.is_match(secret) || self.is_default(secret)))
    }

    /// Whether a text that `pattern` found says where the secret is, or is no secret by its kind.
    pub(super) fn is_reference(&self, pattern: &Pattern, secret: &[u8]) -> bool {
        self.references.is_match(secret)
            || (pattern.goes_by_name() && self.settings.is_match(secret))
    }

    /// Whether everybody tries this password first.
    pub(super) fn is_default(&self, secret: &[u8]) -> bool {
        self.defaults.is_match(secret)
    }
}
