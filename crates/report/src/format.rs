//! The registry of output formats.

use std::{cmp::Ordering, fmt, io, str::FromStr};

use farguard_model::{PackageType, ScanReport};

use crate::{cyclonedx, github, gitlab, html, json, junit, markdown, sarif, spdx, table};

/// Every format, in the order that help shows them: for people first, then for machines.
static FORMATS: &[&dyn OutputFormat] = &[
    &table::Table,
    &html::Html,
    &markdown::Markdown,
    &json::Json,
    &sarif::Sarif,
    &cyclonedx::CycloneDx,
    &spdx::Spdx,
    &junit::JUnit,
    &github::GitHub,
    &gitlab::ContainerScanning,
    &gitlab::SecretDetection,
    &gitlab::CodeQuality,
];

/// A way to write reports down.
pub trait OutputFormat: Sync + fmt::Debug {
    /// The value of `--format`: lower case.
    fn name(&self) -> &'static str;

    /// One line for help and docs, without a full stop.
    fn about(&self) -> &'static str;

    /// Writes the reports, in the order given.
    ///
    /// # Errors
    /// When `out` fails, or [`RenderError::OneTargetOnly`] where a document describes exactly one
    /// target.
    fn render(
        &self,
        reports: &[ScanReport],
        options: &RenderOptions,
        out: &mut dyn io::Write,
    ) -> Result<(), RenderError>;
}

/// Compares two versions of a package type; `None` when that cannot be said.
pub type CompareVersions = fn(PackageType, &str, &str) -> Option<Ordering>;

/// What a user can choose about the looks of a report.
#[derive(Debug, Clone, Copy)]
pub struct RenderOptions {
    /// Use ANSI colours (table only).
    pub color: bool,
    /// Columns to fit into (table only).
    pub width: usize,
    /// Show everything, where the default folds what is less urgent.
    pub all: bool,
    /// Orders fix versions, so that a package with several fixes gets the one upgrade that brings
    /// them all. Without it such a package lists each fix beside its vulnerability.
    pub compare_versions: Option<CompareVersions>,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { color: false, width: 100, all: false, compare_versions: None }
    }
}

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The destination failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The format describes exactly one target.
    #[error("format `{format}` describes exactly one target, not {targets}: scan them one by one")]
    OneTargetOnly {
        /// Name of the format.
        format: &'static str,
        /// How many there were.
        targets: usize,
    },
}

impl From<serde_json::Error> for RenderError {
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}

/// One of the registered formats.
#[derive(Debug, Clone, Copy)]
pub struct Format(&'static dyn OutputFormat);

impl Format {
    /// Every format, in the order that help shows them.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        FORMATS.iter().map(|format| Self(*format))
    }

    /// The value of `--format`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// One line for help and docs.
    #[must_use]
    pub fn about(self) -> &'static str {
        self.0.about()
    }
}

impl Default for Format {
    /// The table for people.
    fn default() -> Self {
        Self(&table::Table)
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text is not the name of a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a format: use one of {known}")]
pub struct UnknownFormat {
    name: String,
    known: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::all().find(|format| format.name() == name).ok_or_else(|| UnknownFormat {
            name: name.to_owned(),
            known: Self::all().map(Self::name).collect::<Vec<_>>().join(", "),
        })
    }
}

/// The only report, for formats that describe exactly one target.
pub(crate) fn only<'a>(
    format: &'static str,
    reports: &'a [ScanReport],
) -> Result<&'a ScanReport, RenderError> {
    match reports {
        [report] => Ok(report),
        _ => Err(RenderError::OneTargetOnly { format, targets: reports.len() }),
    }
}

/// Writes reports in a format.
///
/// # Errors
/// As [`OutputFormat::render`].
pub fn render(
    format: Format,
    reports: &[ScanReport],
    options: &RenderOptions,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    format.0.render(reports, options, out)
}

#[cfg(test)]
mod tests;
