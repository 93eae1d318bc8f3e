//! The names by which an image may be meant.

use crate::{glob::Glob, target::is_host};

/// An image as named, without tag and digest.
pub(super) struct ImageName<'a> {
    /// `registry.example.com:5000/team/shop`
    named: &'a str,
    /// `team/shop`
    repository: &'a str,
}

impl<'a> ImageName<'a> {
    pub(super) fn new(name: &'a str) -> Self {
        let name = name.split('@').next().unwrap_or(name);
        let named = match name.rsplit_once(':') {
            // Before a `/` it is the port of the registry.
            Some((before, after)) if !after.contains('/') => before,
            _ => name,
        };
        let repository = match named.split_once('/') {
            Some((host, rest)) if is_host(host) => rest,
            _ => named,
        };
        // What Docker leaves out: `nginx` is `library/nginx`.
        Self { named, repository: repository.strip_prefix("library/").unwrap_or(repository) }
    }

    /// Whether a pattern means it, with or without its registry.
    pub(super) fn fits(&self, glob: &Glob) -> bool {
        glob.matches(self.named) || glob.matches(self.repository)
    }
}
