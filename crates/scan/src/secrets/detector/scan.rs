//! One file on its way through the detector.

use farguard_model::Problem;

use super::{
    Detector,
    window::{AFTER, BEFORE, Position, around},
};
use crate::secrets::{Leak, allow::IGNORE_MARK, mask::excerpt, pattern::Pattern};

/// Secrets of one file that are listed.
const MAX_LEAKS: usize = 1_000;
/// Bytes of windows that regexes may look at: so many, and so many times the bytes read. Text that
/// people write takes a tenth of it.
const FREE_BYTES: u64 = 1 << 20;
const MAX_RATIO: u64 = 8;

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The secrets, by place, without their layer.
    pub leaks: Vec<Leak>,
    /// Set when not all of it was looked at.
    pub problem: Option<Problem>,
}

/// Looks for secrets in one file that comes in chunks.
#[derive(Debug)]
pub struct Scan<'a> {
    detector: &'a Detector,
    path: &'a str,
    /// Whether package managers have put it there, and whether nothing in it is a secret.
    is_installed: bool,
    is_public: bool,
    /// What is still needed of the chunks so far.
    buffer: Vec<u8>,
    /// Offset in the file of the text at hand.
    base: u64,
    /// Up to where lines are counted, and what they come to there.
    counted: u64,
    position: Position,
    /// Keywords that end up to here have been dealt with.
    done: u64,
    states: Vec<State>,
    found: Vec<Found>,
    examined: u64,
    is_cut: bool,
}

/// Where one pattern is in the file.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    applies: Option<bool>,
    /// Up to where its regex has looked, and whether the line went on there.
    looked: u64,
    line_goes_on: bool,
    /// The end of its last match.
    last_end: u64,
}

#[derive(Debug)]
struct Found {
    pattern: usize,
    start: u64,
    end: u64,
    position: Position,
    masked: String,
}

impl<'a> Scan<'a> {
    /// Looks into the file at `path`, relative to the root, without leading `/`.
    #[must_use]
    pub fn new(detector: &'a Detector, path: &'a str) -> Self {
        Self {
            detector,
            path,
            is_installed: detector.allow.is_installed(path),
            is_public: detector.allow.is_public(path),
            buffer: Vec::new(),
            base: 0,
            counted: 0,
            position: Position::START,
            done: 0,
            states: Vec::new(),
            found: Vec::new(),
            examined: 0,
            is_cut: false,
        }
    }

    /// Takes the next chunk.
    pub fn feed(&mut self, chunk: &[u8]) {
        let mut text = std::mem::take(&mut self.buffer);
        text.extend_from_slice(chunk);
        // What a window may need has to be there.
        self.examine(&text, text.len().saturating_sub(AFTER));
        let keep = self.offset(self.done).saturating_sub(self.overlap());
        self.count(&text, keep);
        self.base = self.base.saturating_add(keep as u64);
        text.drain(..keep.min(text.len()));
        self.buffer = text;
    }

    /// Says that there is no more.
    #[must_use]
    pub fn finish(mut self) -> Scanned {
        let text = std::mem::take(&mut self.buffer);
        self.examine(&text, text.len());
        self.result()
    }

    /// Takes all of it at once.
    pub(super) fn whole(mut self, text: &[u8]) -> Scanned {
        self.examine(text, text.len());
        self.result()
    }

    /// What has to stay of a text before the first keyword that is not dealt with.
    fn overlap(&self) -> usize {
        // One more, for what a regex asks of the character before.
        self.detector.longest_keyword + BEFORE + 1
    }

