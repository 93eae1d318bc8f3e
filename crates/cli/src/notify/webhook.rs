//! Our own document, for programs of the user.

use anyhow::Result;

use super::{destination::HookUrl, digest::Digest, http};

/// Posts the digest as JSON.
pub(super) fn send(url: &HookUrl, digest: &Digest<'_>) -> Result<()> {
    http::post(url, &serde_json::to_string(digest)?)
}
