//! What an owner is told: version 1 of the document that webhooks get.
//!
//! A field may be added, which raises the minor number; everything else needs a new major one.

use std::collections::BTreeMap;

use farguard_model::{Finding, Outcome, Owner, ScanReport, Severity};
use farguard_scan::store::rescan::{Change, ImageChanges, Rescanned};
use jiff::Timestamp;
use serde::Serialize;

use crate::{args::scan::FailOn, text::plural};

const SCHEMA_VERSION: &str = "1.0";
/// Findings that one digest lists; the others are counted.
const MAX_LISTED: usize = 1_000;

/// Everything that one owner is told after one run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Digest<'a> {
    /// `MAJOR.MINOR`.
    schema_version: &'static str,
    tool: Tool,
    /// What was run: `scan` or `rescan`.
    pub(super) event: &'static str,
    /// When.
    created: Timestamp,
    /// Whose targets and findings these are; null when nobody is known.
    pub(super) owner: Option<&'a Owner>,
    /// The worst that the policy says; null without a policy.
    pub(super) outcome: Option<Outcome>,
    pub(super) summary: Summary,
    /// Most urgent first.
    pub(super) targets: Vec<Target<'a>>,
    /// Findings that are counted and not listed: see the report.
    pub(super) omitted: usize,
}

#[derive(Debug, Clone, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// Counts over all findings of a digest, listed or not.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Summary {
    pub(super) targets: usize,
    pub(super) findings: usize,
    pub(super) failed: usize,
    pub(super) warned: usize,
    pub(super) critical: usize,
    pub(super) high: usize,
    pub(super) medium: usize,
    pub(super) low: usize,
    pub(super) negligible: usize,
    pub(super) unknown: usize,
    pub(super) exploited: usize,
    pub(super) fixable: usize,
}

/// What was found in one target.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Target<'a> {
    pub(super) name: &'a str,
    digest: Option<&'a str>,
    /// The container of a task definition, as `family/container`.
    pub(super) container: Option<String>,
    pub(super) findings: Vec<Item<'a>>,
    /// Findings that are counted and not listed.
    pub(super) omitted: usize,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Item<'a> {
    pub(super) id: &'a str,
    fingerprint: &'a str,
    pub(super) severity: Severity,
    /// What the policy says.
    pub(super) outcome: Option<Outcome>,
    /// Why the policy says so.
    reason: Option<&'a str>,
    /// What a rescan says of it: `new`, `exploited`, `worse`.
    pub(super) change: Option<&'static str>,
    pub(super) title: &'a str,
    /// A package, an image, a file.
    pub(super) subject: &'a str,
    path: Option<&'a str>,
    line: Option<u32>,
    /// The version to upgrade to.
    pub(super) fixed_in: Option<&'a str>,
    pub(super) remediation: Option<&'a str>,
    /// Known to be exploited, after CISA's catalogue.
    pub(super) exploited: bool,
    pub(super) docs: Option<&'a str>,
}

/// Gathers the findings of an owner.
type ByOwner<'a> = BTreeMap<Option<&'a str>, Digest<'a>>;

impl<'a> Digest<'a> {
    fn new(event: &'static str, created: Timestamp, owner: Option<&'a Owner>) -> Self {
        let tool = Tool { name: "farguard", version: env!("CARGO_PKG_VERSION") };
        Self {
            schema_version: SCHEMA_VERSION,
            tool,
            event,
            created,
            owner,
            outcome: None,
            summary: Summary::default(),
            targets: Vec::new(),
            omitted: 0,
        }
    }

    /// Adds a finding of a target. Those of one target come one after the other.
    fn add(&mut self, target: &Target<'a>, item: Item<'a>) {
        self.outcome = self.outcome.max(item.outcome);
        self.summary.count(&item);
        match self.targets.last_mut().filter(|last| last.is_same(target)) {
            Some(last) => last.findings.push(item),
            None => {
                self.summary.targets += 1;
                self.targets.push(Target { findings: vec![item], ..target.clone() });
            }
        }
    }

    /// `3 findings of `team-shop``.
    pub(super) fn about(&self) -> String {
        let findings = plural(self.summary.findings, "finding");
        match self.owner {
            Some(owner) => format!("{findings} of `{}`", owner.name),
            None => format!("{findings} that nobody owns"),
        }
    }

    /// The same, with at most so many findings listed: of each target the most urgent ones.
    pub(super) fn cut_to(&self, listed: usize) -> Self {
        let mut cut = self.clone();
        cut.cut(listed);
        cut
    }

    fn cut(&mut self, listed: usize) {
        let of_each = |limit: usize| -> usize {
            self.targets.iter().map(|target| target.findings.len().min(limit)).sum()
        };
        let longest = self.targets.iter().map(|target| target.findings.len()).max();
        let mut limit = longest.unwrap_or_default();
        while limit > 1 && of_each(limit) > listed {
            limit /= 2;
        }
        let before = self.listed();
        if limit <= 1 {
            self.targets.truncate(listed);
        }
        for target in &mut self.targets {
            target.omitted += target.findings.len().saturating_sub(limit);
            target.findings.truncate(limit);
        }
        self.omitted += before - self.listed();
    }

