//! The secrets in the files of one layer.

use std::collections::HashMap;

use farguard_model::Problem;
use serde::{Deserialize, Serialize};

use super::facts::Cover;
use crate::secrets::{Leak, Scanned};

/// Secrets of one layer that are listed.
const MAX_LEAKS: usize = 10_000;
/// Secrets of one layer that are held until all are known.
const MAX_HELD: usize = 100_000;

/// A secret in a file of a layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct LayerLeak {
    /// Without its layer.
    pub(crate) leak: Leak,
    /// Whether the same layer replaces the file: runtimes take the last entry of a path.
    pub(crate) is_replaced: bool,
}

/// The secrets found so far, with the number of the entry that they are in.
#[derive(Default)]
pub(super) struct Leaks {
    found: Vec<(u64, Leak)>,
    problems: Vec<Problem>,
    left_out: usize,
}

impl Leaks {
    /// Takes what one file holds.
    pub(super) fn take(&mut self, order: u64, scanned: Scanned) {
        self.problems.extend(scanned.problem);
        let room = MAX_HELD.saturating_sub(self.found.len());
        self.left_out = self.left_out.saturating_add(scanned.leaks.len().saturating_sub(room));
        self.found.extend(scanned.leaks.into_iter().take(room).map(|leak| (order, leak)));
    }

    /// Everything, sorted, and what is missing of it. `covers` are those of the layer, in the order
    /// of its entries.
    pub(super) fn finish(self, covers: &[u64]) -> (Vec<LayerLeak>, Vec<Problem>) {
        let key = |leak: &Leak| Cover::Path.key(&leak.path);
        let mut last: HashMap<u64, u64> =
            self.found.iter().map(|(order, leak)| (key(leak), *order)).collect();
        if !last.is_empty() {
            for (order, cover) in (1..).zip(covers) {
                last.entry(*cover).and_modify(|last| *last = order);
            }
        }
        let mut leaks: Vec<LayerLeak> = self
            .found
            .into_iter()
            .map(|(order, leak)| {
                let is_replaced = last.get(&key(&leak)).is_some_and(|last| *last > order);
                LayerLeak { leak, is_replaced }
            })
            .collect();
        leaks.sort_unstable();
        let left_out = self.left_out.saturating_add(leaks.len().saturating_sub(MAX_LEAKS));
        leaks.truncate(MAX_LEAKS);
        let mut problems = self.problems;
        if left_out > 0 {
            let text = format!("{left_out} more secrets are not listed, beyond {MAX_LEAKS}");
            problems.push(Problem::new("too-many-secrets", text));
        }
        (leaks, problems)
    }
}
