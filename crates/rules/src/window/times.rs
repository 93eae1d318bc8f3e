//! Moments of one actor, and whether enough of them are close together.

use std::{
    collections::{HashMap, hash_map::Entry},
    ops::Range,
};

use serde::{Deserialize, Serialize};

/// Moments, sorted; each with what distinguishes it from others (0 where nothing does).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Times {
    sorted: Vec<(u64, u64)>,
    /// The window of the last alert: what falls into it belongs to that alert.
    fired: Option<(u64, u64)>,
}

/// Moments that are close together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cluster {
    pub(super) count: u32,
    pub(super) first_ns: u64,
    pub(super) last_ns: u64,
}

impl Times {
    /// Whether an alert was given already for what happens at this time.
    pub(super) fn is_told(&self, time_ns: u64) -> bool {
        self.fired.is_some_and(|(from, to)| (from..=to).contains(&time_ns))
    }

    /// Adds a moment; beyond `most`, the oldest goes. Gives whether one was lost.
    pub(super) fn insert(&mut self, time_ns: u64, what: u64, most: usize) -> bool {
        let at = self.sorted.partition_point(|&(time, _)| time <= time_ns);
        self.sorted.insert(at, (time_ns, what));
        let lost = self.sorted.len() > most;
        if lost {
            self.sorted.remove(0);
        }
        lost
    }

    /// The largest group around `time_ns` whose first and last are at most `within_ns` apart.
    pub(super) fn around(&self, time_ns: u64, within_ns: u64) -> Option<Cluster> {
        self.groups(time_ns, within_ns)
            .map(|(group, first_ns, last_ns)| {
                let count = u32::try_from(group.len()).unwrap_or(u32::MAX);
                Cluster { count, first_ns, last_ns }
            })
            .max_by_key(|cluster| cluster.count)
    }

    /// As [`Times::around`], counting different things only. One pass: the group slides.
    pub(super) fn distinct_around(&self, time_ns: u64, within_ns: u64) -> Option<Cluster> {
        let mut things: HashMap<u64, u32> = HashMap::new();
        let (mut start, mut end) = (usize::MAX, usize::MAX);
        let mut best: Option<Cluster> = None;
        for (group, first_ns, last_ns) in self.groups(time_ns, within_ns) {
            if start == usize::MAX {
                (start, end) = (group.start, group.start);
            }
            for &(_, what) in self.sorted.get(end..group.end).unwrap_or_default() {
                *things.entry(what).or_default() += 1;
            }
            for &(_, what) in self.sorted.get(start..group.start).unwrap_or_default() {
                if let Entry::Occupied(mut times) = things.entry(what) {
                    *times.get_mut() -= 1;
                    if *times.get() == 0 {
                        times.remove();
                    }
                }
            }
            (start, end) = (group.start, group.end);
            let count = u32::try_from(things.len()).unwrap_or(u32::MAX);
            if best.is_none_or(|best| count > best.count) {
                best = Some(Cluster { count, first_ns, last_ns });
            }
        }
        best
    }

    /// Groups that hold `time_ns`: the first moment of each is later than that of the one before.
    fn groups(
        &self,
        time_ns: u64,
        within_ns: u64,
    ) -> impl Iterator<Item = (Range<usize>, u64, u64)> {
        let earliest = time_ns.saturating_sub(within_ns);
        let from = self.sorted.partition_point(|&(time, _)| time < earliest);
        let starts = self.sorted.iter().enumerate().skip(from);
        let starts = starts.take_while(move |(_, (first, _))| *first <= time_ns);
        starts.filter_map(move |(start, &(first_ns, _))| {
            let latest = first_ns.saturating_add(within_ns);
            let end = self.sorted.partition_point(|&(time, _)| time <= latest);
            let &(last_ns, _) = self.sorted.get(end.checked_sub(1)?)?;
            Some((start..end, first_ns, last_ns))
        })
    }

    /// Forgets the moments of a window for which an alert was given, and remembers all moments that
    /// fit into one window with it, before its first as well: records arrive in any order.
    pub(super) fn tell(&mut self, first_ns: u64, last_ns: u64, within_ns: u64) {
        let told = (last_ns.saturating_sub(within_ns), first_ns.saturating_add(within_ns));
        self.sorted.retain(|(time, _)| !(told.0..=told.1).contains(time));
        self.fired = Some(told);
    }

    /// The latest moment that is not after this one.
    pub(super) fn before(&self, time_ns: u64) -> Option<u64> {
        let behind = self.sorted.partition_point(|&(time, _)| time <= time_ns);
        self.sorted.get(behind.checked_sub(1)?).map(|&(time, _)| time)
    }

    /// The earliest moment that is not before this one.
    pub(super) fn after(&self, time_ns: u64) -> Option<u64> {
        let at = self.sorted.partition_point(|&(time, _)| time < time_ns);
        self.sorted.get(at).map(|&(time, _)| time)
    }

    /// Moments with this thing: all but the latest `keep` go.
    pub(super) fn thin(&mut self, what: u64, keep: usize) {
        let same = self.sorted.iter().filter(|&&(_, it)| it == what).count();
        let mut surplus = same.saturating_sub(keep);
        self.sorted.retain(|&(_, it)| {
            let goes = it == what && surplus > 0;
            surplus -= usize::from(goes);
            !goes
        });
    }
}

#[cfg(test)]
mod tests;
