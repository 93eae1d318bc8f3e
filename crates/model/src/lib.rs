//! The vocabulary that every part of Farguard shares.
//!
//! Data flows one way: source -> fact or event -> engine -> finding -> output. This crate holds
//! the nouns of that sentence and nothing that does work: no I/O, no clock, no network.
//!
//! Three types are never mixed:
//! - a [`Finding`] is an answer: something is wrong, here is the evidence;
//! - a [`Problem`] is a part of the input that could not be read, shown as *not assessed*;
//! - an error (each module's own `thiserror` enum) means the job could not be done.

pub mod content;
mod finding;
mod image;
mod misconfiguration;
mod package;
mod problem;
mod purl;
mod report;
pub mod sbom_keys;
mod secret;
mod severity;
mod verdict;
mod vulnerability;

pub use finding::{Detail, Finding, Location, Origin, Subject, Suppression, fingerprint};
pub use image::{BaseImage, ContainerUse, ImageFacts, Owner, Signature};
pub use misconfiguration::{Area, Edit, Misconfiguration};
pub use package::{Package, PackageType, SourcePackage};
pub use problem::Problem;
pub use purl::{Purl, PurlError};
pub use report::{
    BaselineInfo, DatabaseInfo, LayerInfo, Os, ScanReport, Scanner, TargetInfo, TargetKind,
};
pub use secret::{Secret, SecretPlace};
pub use severity::{ParseSeverityError, Severity};
pub use verdict::{Decision, Outcome, Verdict, Violation};
pub use vulnerability::{Cvss, Epss, Fix, Kev, Vulnerability};
