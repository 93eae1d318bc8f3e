//! Properties of a Maven project.

use std::collections::BTreeMap;

/// Most substitutions in one text; properties may name each other, even in circles.
const MAX_SUBSTITUTIONS: usize = 16;
/// Longest text that substitution may make.
const MAX_CHARS: usize = 1024;

/// Names and values, not yet resolved.
#[derive(Default)]
pub(super) struct Properties(BTreeMap<String, String>);

impl Properties {
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn set_default(&mut self, name: &str, value: &str) {
        self.0.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }

    /// The text with each `${name}` replaced; unknown ones stay.
    pub(super) fn resolve(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..MAX_SUBSTITUTIONS {
            match self.substitute(&text) {
                Some(next) if next.len() <= MAX_CHARS => text = next,
                _ => break,
            }
        }
        text
    }

    fn substitute(&self, text: &str) -> Option<String> {
        let (before, rest) = text.split_once("${")?;
        let (name, after) = rest.split_once('}')?;
        // Both prefixes are old spellings of `project.`.
        let known = self.0.get(name).or_else(|| {
            self.0.get(&format!("project.{}", name.strip_prefix("pom.").unwrap_or(name)))
        });
        Some(format!("{before}{}{after}", known?))
    }
}
