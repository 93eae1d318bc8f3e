//! The answer in JSON, version 1: a field may be added, everything else needs a new version.

use anyhow::Result;
use farguard_model::{DatabaseInfo, Owner, Problem, Severity};
use farguard_scan::store::{
    LastRescan,
    rescan::{Change, ImageChanges, What},
    verdict::StoredFinding,
};
use jiff::Timestamp;
use serde::Serialize;

use super::Answer;
use crate::text::safe_json;

const SCHEMA_VERSION: &str = "1.0";

#[derive(Serialize)]
struct Document<'a> {
    schema_version: &'static str,
    tool: Tool,
    /// When the rescan ran.
    created: Timestamp,
    /// The directory.
    store: &'a str,
    /// The advisories used.
    database: &'a DatabaseInfo,
    /// The rescan before this one; null for the first.
    previous: Option<&'a LastRescan>,
    summary: Summary,
    /// Images of which something changed, most urgent first.
    images: Vec<Image<'a>>,
    /// Entries of the store that could not be read.
    problems: &'a [Problem],
    /// What is wrong with advisories.
    remarks: &'a [Problem],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// Counts over the whole store.
#[derive(Default, Serialize)]
struct Summary {
    images: usize,
    packages: usize,
    distinct_packages: usize,
    /// Suppressed ones included.
    findings: usize,
    images_changed: usize,
    new: usize,
    exploited: usize,
    worse: usize,
    fixable: usize,
    gone: usize,
    suppressed: usize,
    /// Images that today's advisories cannot answer for.
    not_assessed: usize,
    unreadable: usize,
}

#[derive(Serialize)]
struct Image<'a> {
    /// Its directory in the store.
    key: &'a str,
    names: &'a [String],
    digest: Option<&'a str>,
    owner: Option<&'a Owner>,
    scanned: Timestamp,
    changes: Vec<Finding<'a>>,
    /// Changes that are suppressed and not listed.
    suppressed: usize,
    gone: &'a [StoredFinding],
    not_assessed: &'a [Problem],
}

#[derive(Serialize)]
struct Finding<'a> {
    /// `new`, `exploited`, `worse`, `fixable`.
    change: &'static str,
    /// The severity that it had; null unless it is worse now.
    was: Option<Severity>,
    id: &'a str,
    aliases: &'a [String],
    fingerprint: &'a str,
    severity: Severity,
    title: &'a str,
    package: Package<'a>,
    evidence: &'a str,
    remediation: Option<&'a str>,
    fixed_in: Option<&'a str>,
    /// Known to be exploited, after CISA's catalogue.
    exploited: bool,
    /// Probability of exploitation in the next 30 days.
    epss: Option<f64>,
    docs: Option<&'a str>,
    first_seen: Timestamp,
}

#[derive(Serialize)]
struct Package<'a> {
    purl: &'a str,
    name: &'a str,
    version: &'a str,
    path: &'a str,
}

/// The document, with a line break behind it.
pub(super) fn document(answer: &Answer<'_>) -> Result<String> {
    let rescanned = answer.rescanned;
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "farguard", version: env!("CARGO_PKG_VERSION") },
        created: answer.created,
        store: &answer.store,
        database: answer.database,
        previous: rescanned.before.as_ref(),
        summary: summary(answer),
        images: rescanned.images.iter().map(image).collect(),
        problems: &rescanned.problems,
        remarks: &rescanned.remarks,
    };
    Ok(safe_json(&serde_json::to_string_pretty(&document)?) + "\n")
}

fn summary(answer: &Answer<'_>) -> Summary {
    let rescanned = answer.rescanned;
    let mut summary = Summary {
        images: rescanned.counts.images,
        packages: rescanned.counts.packages,
        distinct_packages: rescanned.counts.distinct_packages,
        findings: rescanned.counts.findings,
        images_changed: rescanned.images.len(),
        unreadable: rescanned.problems.len(),
        ..Summary::default()
    };
    for image in &rescanned.images {
        summary.gone += image.gone.len();
        summary.suppressed += image.suppressed;
        summary.not_assessed += usize::from(!image.gaps.is_empty());
        for change in &image.changes {
            *match change.what {
                What::New => &mut summary.new,
                What::Exploited => &mut summary.exploited,
                What::Worse(_) => &mut summary.worse,
                What::Fixable => &mut summary.fixable,
            } += 1;
        }
    }
    summary
}

fn image(image: &ImageChanges) -> Image<'_> {
    Image {
        key: &image.key,
        names: &image.names,
        digest: image.digest.as_deref(),
        owner: image.owner.as_ref(),
        scanned: image.scanned,
        changes: image.changes.iter().map(finding).collect(),
        suppressed: image.suppressed,
        gone: &image.gone,
        not_assessed: &image.gaps,
    }
}

fn finding(change: &Change) -> Finding<'_> {
    let found = &change.finding;
    let known = found.vulnerability();
    let was = match change.what {
        What::Worse(was) => Some(was),
        What::New | What::Exploited | What::Fixable => None,
    };
    Finding {
        change: change.what.as_str(),
        was,
        id: &found.id,
        aliases: found.aliases(),
        fingerprint: &change.fingerprint,
        severity: found.severity,
        title: &found.title,
        package: Package {
            purl: &found.subject.id,
            name: &found.subject.name,
            version: &change.version,
            path: &change.path,
        },
        evidence: &found.evidence,
        remediation: found.remediation.as_deref(),
        fixed_in: known.and_then(|known| known.fix.version()),
        exploited: known.is_some_and(|known| known.kev.is_some()),
        epss: known.and_then(|known| known.epss).map(|epss| epss.score),
        docs: found.docs.as_deref(),
        first_seen: change.first_seen,
    }
}
