//! The only crate that talks to AWS.
