//! What changed for each image since its stored verdict.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use farguard_model::{DatabaseInfo, Finding, Problem};

use super::{
    Change, ImageChanges, RescanOptions, What,
    load::{Image, Loaded, Slot, at},
    parallel,
};
use crate::{
    inventory::Inventory,
    matcher::{
        shared::{Answers, Gaps, placed},
        suppress,
    },
    store::{
        Store, StoreError,
        entry::Entry,
        verdict::{Kind, StoredFinding, StoredVerdict},
    },
};

/// Everything that images are compared with.
pub(super) struct Scene<'a> {
    pub(super) store: &'a Store,
    pub(super) loaded: &'a Loaded,
    /// Of each group.
    pub(super) answers: &'a [Answers],
    pub(super) gaps: Gaps<'a>,
    pub(super) database: &'a DatabaseInfo,
    pub(super) options: &'a RescanOptions<'a>,
}

/// A finding of today.
struct Current<'a> {
    finding: &'a Arc<Finding>,
    slot: &'a Slot,
}

/// By fingerprint. One that two packages share (two versions in one lock file) is there once, as
/// its worse case.
type Findings<'a> = HashMap<String, Current<'a>>;

/// What became of one image.
struct Compared {
    /// Findings of today.
    findings: usize,
    changes: Option<ImageChanges>,
}

impl<'a> Scene<'a> {
    /// The images that changed, most urgent first, the number of findings of all of them, and what
    /// could not be read.
    pub(super) fn compare(&self) -> Result<(Vec<ImageChanges>, usize, Vec<Problem>), StoreError> {
        let mut changed = Vec::new();
        let (mut findings, mut problems) = (0, Vec::new());
        for compared in parallel::map(&self.loaded.images, |image| self.image(image)) {
            match compared? {
                Ok(compared) => {
                    findings += compared.findings;
                    changed.extend(compared.changes);
                }
                Err(unreadable) => problems.push(unreadable.into_problem()),
            }
        }
        changed.sort_by_cached_key(|image: &ImageChanges| {
            (Reverse(urgency(image)), image.names.clone())
        });
        Ok((changed, findings, problems))
    }

    /// The inner error is about this entry alone, the outer one about writing.
    fn image(&self, image: &Image) -> Result<Result<Compared, StoreError>, StoreError> {
        let entry = self.store.entry(&image.key);
        let verdict = match entry.verdict() {
            Ok(verdict) => verdict,
            Err(unreadable) => return Ok(Err(unreadable)),
        };
        let current = self.current(image);
        let findings = current.len();
        let changes = self.changes(image, &entry, verdict, &current)?;
        Ok(Ok(Compared { findings, changes }))
    }

    fn changes(
        &self,
        image: &Image,
        entry: &Entry,
        verdict: StoredVerdict,
        current: &Findings<'a>,
    ) -> Result<Option<ImageChanges>, StoreError> {
        let gaps = self.new_gaps(image, &verdict);
        let (mut gone, mut known) = (Vec::new(), HashMap::new());
        for stored in verdict.findings.iter().filter(|f| f.kind == Kind::Vulnerability) {
            if current.contains_key(&stored.fingerprint) {
                known.insert(stored.fingerprint.as_str(), stored);
            } else if gaps.is_empty() {
                gone.push(stored.clone());
            }
        }
        let mut changed: Vec<_> = current
            .iter()
            .filter_map(|(fingerprint, now)| {
                let stored = known.get(fingerprint.as_str()).copied();
                let change = self.change(fingerprint, stored, now)?;
                Some((change, now.slot))
            })
            .collect();
        changed.sort_by(|(a, _), (b, _)| a.fingerprint.cmp(&b.fingerprint));
        let is_first = verdict.assessed.is_none();
        if changed.is_empty() && gone.is_empty() && gaps.is_empty() && !is_first {
            return Ok(None);
        }
        let judged = self.suppress(image, changed);
        if !self.options.dry_run && gaps.is_empty() {
            entry.set_verdict(&self.updated(&verdict, &judged, &gone))?;
        }
        let suppressed = judged.iter().filter(|(_, stored)| stored.suppressed).count();
        let active = judged.into_iter().filter(|(_, stored)| !stored.suppressed);
        let mut changes: Vec<Change> = active.map(|(change, _)| change).collect();
        changes.sort_by(by_urgency);
        if changes.is_empty() && suppressed == 0 && gone.is_empty() && gaps.is_empty() {
            return Ok(None);
        }
        Ok(Some(ImageChanges {
            key: image.key.clone(),
            names: verdict.names.into_iter().map(|seen| seen.name).collect(),
            digest: verdict.digest.or(verdict.image_id),
            owner: verdict.owner,
            scanned: verdict.scanned,
            changes,
            suppressed,
            gone,
            gaps,
        }))
    }

