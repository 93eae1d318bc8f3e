//! An installed or locked package: the fact that advisories are matched against.

use std::fmt;

use packageurl::PackageUrl;
use serde::{Deserialize, Serialize};

use crate::Os;

/// The kind of a package: its purl type. Version order and advisory source follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each variant is the purl type it names")]
pub enum PackageType {
    Apk,
    Bitnami,
    Cargo,
    Composer,
    Deb,
    Gem,
    Golang,
    Maven,
    Npm,
    Nuget,
    Pypi,
    Rpm,
}

impl PackageType {
    /// Every type, sorted by name.
    pub const ALL: [Self; 12] = [
        Self::Apk,
        Self::Bitnami,
        Self::Cargo,
        Self::Composer,
        Self::Deb,
        Self::Gem,
        Self::Golang,
        Self::Maven,
        Self::Npm,
        Self::Nuget,
        Self::Pypi,
        Self::Rpm,
    ];

    /// The purl type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apk => "apk",
            Self::Bitnami => "bitnami",
            Self::Cargo => "cargo",
            Self::Composer => "composer",
            Self::Deb => "deb",
            Self::Gem => "gem",
            Self::Golang => "golang",
            Self::Maven => "maven",
            Self::Npm => "npm",
            Self::Nuget => "nuget",
            Self::Pypi => "pypi",
            Self::Rpm => "rpm",
        }
    }

    /// The type of that purl type, if we know it.
    #[must_use]
    pub fn from_purl_type(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether a distribution's package manager installs it (its advisories are per release).
    #[must_use]
    pub const fn is_os(self) -> bool {
        matches!(self, Self::Apk | Self::Deb | Self::Rpm)
    }
}

impl fmt::Display for PackageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The package that a distribution builds a binary package from; its advisories name this one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourcePackage {
    /// Name of the source package.
    pub name: String,
    /// Full version of the source package, in the same form as [`Package::version`].
    pub version: String,
}

/// One package found in a target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Package {
    /// Its kind.
    pub kind: PackageType,
    /// The name as its ecosystem and OSV write it: `@babel/core`, `org.slf4j:slf4j-api`,
    /// `github.com/gin-gonic/gin`, `symfony/http-kernel`, `openssl-libs`.
    pub name: String,
    /// The full version as its ecosystem writes it: `1:2.36-9+deb12u3`, `v1.9.1`, `1.0.0rc1`.
    /// RPM is `[epoch:]version-release`, with the epoch left out when it is 0.
    pub version: String,
    /// CPU architecture, for packages that name one (`amd64`, `x86_64`, `noarch`).
    pub arch: Option<String>,
    /// What it was built from, when that has another name or version.
    pub source: Option<SourcePackage>,
    /// Licences as declared: SPDX expressions where the ecosystem uses them.
    pub licenses: Vec<String>,
    /// The file that proves the package, relative to the root of the target, without leading `/`:
    /// the dpkg status file, a METADATA file, a jar (`app.jar!/BOOT-INF/lib/x.jar` when nested).
    pub path: String,
    /// The files it installed, relative to the root of the target; empty where unknown.
    #[serde(default)]
    pub files: Vec<String>,
    /// Index into [`ScanReport::layers`](crate::ScanReport::layers) of the layer that brought it.
    pub layer: Option<u32>,
    /// Needed to build or test only, as far as a lock file says.
    #[serde(default)]
    pub dev: bool,
}

impl Package {
    /// A package with only what every package has.
    pub fn new(
        kind: PackageType,
        name: impl Into<String>,
        version: impl Into<String>,
        path: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            name: name.into(),
            version: version.into(),
            arch: None,
            source: None,
            licenses: Vec::new(),
            path: path.into(),
            files: Vec::new(),
            layer: None,
            dev: false,
        }
    }

    /// The package URL. OS packages take their namespace and `distro` qualifier from `os`.
    ///
    /// # Source
    /// <https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst>
    #[must_use]
    pub fn purl(&self, os: Option<&Os>) -> String {
        let (namespace, name) = self.purl_namespace_and_name(os);
        // INVARIANT: our types are valid purl types, so only an empty name can fail.
        let Ok(mut purl) = PackageUrl::new(self.kind.as_str(), name.to_owned()) else {
            return format!("pkg:{}/unknown", self.kind);
        };
        if let Some(namespace) = namespace.filter(|n| !n.is_empty()) {
            let _ = purl.with_namespace(namespace.to_owned());
        }
        // The epoch of an RPM is a qualifier, not part of the version.
        let (epoch, version) = match self.version.split_once(':') {
            Some((epoch, rest)) if self.kind == PackageType::Rpm => (Some(epoch), rest),
            _ => (None, self.version.as_str()),
        };
        if !version.is_empty() {
            let _ = purl.with_version(version.to_owned());
        }
        let distro = os.filter(|_| self.kind.is_os()).map(Os::purl_distro);
        let qualifiers =
            [("arch", self.arch.clone()), ("epoch", epoch.map(str::to_owned)), ("distro", distro)];
        for (key, value) in qualifiers {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                let _ = purl.add_qualifier(key, value);
            }
        }
        purl.to_string()
    }

    fn purl_namespace_and_name<'a>(&'a self, os: Option<&'a Os>) -> (Option<&'a str>, &'a str) {
        match self.kind {
            PackageType::Apk | PackageType::Deb | PackageType::Rpm => {
                (os.map(Os::purl_namespace), &self.name)
            }
            PackageType::Maven => split_last(&self.name, ':'),
            PackageType::Composer | PackageType::Golang | PackageType::Npm => {
                split_last(&self.name, '/')
            }
            _ => (None, &self.name),
        }
    }
}

fn split_last(name: &str, separator: char) -> (Option<&str>, &str) {
    match name.rsplit_once(separator) {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: PackageType, name: &str, version: &str, expect: &str) {
        assert_eq!(Package::new(kind, name, version, "").purl(None), expect);
    }

    #[test]
    fn purls_of_language_packages() {
        check(PackageType::Npm, "@babel/core", "7.0.0", "pkg:npm/%40babel/core@7.0.0");
        check(
            PackageType::Maven,
            "org.slf4j:slf4j-api",
            "2.0",
            "pkg:maven/org.slf4j/slf4j-api@2.0",
        );
        check(
            PackageType::Golang,
            "github.com/gin-gonic/gin",
            "v1.9.1",
            "pkg:golang/github.com/gin-gonic/gin@v1.9.1",
        );
    }

    #[test]
    fn purl_of_an_rpm_carries_epoch_and_distro() {
        let os = Os { id: "amzn".into(), version_id: "2023".into(), ..Os::default() };
        let mut package = Package::new(PackageType::Rpm, "openssl", "1:3.0.8-1.amzn2023", "");
        package.arch = Some("x86_64".into());
        assert_eq!(
            package.purl(Some(&os)),
            "pkg:rpm/amzn/openssl@3.0.8-1.amzn2023?arch=x86_64&distro=amzn-2023&epoch=1"
        );
    }
}
