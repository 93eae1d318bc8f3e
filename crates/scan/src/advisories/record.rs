//! What the database keeps of a record: a detail that all its packages share, and for each
//! package the versions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Advisory, Affected};

/// One record, cut down.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// When it changed; of two records with one id the newer one counts.
    pub modified: Timestamp,
    /// What does not depend on the package.
    pub detail: Detail,
    /// Never empty; no package twice.
    pub packages: Vec<PackageRanges>,
}

/// The versions of one package that a record concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRanges {
    /// Key of the ecosystem.
    pub ecosystem: String,
    /// Key of the name.
    pub name: String,
    /// Never empty.
    pub affected: Vec<Affected>,
}

/// The part of an [`Advisory`] that all packages of a record share; fields as there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each field is the one of `Advisory` with the same name")]
pub struct Detail {
    pub id: String,
    pub aliases: Vec<String>,
    pub upstream: Vec<String>,
    pub summary: String,
    pub published: String,
    pub modified: String,
    pub severity: Vec<(String, String)>,
    pub rating: String,
    pub references: Vec<String>,
}

impl Detail {
    /// The advisory of one package.
    pub(crate) fn with(self, affected: Vec<Affected>) -> Advisory {
        Advisory {
            id: self.id,
            aliases: self.aliases,
            upstream: self.upstream,
            summary: self.summary,
            published: self.published,
            modified: self.modified,
            severity: self.severity,
            rating: self.rating,
            references: self.references,
            affected,
        }
    }
}