    /// Where an offset in the file is in the text at hand.
    fn offset(&self, at: u64) -> usize {
        usize::try_from(at.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }

    /// Counts lines up to `end`.
    fn count(&mut self, text: &[u8], end: usize) {
        let counted = self.offset(self.counted);
        if let Some(passed) = text.get(counted..end) {
            self.position = self.position.after(passed);
            self.counted = self.base.saturating_add(end as u64);
        }
    }

    /// Deals with the keywords that end behind what is done and not behind `limit`.
    ///
    /// What is found depends on the file only, never on how it was cut: keywords come in the order
    /// of their ends, and windows depend on where keywords are.
    fn examine(&mut self, text: &[u8], limit: usize) {
        let done = self.offset(self.done);
        if limit <= done {
            return;
        }
        let end = self.base.saturating_add(limit as u64);
        if self.is_public {
            self.done = end;
            return;
        }
        let detector = self.detector;
        let start = done.saturating_sub(detector.longest_keyword);
        let haystack = text.get(start..limit).unwrap_or_default();
        let keywords = if self.is_installed { &detector.installed } else { &detector.own };
        keywords.find(haystack, |pattern, keyword| {
            if start + keyword.end > done {
                self.keyword(text, start + keyword.start, pattern);
            }
        });
        self.done = end;
    }

    /// Has a pattern look around its keyword at `at`.
    fn keyword(&mut self, text: &[u8], at: usize, index: usize) {
        let Some(pattern) = self.detector.pattern(index) else { return };
        if !self.applies(pattern, index) {
            return;
        }
        let (window, line_goes_on) = around(text, at, pattern.lines);
        let Some(state) = self.states.get_mut(index) else { return };
        let at = self.base.saturating_add(at as u64);
        // A window has been looked at when it was the rest of the line, or when enough of it was.
        let slack = if state.line_goes_on { AFTER as u64 / 2 } else { 0 };
        if at.saturating_add(slack) < state.looked {
            return;
        }
        let allowance = at.saturating_mul(MAX_RATIO).saturating_add(FREE_BYTES);
        if self.examined > allowance {
            self.is_cut = true;
            return;
        }
        self.examined = self.examined.saturating_add(window.len() as u64);
        state.looked = self.base.saturating_add(window.end as u64);
        state.line_goes_on = line_goes_on;
        self.look(text, window, pattern, index);
    }

    /// Whether a pattern is looked for in this file; asked once.
    fn applies(&mut self, pattern: &Pattern, index: usize) -> bool {
        if self.states.is_empty() {
            self.states = vec![State::default(); self.detector.patterns.len()];
        }
        if let Some(known) = self.states.get(index).and_then(|state| state.applies) {
            return known;
        }
        let applies = (pattern.installed || !self.is_installed) && pattern.wants_path(self.path);
        if let Some(state) = self.states.get_mut(index) {
            state.applies = Some(applies);
        }
        applies
    }

    fn look(
        &mut self,
        text: &[u8],
        window: std::ops::Range<usize>,
        pattern: &Pattern,
        index: usize,
    ) {
        let Some(regex) = pattern.regex() else { return };
        let Some(visible) = text.get(..window.end) else { return };
        let mut from = window.start;
        while from < window.end {
            let Some(captures) = regex.captures_at(visible, from) else { return };
            let Some(whole) = captures.get(0) else { return };
            let secret = pattern.secret(&captures).unwrap_or(whole.range());
            // What follows a secret may be the start of the next one.
            from = secret.end.max(from + 1);
            let start = self.base.saturating_add(secret.start as u64);
            let end = self.base.saturating_add(secret.end as u64);
            let Some(state) = self.states.get_mut(index) else { return };
            if start < state.last_end {
                continue;
            }
            state.last_end = end;
            let value = text.get(secret.clone()).unwrap_or_default();
            if self.detector.allow.is_harmless(pattern, value)
                || is_marked(visible, &window, secret.start)
            {
                continue;
            }
            if self.found.len() >= MAX_LEAKS {
                self.is_cut = true;
                return;
            }
            // No later window starts before this one by more than a keyword.
            self.count(text, window.start.saturating_sub(self.detector.longest_keyword));
            let since = self.offset(self.counted)..secret.start;
            let position = self.position.after(text.get(since).unwrap_or_default());
            let masked = excerpt(pattern, text, &window, whole.range(), secret);
            self.found.push(Found { pattern: index, start, end, position, masked });
        }
    }

    fn result(mut self) -> Scanned {
        // Where patterns overlap, the most specific one counts.
        self.found.sort_by_key(|found| (found.pattern, found.start));
        let mut kept: Vec<Found> = Vec::new();
        for found in self.found {
            if !kept.iter().any(|other| found.start < other.end && other.start < found.end) {
                kept.push(found);
            }
        }
        kept.sort_by_key(|found| found.start);
        let rule = |index| self.detector.pattern(index).map(|pattern| pattern.id.clone());
        let leak = |found: Found| Leak {
            path: self.path.to_owned(),
            line: found.position.line,
            column: found.position.column,
            rule: rule(found.pattern).unwrap_or_default(),
            masked: found.masked,
            layer: None,
            removed_by_layer: None,
        };
        let text = format!(
            "it holds more that looks like secrets than is examined: no more than {MAX_LEAKS} are \
             listed"
        );
        let problem = self.is_cut.then(|| Problem::new("too-many-secrets", text).at(self.path));
        Scanned { leaks: kept.into_iter().map(leak).collect(), problem }
    }
}

/// Whether the line of a secret says that it is to be ignored.
fn is_marked(text: &[u8], window: &std::ops::Range<usize>, secret: usize) -> bool {
    let before = text.get(window.start..secret).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(window.start, |at| window.start + at + 1);
    let rest = text.get(start..window.end).unwrap_or_default();
    let behind = text.get(secret..window.end).unwrap_or_default();
    let end = memchr::memchr(b'\n', behind).map_or(rest.len(), |at| secret - start + at);
    memchr::memmem::find(rest.get(..end).unwrap_or_default(), IGNORE_MARK).is_some()
}
