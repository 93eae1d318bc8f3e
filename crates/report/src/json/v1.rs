//! Version 1 of the JSON report.
//!
//! A field may be added: that raises the minor number of [`SCHEMA_VERSION`]. A field that goes,
//! moves or changes its meaning needs a `v2.rs`.

mod context;
mod kinds;

use jiff::Timestamp;
use serde::Serialize;

pub(super) use context::{
    Base, Baseline, Container, Image, Owner, Scanner, Signature, Tag, Verdict,
};
pub(super) use kinds::{
    Area, Decision, Edit, Kind, Misconfiguration, Origin, Outcome, Place, Secret, SecretPlace,
    Violation,
};

/// `schema_version` of what this module writes: 1.1 added what is no vulnerability.
pub(super) const SCHEMA_VERSION: &str = "1.1";

/// The reports of one run of Farguard.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Document<'a> {
    /// `MAJOR.MINOR`: readers of one major version can read every later minor version.
    pub(super) schema_version: &'static str,
    /// What wrote the document.
    pub(super) tool: Tool,
    /// One report for each target, in the order they were named.
    pub(super) reports: Vec<Report<'a>>,
}

/// What wrote the document.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Tool {
    /// `farguard`.
    pub(super) name: &'static str,
    /// Its version.
    pub(super) version: &'static str,
}

/// The result of scanning one target.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Report<'a> {
    /// When the scan ran, RFC 3339 in UTC.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) created: Timestamp,
    /// What was scanned.
    pub(super) target: Target<'a>,
    /// The distribution inside; null where there is none.
    pub(super) os: Option<Os<'a>>,
    /// The advisories used; null when packages were only listed, so that no findings says nothing.
    pub(super) database: Option<Database<'a>>,
    /// What was looked for; what is not here was not assessed. Empty when packages were only listed.
    pub(super) scanners: Vec<Scanner>,
    /// What the image says of itself; null for targets that are no images.
    pub(super) image: Option<Image<'a>>,
    /// The container of a task definition that uses the image; null for other targets.
    pub(super) container: Option<Container<'a>>,
    /// Who answers for the target.
    pub(super) owner: Option<Owner<'a>>,
    /// What the policy says; null without a policy.
    pub(super) verdict: Option<Verdict<'a>>,
    /// The earlier report that findings were compared with; null without one.
    pub(super) baseline: Option<Baseline<'a>>,
    /// Counts over the findings.
    pub(super) summary: Summary,
    /// Layers, lowest first. `layer_index` counts into this from 0.
    pub(super) layers: Vec<Layer<'a>>,
    /// Packages, sorted. `package_index` counts into this from 0.
    pub(super) packages: Vec<Package<'a>>,
    /// Findings, most urgent first, suppressed ones included.
    pub(super) findings: Vec<Finding<'a>>,
    /// Parts of the target that could not be read: not assessed, so never to be taken as clean.
    pub(super) problems: Vec<Problem<'a>>,
}

/// What was scanned.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Target<'a> {
    /// As the user named it.
    pub(super) name: &'a str,
    /// What kind of thing it is.
    pub(super) kind: TargetKind,
    /// Digest of the manifest.
    pub(super) digest: Option<&'a str>,
    /// Digest of the image configuration.
    pub(super) image_id: Option<&'a str>,
    /// `OS/ARCHITECTURE[/VARIANT]`.
    pub(super) platform: Option<&'a str>,
    /// When the image says it was built.
    pub(super) built: Option<&'a str>,
    /// Labels of the image configuration.
    pub(super) labels: Vec<Label<'a>>,
}

/// The kind of a target.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum TargetKind {
    Registry,
    DockerArchive,
    OciLayout,
    Rootfs,
    Source,
    Sbom,
    BuildFile,
    TaskDefinition,
}

/// A label of an image.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Label<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a str,
}

