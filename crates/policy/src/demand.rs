//! What a policy demands of a target as a whole.

use farguard_model::Outcome;

use crate::glob::Patterns;

/// One demand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Demand {
    Packages(List),
    Licenses {
        list: List,
        unknown: Outcome,
    },
    BaseImages(List),
    Registries(List),
    /// Names of labels, with what their values have to fit.
    Labels(Vec<(String, Patterns)>),
    /// Bytes.
    MaximumSize(u64),
    MaximumAgeDays(u32),
    Signature {
        signer: Option<Patterns>,
        issuer: Option<Patterns>,
    },
}

/// What may be there, or what may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum List {
    Allowed(Patterns),
    Forbidden(Patterns),
}
