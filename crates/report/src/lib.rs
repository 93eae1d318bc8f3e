//! Findings to bytes: one module for each output format.
//!
//! Every format is a function of the reports and the options: no clock, no environment, so the
//! same reports give the same bytes. [`Format::all`] is the registry that flags and docs are made
//! from; adding a format is one file and its line in `format.rs`.

mod baseline;
mod cyclonedx;
mod describe;
mod format;
mod github;
mod gitlab;
mod group;
mod html;
mod json;
mod junit;
mod license;
mod links;
mod markdown;
mod oci_purl;
mod safe_json;
mod sarif;
mod spdx;
mod summary;
mod table;
mod text;

/// What outputs say wrote them.
pub(crate) const TOOL_NAME: &str = "farguard";
pub(crate) const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod golden;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod schemas;

pub use baseline::{Baseline, BaselineError, MAX_BASELINE_BYTES};
pub use format::{
    CompareVersions, Format, OutputFormat, RenderError, RenderOptions, UnknownFormat, render,
};