    /// Findings of all targets but the first few.
    pub(super) fn behind(&self, shown: usize) -> usize {
        let shown = self.targets.iter().take(shown);
        let shown: usize = shown.map(|target| target.findings.len() + target.omitted).sum();
        self.summary.findings - shown
    }

    /// How many findings are listed.
    pub(super) fn listed(&self) -> usize {
        self.targets.iter().map(|target| target.findings.len()).sum()
    }
}

impl Target<'_> {
    fn is_same(&self, other: &Self) -> bool {
        (self.name, self.digest, &self.container) == (other.name, other.digest, &other.container)
    }
}

impl Summary {
    fn count(&mut self, item: &Item<'_>) {
        self.findings += 1;
        self.failed += usize::from(item.outcome == Some(Outcome::Fail));
        self.warned += usize::from(item.outcome == Some(Outcome::Warn));
        self.exploited += usize::from(item.exploited);
        self.fixable += usize::from(item.fixed_in.is_some());
        *match item.severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Negligible => &mut self.negligible,
            Severity::Unknown => &mut self.unknown,
        } += 1;
    }
}

impl<'a> Item<'a> {
    fn of(finding: &'a Finding) -> Self {
        let known = finding.vulnerability();
        let location = finding.location.as_ref();
        Self {
            id: &finding.id,
            fingerprint: &finding.fingerprint,
            severity: finding.severity,
            outcome: finding.decision.as_ref().map(|decision| decision.outcome),
            reason: finding.decision.as_ref().map(|decision| decision.reason.as_str()),
            change: None,
            title: &finding.title,
            subject: &finding.subject.name,
            path: location.map(|location| location.path.as_str()),
            line: location.and_then(|location| location.line),
            fixed_in: known.and_then(|known| known.fix.version()),
            remediation: finding.remediation.as_deref(),
            exploited: known.is_some_and(|known| known.kev.is_some()),
            docs: finding.docs.as_deref(),
        }
    }

    fn of_change(change: &'a Change) -> Self {
        Self {
            fingerprint: &change.fingerprint,
            path: Some(&*change.path).filter(|path| !path.is_empty()),
            change: Some(change.what.as_str()),
            ..Self::of(&change.finding)
        }
    }
}

/// What owners are to know of a scan: what fails or warns; without a policy, what is at or above
/// the threshold.
pub(crate) fn of_reports(reports: &[ScanReport], fail_on: FailOn) -> Vec<Digest<'_>> {
    let mut digests = ByOwner::new();
    for report in reports {
        let container = report.container.as_ref();
        let target = Target {
            name: &report.target.name,
            digest: report.target.digest.as_deref(),
            container: container
                .map(|container| format!("{}/{}", container.family, container.name)),
            findings: Vec::new(),
            omitted: 0,
        };
        for finding in report.active_findings().filter(|finding| is_told(finding, fail_on)) {
            let owner = finding.owner.as_ref().or(report.owner.as_ref());
            let digest = digests
                .entry(owner.map(|owner| owner.name.as_str()))
                .or_insert_with(|| Digest::new("scan", report.created, owner));
            digest.add(&target, Item::of(finding));
        }
    }
    finished(digests)
}

fn finished(digests: ByOwner<'_>) -> Vec<Digest<'_>> {
    let mut digests: Vec<_> = digests.into_values().collect();
    digests.iter_mut().for_each(|digest| digest.cut(MAX_LISTED));
    digests
}

fn is_told(finding: &Finding, fail_on: FailOn) -> bool {
    match &finding.decision {
        Some(decision) => decision.outcome > Outcome::Pass,
        None => is_at_or_above(finding.severity, fail_on),
    }
}

fn is_at_or_above(severity: Severity, fail_on: FailOn) -> bool {
    match fail_on {
        FailOn::Never => false,
        FailOn::AtLeast(threshold) => severity >= threshold,
    }
}

/// What owners are to know of a rescan: what is new or worse, at or above the threshold.
pub(crate) fn of_rescan(
    rescanned: &Rescanned,
    fail_on: FailOn,
    created: Timestamp,
) -> Vec<Digest<'_>> {
    let mut digests = ByOwner::new();
    for image in &rescanned.images {
        let target = of_image(image);
        let told = image.changes.iter().filter(|change| {
            change.what.is_worse() && is_at_or_above(change.finding.severity, fail_on)
        });
        for change in told {
            let owner = image.owner.as_ref();
            let digest = digests
                .entry(owner.map(|owner| owner.name.as_str()))
                .or_insert_with(|| Digest::new("rescan", created, owner));
            digest.add(&target, Item::of_change(change));
        }
    }
    finished(digests)
}

fn of_image(image: &ImageChanges) -> Target<'_> {
    Target {
        name: image.names.first().map_or(image.key.as_str(), String::as_str),
        digest: image.digest.as_deref(),
        container: None,
        findings: Vec::new(),
        omitted: 0,
    }
}

#[cfg(test)]
mod tests;
