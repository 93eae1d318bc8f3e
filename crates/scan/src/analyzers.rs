//! Files in, packages out: one module for each package format.
//!
//! To add one, write its file beside the others and add two lines here: its `mod` and its entry in
//! [`ANALYZERS`].

mod accounts;
mod apk;
pub mod binary;
mod bitnami;
mod damage;
mod deb822;
mod dotnet;
mod dpkg;
mod dpkg_copyright;
mod dpkg_files;
mod file;
mod golang;
mod harvest;
pub mod java;
mod locks;
mod node;
mod os_release;
mod path_budget;
mod php;
pub mod python;
mod rpm;
mod rpm_manifest;
pub mod ruby;
mod rust;
mod select;
#[cfg(test)]
mod testing;

pub(crate) use file::read_whole;
pub use file::{FileView, ForwardRead, MAX_WHOLE_FILE_BYTES};
pub use harvest::{Account, Harvest, path_hash};
pub use select::Selector;

/// Every analyzer, sorted by name.
pub static ANALYZERS: &[&dyn Analyzer] = &[
    &accounts::Accounts,
    &apk::Apk,
    &binary::Binary,
    &bitnami::Bitnami,
    &locks::CargoLock,
    &locks::ComposerLock,
    &dotnet::Dotnet,
    &dpkg::Dpkg,
    &dpkg_copyright::DpkgCopyright,
    &dpkg_files::DpkgFiles,
    &locks::GemfileLock,
    &locks::GoMod,
    &locks::GradleLockfile,
    &java::Java,
    &node::Node,
    &locks::NugetLock,
    &os_release::OsRelease,
    &locks::PackageLock,
    &locks::PdmLock,
    &php::Php,
    &locks::PipfileLock,
    &locks::PnpmLock,
    &locks::PoetryLock,
    &locks::PomXml,
    &locks::Pylock,
    &python::Python,
    &locks::Requirements,
    &rpm::Rpm,
    &rpm_manifest::RpmManifest,
    &ruby::Ruby,
    &locks::UvLock,
    &locks::YarnLock,
];

/// Reads one package format.
///
/// An analyzer is pure: the same file gives the same harvest, so results are cached by layer
/// digest and [`fingerprint`].
pub trait Analyzer: Sync {
    /// Unique, kebab-case: `dpkg`, `python-dist-info`, `cargo-lock`.
    fn name(&self) -> &'static str;

    /// Raised with every change of what it reports, so that cached results are not used again.
    fn version(&self) -> u32;

    /// What it reads, in one line, for `docs/reference/analyzers.md`.
    fn about(&self) -> &'static str;

    /// In which targets it runs.
    fn scope(&self) -> Scope;

    /// Which files it wants. A file matches when any of these does.
    fn wants(&self) -> &'static [Want];

    /// Whether it skips through [`FileView::reader`] instead of holding the file in memory.
    fn skips(&self) -> bool {
        false
    }

    /// Reads one file and adds what it finds.
    ///
    /// # Errors
    /// When the file is not what its name promises, or is damaged. What was added before counts,
    /// and the error becomes a problem of the file: *not assessed*.
    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError>;
}

/// In which targets an analyzer runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// What is installed: images and root file systems.
    Installed,
    /// What a source directory asks for: lock files.
    Source,
}

/// A condition on the path of a file. Paths are relative to the root, without leading `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Want {
    /// Exactly this path: `lib/apk/db/installed`.
    Path(&'static str),
    /// A file directly in this directory: `var/lib/dpkg/status.d`.
    In(&'static str),
    /// This file name in any directory: `package.json`.
    Name(&'static str),
    /// A file name with this ending: `.jar`. Starts with a dot; compared without case.
    Ending(&'static str),
    /// A file in a directory whose own name has this ending: `METADATA` in `*.dist-info`.
    NameIn {
        /// File name.
        name: &'static str,
        /// Ending of the name of the directory that holds it.
        directory_ending: &'static str,
    },
    /// A regular file that somebody may execute and that no other condition of any analyzer
    /// matches; its first bytes are looked at.
    Executable,
}

/// The code of [`AnalyzeError::needs_whole_file`].
pub(crate) const NEEDS_WHOLE_FILE: &str = "needs-whole-file";

/// A file could not be analysed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct AnalyzeError {
    /// Kebab-case, names what is wrong: becomes [`Problem::code`](farguard_model::Problem::code).
    pub code: &'static str,
    /// For people: lower case, no full stop.
    pub message: String,
}

impl AnalyzeError {
    /// An error with its code and message.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// Asks for a second visit at which [`FileView::bytes`] is at hand: what the analyzer needs
    /// lies before what it had to read first. What it added at the first visit does not count.
    #[must_use]
    pub fn needs_whole_file() -> Self {
        Self::new(NEEDS_WHOLE_FILE, "what it needs could not be read in one pass")
    }
}

impl From<std::io::Error> for AnalyzeError {
    fn from(error: std::io::Error) -> Self {
        Self::new("unreadable-file", error.to_string())
    }
}

/// Names everything that decides what a harvest looks like: part of every cache key.
#[must_use]
pub fn fingerprint() -> String {
    let parts: Vec<String> =
        ANALYZERS.iter().map(|a| format!("{}={}", a.name(), a.version())).collect();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_sorted_and_kebab_case() {
        let names: Vec<_> = ANALYZERS.iter().map(|a| a.name()).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        for name in names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
        }
    }

    #[test]
    fn every_analyzer_says_what_it_is() {
        for analyzer in ANALYZERS {
            assert!(!analyzer.about().is_empty() && !analyzer.wants().is_empty());
            assert!(analyzer.version() > 0);
        }
    }
}
