//! Why an image cannot be had from a registry.

use crate::source::{manifest::ManifestError, registry::reference::ReferenceError};

/// An image cannot be had from a registry. No message holds a credential, nor the query of an
/// address, where signed links keep theirs.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The name is malformed.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// No answer.
    #[error("cannot reach `{host}`: {why}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// Why.
        why: String,
    },
    /// The registry speaks plain HTTP.
    #[error("`{host}` does not speak TLS; if that is intended, use `--plain-http`")]
    NotTls {
        /// Host and port.
        host: String,
    },
    /// Nobody that we could be is let in.
    #[error("`{host}` does not let us read `{repository}`: {why}")]
    Unauthorized {
        /// Host and port.
        host: String,
        /// Path of the repository.
        repository: String,
        /// What was tried.
        why: String,
    },
    /// There is no such image.
    #[error("`{host}` has no {what}")]
    NotFound {
        /// Host and port.
        host: String,
        /// `image `library/x` with ...`.
        what: String,
    },
    /// An answer that does not help.
    #[error("`{host}` answers {status} when asked for {what}")]
    Status {
        /// Host and port.
        host: String,
        /// Status code of HTTP.
        code: u16,
        /// Status, with the error code of the registry where there is one.
        status: String,
        /// What was asked for.
        what: String,
    },
    /// The answer breaks the protocol or is dangerous to follow.
    #[error("`{host}` {why}")]
    Protocol {
        /// Host and port.
        host: String,
        /// What is wrong, as the rest of the sentence.
        why: String,
    },
    /// The manifest or configuration cannot be used.
    #[error("cannot use `{image}`: {source}")]
    Manifest {
        /// The image.
        image: String,
        /// Why.
        source: ManifestError,
    },
}