/// A distribution, from its `os-release`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Os<'a> {
    /// `ID`.
    pub(super) id: &'a str,
    /// `VERSION_ID`; empty for rolling distributions.
    pub(super) version_id: &'a str,
    /// `PRETTY_NAME`.
    pub(super) pretty_name: &'a str,
    /// `ID_LIKE`.
    pub(super) id_like: &'a [String],
    /// `CPE_NAME`.
    pub(super) cpe_name: Option<&'a str>,
}

/// The advisory database that was used.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Database<'a> {
    /// When it was built, RFC 3339 in UTC.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) built: Timestamp,
    /// Whole days from `built` to `created` of the report.
    pub(super) age_days: i64,
    /// Number of advisories.
    pub(super) advisories: u64,
    /// Names of its sources.
    pub(super) sources: &'a [String],
    /// True for the sample that comes with Farguard: not fit for decisions.
    pub(super) sample: bool,
}

/// Counts of findings. All but `suppressed` leave suppressed findings out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Summary {
    pub(super) critical: usize,
    pub(super) high: usize,
    pub(super) medium: usize,
    pub(super) low: usize,
    pub(super) negligible: usize,
    pub(super) unknown: usize,
    /// Known to be exploited.
    pub(super) exploited: usize,
    /// With a fixed version.
    pub(super) fixable: usize,
    /// Different ids.
    pub(super) distinct_ids: usize,
    /// Suppressed by a person, a VEX statement or a baseline.
    pub(super) suppressed: usize,
    /// Known vulnerabilities.
    pub(super) vulnerabilities: usize,
    /// Secrets.
    pub(super) secrets: usize,
    /// Checks of images, build files and task definitions that are not passed.
    pub(super) misconfigurations: usize,
    /// Demands of the policy that are not met.
    pub(super) violations: usize,
    /// Brought by the base image.
    pub(super) base: usize,
    /// Brought by the layers above it.
    pub(super) own: usize,
}

/// One layer of an image.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Layer<'a> {
    /// Digest of the stored bytes.
    pub(super) digest: Option<&'a str>,
    /// Digest of the uncompressed tar.
    pub(super) diff_id: &'a str,
    /// The build instruction.
    pub(super) created_by: Option<&'a str>,
    /// Stored size.
    pub(super) size_bytes: u64,
}

/// An installed or locked package.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Package<'a> {
    /// Package URL.
    pub(super) purl: String,
    /// The purl type.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// The name as its ecosystem writes it.
    pub(super) name: &'a str,
    /// The version as its ecosystem writes it.
    pub(super) version: &'a str,
    /// CPU architecture.
    pub(super) arch: Option<&'a str>,
    /// What it was built from.
    pub(super) source: Option<Source<'a>>,
    /// Licences as declared.
    pub(super) licenses: &'a [String],
    /// The file that proves the package, relative to the root of the target.
    pub(super) path: &'a str,
    /// The layer that brought it.
    pub(super) layer_index: Option<u32>,
    /// Needed to build or test only.
    pub(super) dev: bool,
    /// The files it installed; null unless they were asked for (`--files`) and are known.
    pub(super) files: Option<&'a [String]>,
}

/// A source package.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
}

/// Something that is wrong. `kind` says which of the last four fields is set.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Finding<'a> {
    /// What is wrong: `CVE-2024-3094`, or a kebab-case id of ours.
    pub(super) id: &'a str,
    /// What kind of thing is wrong.
    pub(super) kind: Kind,
    /// Stable from run to run: it names no version, layer or line.
    pub(super) fingerprint: &'a str,
    /// One line for people.
    pub(super) title: &'a str,
    /// How bad it is.
    pub(super) severity: Severity,
    /// What it is about.
    pub(super) subject: Subject<'a>,
    /// Why we say so.
    pub(super) evidence: &'a str,
    /// Where to look.
    pub(super) location: Option<Location<'a>>,
    /// What to do.
    pub(super) remediation: Option<&'a str>,
    /// Controls of compliance frameworks.
    pub(super) controls: &'a [String],
    /// A web page that explains it.
    pub(super) docs: Option<&'a str>,
    /// Set when it does not count.
    pub(super) suppression: Option<Suppression<'a>>,
    /// Who answers for it.
    pub(super) owner: Option<Owner<'a>>,
    /// Who brought it; null where the base image is not known.
    pub(super) origin: Option<Origin>,
    /// What the policy says of it; null without a policy.
    pub(super) decision: Option<Decision<'a>>,
    /// Set for a known vulnerability of a package.
    pub(super) vulnerability: Option<Vulnerability<'a>>,
    /// Set for a secret in plain sight.
    pub(super) secret: Option<Secret<'a>>,
    /// Set for a check that is not passed.
    pub(super) misconfiguration: Option<Misconfiguration<'a>>,
    /// Set for a demand of the policy that is not met.
    pub(super) violation: Option<Violation<'a>>,
}

