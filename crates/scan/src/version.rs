//! The order of versions, as each ecosystem defines it.
//!
//! Every order is total over the strings it accepts, never panics, and takes time linear in the
//! length of its input.

use std::cmp::Ordering;

use farguard_model::PackageType;

mod apk;
mod composer;
mod dpkg;
mod gem;
mod go;
mod maven;
mod nuget;
mod number;
mod pep440;
mod rpm;
mod semver;

#[cfg(test)]
mod tests;

/// How versions of one ecosystem are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant names the scheme")]
pub enum VersionOrder {
    Apk,
    Composer,
    Dpkg,
    Gem,
    Go,
    Maven,
    Nuget,
    Pep440,
    Rpm,
    Semver,
}

/// The text is not a version of that scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{version}` is not a {scheme} version")]
pub struct VersionError {
    /// The text.
    pub version: String,
    /// The scheme's name for people: `PEP 440`, `dpkg`.
    pub scheme: &'static str,
}

impl VersionOrder {
    /// How versions of packages of that kind are ordered.
    #[must_use]
    pub const fn of(kind: PackageType) -> Self {
        match kind {
            PackageType::Apk => Self::Apk,
            PackageType::Bitnami | PackageType::Cargo | PackageType::Npm => Self::Semver,
            PackageType::Composer => Self::Composer,
            PackageType::Deb => Self::Dpkg,
            PackageType::Gem => Self::Gem,
            PackageType::Golang => Self::Go,
            PackageType::Maven => Self::Maven,
            PackageType::Nuget => Self::Nuget,
            PackageType::Pypi => Self::Pep440,
            PackageType::Rpm => Self::Rpm,
        }
    }

    /// Every order, sorted by name.
    pub const ALL: [Self; 10] = [
        Self::Apk,
        Self::Composer,
        Self::Dpkg,
        Self::Gem,
        Self::Go,
        Self::Maven,
        Self::Nuget,
        Self::Pep440,
        Self::Rpm,
        Self::Semver,
    ];

    /// The scheme's name for people.
    #[must_use]
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Apk => "apk",
            Self::Composer => "Composer",
            Self::Dpkg => "dpkg",
            Self::Gem => "RubyGems",
            Self::Go => "Go",
            Self::Maven => "Maven",
            Self::Nuget => "NuGet",
            Self::Pep440 => "PEP 440",
            Self::Rpm => "RPM",
            Self::Semver => "semantic",
        }
    }

    /// Compares two versions.
    ///
    /// # Errors
    /// When one of them is not a version of this scheme.
    pub fn compare(self, left: &str, right: &str) -> Result<Ordering, VersionError> {
        self.try_compare(left, right).ok_or_else(|| {
            let culprit = if self.accepts(left) { right } else { left };
            VersionError { version: culprit.to_owned(), scheme: self.scheme() }
        })
    }

    /// Whether `version` is a version of this scheme.
    #[must_use]
    pub fn accepts(self, version: &str) -> bool {
        self.try_compare(version, version).is_some()
    }

    fn try_compare(self, left: &str, right: &str) -> Option<Ordering> {
        match self {
            Self::Apk => apk::compare(left, right),
            Self::Composer => composer::compare(left, right),
            Self::Dpkg => dpkg::compare(left, right),
            Self::Gem => gem::compare(left, right),
            Self::Go => go::compare(left, right),
            Self::Maven => maven::compare(left, right),
            Self::Nuget => nuget::compare(left, right),
            Self::Pep440 => pep440::compare(left, right),
            Self::Rpm => rpm::compare(left, right),
            Self::Semver => semver::compare(left, right),
        }
    }
}