    /// The findings of today, as matching the image alone would give them.
    fn current(&self, image: &'a Image) -> Findings<'a> {
        let mut current = Findings::new();
        let Some(answers) = self.answers.get(image.group) else { return current };
        for slot in &image.slots {
            let index = usize::try_from(slot.package).unwrap_or(usize::MAX);
            let Some(answer) = answers.of(index) else { continue };
            let Some(path) = at(&self.loaded.paths, slot.path) else { continue };
            for (fingerprint, finding) in answer.findings(path) {
                let now = Current { finding, slot };
                let kept = current.entry(fingerprint).or_insert(Current { finding, slot });
                if finding.severity > kept.finding.severity {
                    *kept = now;
                }
            }
        }
        current
    }

    /// What the advisories cannot answer and could when the verdict was made.
    fn new_gaps(&self, image: &Image, verdict: &StoredVerdict) -> Vec<Problem> {
        let Some(group) = self.loaded.groups.get(image.group) else { return Vec::new() };
        let packages = image.slots.iter().filter_map(|slot| at(&group.packages, slot.package));
        let mut gaps = self.gaps.of(group.os.as_ref(), packages.map(|package| package.kind));
        if let Some(answers) = self.answers.get(image.group) {
            for slot in &image.slots {
                let index = usize::try_from(slot.package).unwrap_or(usize::MAX);
                let Some(answer) = answers.of(index).filter(|answer| answer.is_partial()) else {
                    continue;
                };
                let package = self.loaded.package(image, slot);
                gaps.extend(package.and_then(|package| answer.unparsable(&package)));
            }
        }
        // How many advisories could not be compared is in the message, and changes.
        let place = |problem: &Problem| match &problem.path {
            Some(path) => (problem.code.clone(), path.clone()),
            None => (problem.code.clone(), problem.message.clone()),
        };
        let known: HashSet<_> = verdict.problems.iter().map(place).collect();
        gaps.retain(|gap| gap.is_gap() && !known.contains(&place(gap)));
        gaps
    }

    fn change(
        &self,
        fingerprint: &str,
        stored: Option<&StoredFinding>,
        now: &Current<'_>,
    ) -> Option<Change> {
        let what = match stored {
            None => What::New,
            Some(stored) if self.options.since.is_some_and(|since| stored.first_seen >= since) => {
                What::New
            }
            Some(stored) => worse(stored, now.finding)?,
        };
        Some(Change {
            what,
            finding: Arc::clone(now.finding),
            fingerprint: fingerprint.to_owned(),
            path: at(&self.loaded.paths, now.slot.path).map(Arc::clone).unwrap_or_default(),
            version: String::new(),
            first_seen: stored.map_or(self.options.matching.now, |stored| stored.first_seen),
        })
    }

    /// Judges changes as a scan would, and says what to store of each.
    fn suppress(
        &self,
        image: &Image,
        changed: Vec<(Change, &Slot)>,
    ) -> Vec<(Change, StoredFinding)> {
        let mut inventory = Inventory::new(image.head.target());
        inventory.os.clone_from(&image.head.os);
        let (mut changes, mut findings) = (Vec::new(), Vec::new());
        for (mut change, slot) in changed {
            let Some(package) = self.loaded.package(image, slot) else { continue };
            let index = inventory.packages.len();
            findings.push(placed(&change.finding, change.fingerprint.clone(), index, &package));
            change.version.clone_from(&package.version);
            changes.push(change);
            inventory.packages.push(package);
        }
        if !self.options.matching.vex.is_empty() {
            // Statements may name a product that something else in the image is.
            let all = image.slots.iter().filter_map(|slot| self.loaded.package(image, slot));
            inventory.packages.extend(all);
        }
        suppress::apply(&mut findings, &inventory, self.options.matching);
        suppress::ignore(&mut findings, self.options.ignore, self.options.matching.now);
        let stored = changes.iter().zip(&findings);
        let stored: Vec<_> =
            stored.map(|(change, found)| StoredFinding::of(found, change.first_seen)).collect();
        changes.into_iter().zip(stored).collect()
    }

    /// The verdict of today.
    fn updated(
        &self,
        verdict: &StoredVerdict,
        judged: &[(Change, StoredFinding)],
        gone: &[StoredFinding],
    ) -> StoredVerdict {
        let gone: HashSet<&str> = gone.iter().map(|stored| stored.fingerprint.as_str()).collect();
        let mut changed: HashMap<&str, &StoredFinding> =
            judged.iter().map(|(_, stored)| (stored.fingerprint.as_str(), stored)).collect();
        let stays = |stored: &&StoredFinding| {
            stored.kind != Kind::Vulnerability || !gone.contains(stored.fingerprint.as_str())
        };
        let mut findings: Vec<StoredFinding> = Vec::new();
        for stored in verdict.findings.iter().filter(stays) {
            let now = changed.remove(stored.fingerprint.as_str()).unwrap_or(stored);
            findings.push(StoredFinding { outcome: stored.outcome, ..now.clone() });
        }
        let new = judged.iter().map(|(_, stored)| stored);
        findings.extend(new.filter(|s| changed.contains_key(s.fingerprint.as_str())).cloned());
        StoredVerdict {
            assessed: Some(self.options.matching.now),
            database: Some(self.database.clone()),
            findings,
            ..verdict.clone()
        }
    }
}

/// How a finding that was known is worse or better than it was; `None` when it is the same.
fn worse(stored: &StoredFinding, now: &Finding) -> Option<What> {
    let known = now.vulnerability()?;
    if known.kev.is_some() && !stored.exploited {
        return Some(What::Exploited);
    }
    if now.severity > stored.severity {
        return Some(What::Worse(stored.severity));
    }
    (known.fix.version().is_some() && stored.fixed_in.is_none()).then_some(What::Fixable)
}

fn risk(finding: &Finding) -> f64 {
    finding.vulnerability().map_or(0.0, |known| known.risk)
}

fn by_urgency(a: &Change, b: &Change) -> std::cmp::Ordering {
    risk(&b.finding)
        .total_cmp(&risk(&a.finding))
        .then_with(|| b.finding.severity.cmp(&a.finding.severity))
        .then_with(|| a.finding.id.cmp(&b.finding.id))
        .then_with(|| a.finding.subject.id.cmp(&b.finding.subject.id))
        .then_with(|| a.path.cmp(&b.path))
}

/// The worst risk in hundredths, what got worse before what only can be fixed now.
fn urgency(image: &ImageChanges) -> (bool, u64, usize) {
    let worse = || image.changes.iter().filter(|change| change.what.is_worse());
    let risk = worse().map(|change| risk(&change.finding)).fold(0.0, f64::max);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "risk is at least 0 and at most 210"
    )]
    let hundredths = (risk * 100.0).round() as u64;
    (worse().next().is_some(), hundredths, worse().count())
}
