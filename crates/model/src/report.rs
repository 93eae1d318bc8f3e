//! The result of one scan.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Finding, Package, Problem, Severity};

/// Everything one scan of one target found out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanReport {
    /// When the scan ran.
    pub created: Timestamp,
    /// What was scanned.
    pub target: TargetInfo,
    /// The distribution inside, if there is one.
    pub os: Option<Os>,
    /// Layers, lowest first; empty for targets without layers.
    pub layers: Vec<LayerInfo>,
    /// Packages, sorted.
    pub packages: Vec<Package>,
    /// Findings, most urgent first.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The advisories that were used; `None` when packages were only listed.
    pub database: Option<DatabaseInfo>,
}

impl ScanReport {
    /// Findings that count: those that nobody has suppressed.
    pub fn active_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.suppression.is_none())
    }

    /// The worst severity of the findings that count.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.active_findings().map(|finding| finding.severity).max()
    }
}

/// What was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetInfo {
    /// As the user named it, without credentials.
    pub name: String,
    /// What kind of thing it is.
    pub kind: TargetKind,
    /// Digest of the manifest (`sha256:...`), for images that have one.
    pub digest: Option<String>,
    /// Digest of the image configuration: the image id of docker.
    pub image_id: Option<String>,
    /// `linux/amd64`, `linux/arm64/v8`.
    pub platform: Option<String>,
    /// Labels of the image configuration, sorted.
    pub labels: Vec<(String, String)>,
    /// When the image says it was built, RFC 3339.
    pub built: Option<String>,
}

/// The kind of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// An image in a registry.
    Registry,
    /// The tar of `docker save`.
    DockerArchive,
    /// An OCI image layout, directory or tar.
    OciLayout,
    /// A root file system in a directory.
    Rootfs,
    /// A directory of source code.
    Source,
    /// A stored bill of materials.
    Sbom,
}

/// One layer of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerInfo {
    /// Digest of the stored (mostly compressed) bytes, where there is one.
    pub digest: Option<String>,
    /// Digest of the uncompressed tar.
    pub diff_id: String,
    /// The build instruction, cleaned of the shell wrapper that builders add.
    pub created_by: Option<String>,
    /// Stored size.
    pub size_bytes: u64,
}

/// The distribution inside a target, from its `os-release`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `ID`: `debian`, `amzn`, `alpine`.
    pub id: String,
    /// `VERSION_ID`: `12`, `2023`, `3.19.1`; empty for rolling distributions.
    pub version_id: String,
    /// `PRETTY_NAME`, or id and version.
    pub pretty_name: String,
    /// `ID_LIKE`, split.
    pub id_like: Vec<String>,
    /// `CPE_NAME`, which tells RHEL's minor streams apart.
    pub cpe_name: Option<String>,
}

impl Os {
    /// The purl namespace of its packages.
    #[must_use]
    pub fn purl_namespace(&self) -> &str {
        match self.id.as_str() {
            "rhel" => "redhat",
            "rocky" => "rocky-linux",
            "sles" | "sle_hpc" | "sled" => "suse",
            "opensuse-leap" | "opensuse-tumbleweed" => "opensuse",
            id => id,
        }
    }

    /// The `distro` qualifier of purls: `debian-12`.
    #[must_use]
    pub fn purl_distro(&self) -> String {
        if self.version_id.is_empty() {
            self.id.clone()
        } else {
            format!("{}-{}", self.id, self.version_id)
        }
    }
}

/// The advisory database that a scan used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseInfo {
    /// When it was built.
    pub built: Timestamp,
    /// Number of advisories.
    pub advisories: u64,
    /// Names of its sources, sorted.
    pub sources: Vec<String>,
    /// True for the sample that the demo uses: not fit for decisions.
    pub sample: bool,
}
