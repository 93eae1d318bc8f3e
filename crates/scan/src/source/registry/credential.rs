//! Names, passwords and tokens, kept out of every message.

use std::fmt;

/// A text that is never shown: `Debug` prints stars, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, to be sent and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What a registry accepts as a proof of who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A name and a password or access token.
    Basic {
        /// Name; `AWS` for ECR.
        username: String,
        /// Password.
        password: Secret,
    },
    /// An OAuth 2 refresh token, which is changed into an access token.
    IdentityToken(Secret),
}

/// Finds credentials for registries that have their own way: ECR with its AWS credentials.
pub trait CredentialProvider: fmt::Debug + Send + Sync {
    /// Who provides, for error messages: `the AWS credential chain`.
    fn name(&self) -> &str;

    /// The credential for a registry, `None` when it is not one of its own. Called at most once
    /// for each challenge, from any thread.
    ///
    /// # Errors
    /// Why there is none although the registry is one of its own, for people. It never holds a
    /// secret.
    fn credential(&self, host: &str) -> Result<Option<Credential>, String>;
}
