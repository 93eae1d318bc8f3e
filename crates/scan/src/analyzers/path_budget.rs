//! A bound on the paths that one package database may spell out.

/// What a path costs beside its text.
const OVERHEAD_BYTES: usize = 48;

/// The paths of a very large installation, with their overhead: 300,000 files and more.
const MAX_BYTES: usize = 48 << 20;

/// Databases name a directory once and then its files, so a small hostile file can spell out
/// terabytes of paths.
#[derive(Debug)]
pub(super) struct PathBudget {
    left: usize,
}

impl PathBudget {
    pub(super) fn new() -> Self {
        Self { left: MAX_BYTES }
    }

    /// Asks to keep a path of `len` bytes. Once refused, everything is refused.
    pub(super) fn spend(&mut self, len: usize) -> bool {
        let left = self.left.checked_sub(len.saturating_add(OVERHEAD_BYTES));
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether a path was refused, more or less: nothing is left for another.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_once_is_refused_for_ever() {
        let mut budget = PathBudget::new();
        assert!(budget.spend(100) && !budget.is_exhausted());
        assert!(!budget.spend(MAX_BYTES) && budget.is_exhausted());
        assert!(!budget.spend(0));
    }
}
