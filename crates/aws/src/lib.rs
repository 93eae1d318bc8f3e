//! The only crate that talks to AWS.
//!
//! Requests are signed and sent by one small client over a table of operations; answers keep the
//! JSON shape of the API. Async stays in here: what is public blocks.

mod client;
mod credentials;
pub mod ecr;
mod operation;
mod protocol;
mod request;
pub mod s3;
mod session;
pub mod sns;
pub mod sqs;

pub use client::{AwsError, AwsOptions};
pub use session::Session;
