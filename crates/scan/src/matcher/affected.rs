//! Is this version affected? The evaluation of OSV, to the letter.
//!
//! A version is affected when one `affected` entry of the package enumerates it or has a range
//! that contains it. Events count in version order, whatever their order in the record.
//!
//! # Source
//! <https://ossf.github.io/osv-schema/#evaluation>

use std::cmp::Ordering;

use crate::{
    advisories::{Affected, Event, Range},
    version::VersionOrder,
};

/// Most fix versions worth naming: the nearest upgrade and a few branches.
const MAX_FIXES: usize = 8;

/// What one advisory says of one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Indices of the `affected` entries that say "affected"; empty when none does.
    pub entries: Vec<usize>,
    /// Versions that fix it and are newer than the one at hand, nearest first.
    pub fixes: Vec<String>,
    /// The last version known to be affected, when an entry only says that.
    pub last_affected: Option<String>,
    /// True when ranges exist and could not be compared with the version: it is no version.
    pub unparsable_version: bool,
    /// Versions of the advisory that are none; their ranges were left out.
    pub bad_versions: Vec<String>,
}

impl Verdict {
    /// Whether the version is affected.
    #[must_use]
    pub fn is_affected(&self) -> bool {
        !self.entries.is_empty()
    }
}

/// Evaluates all entries of one advisory for `version`.
///
/// `order` is the order of the ecosystem; ranges of type `SEMVER` use it too, since every
/// ecosystem that publishes them (Go, crates.io, npm, Bitnami) orders its versions so.
#[must_use]
pub fn evaluate(affected: &[Affected], version: &str, order: VersionOrder) -> Verdict {
    let mut verdict = Verdict::default();
    let parsable = order.accepts(version);
    for (index, entry) in affected.iter().enumerate() {
        let mut hit = is_enumerated(&entry.versions, version, order, parsable);
        if !parsable && !hit {
            verdict.unparsable_version |= !entry.ranges.is_empty();
            continue;
        }
        for range in &entry.ranges {
            hit |= parsable && in_range(range, version, order, &mut verdict);
        }
        if hit {
            verdict.entries.push(index);
        }
    }
    verdict
}

/// Enumerated versions are strings; two spellings of one version are still that version.
fn is_enumerated(versions: &[String], version: &str, order: VersionOrder, parsable: bool) -> bool {
    versions.iter().any(|listed| listed == version)
        || (parsable && versions.iter().any(|l| order.compare(l, version) == Ok(Ordering::Equal)))
}

/// Whether the last event that the version has reached opens the range.
///
/// The specification sorts the events and walks them; the last one that takes effect decides, and
/// finding that one needs no sorting.
fn in_range(range: &Range, version: &str, order: VersionOrder, verdict: &mut Verdict) -> bool {
    let bad = range.events.iter().filter_map(|event| bad_version(event, order));
    let bad_before = verdict.bad_versions.len();
    verdict.bad_versions.extend(bad.map(str::to_owned));
    if verdict.bad_versions.len() > bad_before || !is_before_limits(range, version, order) {
        return false;
    }
    let mut deciding: Option<&Event> = None;
    for event in range.events.iter().filter(|event| takes_effect(event, version, order)) {
        if deciding.is_none_or(|known| !comes_before(event, known, order)) {
            deciding = Some(event);
        }
    }
    if !matches!(deciding, Some(Event::Introduced(_))) {
        return false;
    }
    let mut ends = Ends::default();
    for event in range.events.iter().filter(|event| !takes_effect(event, version, order)) {
        ends.add(event, order);
    }
    if let Some(fix) = ends.fix {
        add_fix(&mut verdict.fixes, fix, order);
    }
    verdict.last_affected = verdict.last_affected.take().or(ends.last_affected.map(str::to_owned));
    true
}

/// The version of an event, if it should be one and is not.
fn bad_version(event: &Event, order: VersionOrder) -> Option<&str> {
    match event {
        Event::Introduced(at) if at == "0" => None,
        Event::Limit(at) if at == "*" => None,
        Event::Introduced(at) | Event::Fixed(at) | Event::LastAffected(at) | Event::Limit(at) => {
            (!order.accepts(at)).then_some(at)
        }
    }
}

fn takes_effect(event: &Event, version: &str, order: VersionOrder) -> bool {
    let compared = |at: &str| order.compare(version, at).unwrap_or(Ordering::Less);
    match event {
        Event::Introduced(at) => at == "0" || compared(at).is_ge(),
        Event::Fixed(at) => compared(at).is_ge(),
        Event::LastAffected(at) => compared(at).is_gt(),
        Event::Limit(_) => false,
    }
}

/// The version of an event; `None` is the beginning of time.
fn place(event: &Event) -> Option<&str> {
    match event {
        Event::Introduced(at) if at == "0" => None,
        Event::Introduced(at) | Event::Fixed(at) | Event::LastAffected(at) | Event::Limit(at) => {
            Some(at)
        }
    }
}

/// Whether `left`, which the record has after `right`, belongs before it.
fn comes_before(left: &Event, right: &Event, order: VersionOrder) -> bool {
    match (place(left), place(right)) {
        (None, right) => right.is_some(),
        (Some(_), None) => false,
        (Some(l), Some(r)) => match order.compare(l, r).unwrap_or(Ordering::Equal) {
            Ordering::Less => true,
            // A range that is one version long opens before it closes, in whatever order.
            Ordering::Equal => matches!(right, Event::LastAffected(_)),
            Ordering::Greater => false,
        },
    }
}

/// Where a range that the version is in ends.
#[derive(Default)]
struct Ends<'a> {
    fix: Option<&'a str>,
    last_affected: Option<&'a str>,
}

impl<'a> Ends<'a> {
    fn add(&mut self, event: &'a Event, order: VersionOrder) {
        let (place, at) = match event {
            Event::Fixed(at) => (&mut self.fix, at),
            Event::LastAffected(at) => (&mut self.last_affected, at),
            Event::Introduced(_) | Event::Limit(_) => return,
        };
        if place.is_none_or(|known| order.compare(at, known) == Ok(Ordering::Less)) {
            *place = Some(at);
        }
    }
}

/// Inserts a fix at its place in version order, and keeps the nearest ones.
pub(super) fn add_fix(fixes: &mut Vec<String>, fix: &str, order: VersionOrder) {
    let compare = |known: &String| order.compare(known, fix).unwrap_or(Ordering::Equal);
    let place = fixes.iter().position(|known| compare(known).is_ge()).unwrap_or(fixes.len());
    if fixes.get(place).is_some_and(|known| compare(known).is_eq()) {
        return;
    }
    fixes.insert(place, fix.to_owned());
    fixes.truncate(MAX_FIXES);
}

fn is_before_limits(range: &Range, version: &str, order: VersionOrder) -> bool {
    let mut limits = range.events.iter().filter_map(|event| match event {
        Event::Limit(at) => Some(at),
        _ => None,
    });
    let mut any = false;
    let before = limits.any(|at| {
        any = true;
        at == "*" || order.compare(version, at) == Ok(Ordering::Less)
    });
    before || !any
}

#[cfg(test)]
mod tests;
