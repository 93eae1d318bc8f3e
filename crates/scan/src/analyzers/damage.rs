//! Places of a text file that make no sense.

use farguard_model::Problem;

/// Damaged places of one file: the first is named, the others are counted, so that a file of
/// rubbish makes one problem and not a million.
#[derive(Debug, Default)]
pub(super) struct Damage {
    first: Option<(usize, &'static str)>,
    places: usize,
}

impl Damage {
    /// Notes that `line` (from 1) has `what`.
    pub(super) fn note(&mut self, line: usize, what: &'static str) {
        self.first.get_or_insert((line, what));
        self.places += 1;
    }

    /// The problem of the file at `path`, if anything was noted.
    pub(super) fn problem(&self, code: &str, path: &str) -> Option<Problem> {
        let (line, what) = self.first?;
        let message = format!("line {line} has {what} (damaged places in all: {})", self.places);
        Some(Problem::new(code, message).at(path))
    }
}
