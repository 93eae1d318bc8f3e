//! The result of one scan.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ContainerUse, Finding, ImageFacts, Owner, Package, Problem, Severity, Verdict, Vulnerability,
};

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
    /// What was looked for. What is not here was not assessed, whatever the findings are.
    pub scanners: Vec<Scanner>,
    /// What the image says of itself; `None` for targets that are no images.
    pub image: Option<ImageFacts>,
    /// The container that uses the image, for an image of a task definition.
    pub container: Option<ContainerUse>,
    /// Who answers for the target.
    pub owner: Option<Owner>,
    /// What the policy says; `None` without a policy.
    pub verdict: Option<Verdict>,
    /// The earlier report that findings were compared with, if they were.
    pub baseline: Option<BaselineInfo>,
}

impl ScanReport {
    /// A report of nothing yet.
    #[must_use]
    pub fn new(created: Timestamp, target: TargetInfo) -> Self {
        Self {
            created,
            target,
            os: None,
            layers: Vec::new(),
            packages: Vec::new(),
            findings: Vec::new(),
            problems: Vec::new(),
            database: None,
            scanners: Vec::new(),
            image: None,
            container: None,
            owner: None,
            verdict: None,
            baseline: None,
        }
    }

    /// Findings that count: those that nobody has suppressed.
    pub fn active_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.suppression.is_none())
    }

    /// The findings that are known vulnerabilities of packages and count.
    pub fn active_vulnerabilities(&self) -> impl Iterator<Item = (&Finding, &Vulnerability)> {
        self.active_findings().filter_map(|finding| Some((finding, finding.vulnerability()?)))
    }

    /// The worst severity of the findings that count.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.active_findings().map(|finding| finding.severity).max()
    }
}

/// An earlier report of a target, and what is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineInfo {
    /// The file, as the user named it.
    pub source: String,
    /// When the earlier scan ran.
    pub created: Timestamp,
    /// Fingerprints of the findings that it has too, sorted.
    pub known: Vec<String>,
    /// How many of its findings are found no more.
    pub gone: usize,
}

/// A kind of thing to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scanner {
    /// Known vulnerabilities of packages.
    Vulnerabilities,
    /// Secrets in plain sight.
    Secrets,
    /// What is set up badly in images and build files.
    Checks,
}

impl Scanner {
    /// Every scanner.
    pub const ALL: [Self; 3] = [Self::Vulnerabilities, Self::Secrets, Self::Checks];

    /// The name in lower case, as in JSON and flags.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vulnerabilities => "vulnerabilities",
            Self::Secrets => "secrets",
            Self::Checks => "checks",
        }
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
    /// A Dockerfile or Containerfile.
    BuildFile,
    /// An ECS task definition.
    TaskDefinition,
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

impl TargetInfo {
    /// A target of which only name and kind are known.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: TargetKind) -> Self {
        Self {
            name: name.into(),
            kind,
            digest: None,
            image_id: None,
            platform: None,
            labels: Vec::new(),
            built: None,
        }
    }
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