/// How bad a finding is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Negligible,
    Unknown,
}

/// What a finding is about.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Subject<'a> {
    /// The unique name: a package URL, an image reference, a file.
    pub(super) id: &'a str,
    /// The short name for people.
    pub(super) name: &'a str,
}

/// Where a finding can be seen.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Location<'a> {
    /// Relative to the root of the target.
    pub(super) path: &'a str,
    /// The layer that holds it.
    pub(super) layer_index: Option<u32>,
    /// From 1.
    pub(super) line: Option<u32>,
    /// From 1.
    pub(super) column: Option<u32>,
}

/// Why a finding does not count.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Suppression<'a> {
    pub(super) reason: &'a str,
    /// The file or flag that says so.
    pub(super) source: &'a str,
}

/// A vulnerability of one package.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Vulnerability<'a> {
    /// The package that has it.
    pub(super) package_index: usize,
    /// Other names of it.
    pub(super) aliases: &'a [String],
    /// Advisory records that matched.
    pub(super) advisories: &'a [String],
    /// Who rated the severity; empty when nobody did.
    pub(super) severity_source: &'a str,
    /// CVSS ratings, newest specification first.
    pub(super) cvss: Vec<Cvss<'a>>,
    /// Whether a fix exists.
    pub(super) fix_state: FixState,
    /// Fixed versions, the nearest upgrade first.
    pub(super) fixed_versions: &'a [String],
    /// The entry of CISA's catalogue of known exploited vulnerabilities.
    pub(super) kev: Option<Kev<'a>>,
    /// Exploit prediction.
    pub(super) epss: Option<Epss>,
    /// Rank within the report, higher is more urgent.
    pub(super) risk: f64,
    /// When the oldest matching advisory was published.
    pub(super) published: Option<&'a str>,
    /// When the newest matching advisory changed.
    pub(super) modified: Option<&'a str>,
    /// Web pages about it, best first.
    pub(super) references: &'a [String],
}

/// Whether a fix exists.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum FixState {
    Fixed,
    NotFixed,
    WontFix,
}

/// One CVSS rating.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Cvss<'a> {
    /// `2.0`, `3.0`, `3.1` or `4.0`.
    pub(super) version: &'a str,
    pub(super) vector: &'a str,
    /// Base score, 0.0 to 10.0.
    pub(super) score: f64,
}

/// An entry of CISA's catalogue.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Kev<'a> {
    /// `YYYY-MM-DD`.
    pub(super) date_added: &'a str,
    /// `YYYY-MM-DD`.
    pub(super) due_date: &'a str,
    /// Whether ransomware is known to use it.
    pub(super) ransomware: bool,
}

/// Exploit prediction (FIRST EPSS).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Epss {
    /// Probability of exploitation within 30 days, 0.0 to 1.0.
    pub(super) score: f64,
    /// 0.0 to 1.0.
    pub(super) percentile: f64,
}

/// A part of the target that could not be read.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Problem<'a> {
    /// Kebab-case, stable.
    pub(super) code: &'a str,
    /// For people.
    pub(super) message: &'a str,
    /// The file.
    pub(super) path: Option<&'a str>,
    /// The layer.
    pub(super) layer_index: Option<u32>,
}
