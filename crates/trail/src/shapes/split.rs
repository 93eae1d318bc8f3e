//! Finds the objects of an input one by one, in whatever arrays and wrappers they stand, and goes on
//! behind damage.

use super::{
    loss::{Loss, Reason, Tally},
    unwrap,
};
use crate::{
    json::{
        skip_blanks,
        validate::{Validity, validate},
        walk,
    },
    record::{Index, Key, Record, Scan, scan},
};

/// A record longer than that is given up: CloudTrail itself stops at one megabyte.
pub(super) const MAX_RECORD: usize = 16 << 20;

/// An object that does not end within that many bytes is read strictly, to see whether it is damaged;
/// then four times as many, and so on.
const SUSPICIOUS: usize = 16 << 10;

/// Where reading stands between two windows of an input.
#[derive(Debug)]
pub(super) struct Splitter {
    /// What came of it.
    pub(super) tally: Tally,
    /// The keys of the last object, kept to be written over.
    index: Index,
    /// Behind damage: looking for something that starts like a record.
    lost: bool,
    /// The last thing was a colon: what follows is a value of a wrapper, not a record.
    behind_colon: bool,
    /// The last key of a wrapper.
    key: Option<Key>,
    /// Among the rows of a query result, each an array of columns.
    rows: bool,
    /// Bytes before this window, and lines before `counted`, a place in it.
    offset: u64,
    lines: u64,
    counted: usize,
}

/// What to do after one step.
enum Step {
    /// Go on at this byte.
    On(usize),
    /// More bytes are needed to go on from here.
    More,
}

/// What is called for each record.
pub(super) type Each<'f> = dyn FnMut(&Record<'_>) + 'f;

impl Splitter {
    pub(super) fn new() -> Self {
        Self {
            tally: Tally::default(),
            index: Index::default(),
            lost: false,
            behind_colon: false,
            key: None,
            rows: false,
            offset: 0,
            lines: 1,
            counted: 0,
        }
    }

    /// Hands on every record that is whole in this window, and says how many bytes are done with.
    pub(super) fn window(&mut self, bytes: &[u8], last: bool, each: &mut Each<'_>) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            match self.step(bytes, at, last, each) {
                Step::On(next) => at = next,
                Step::More => break,
            }
        }
        self.tally.bytes += at as u64;
        at
    }

    /// Forgets the first bytes of a window; places are counted from the next one on.
    pub(super) fn pass(&mut self, bytes: &[u8], done: usize) {
        self.line(bytes, done);
        self.offset += done as u64;
        self.counted = 0;
    }

    fn step(&mut self, bytes: &[u8], at: usize, last: bool, each: &mut Each<'_>) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        if self.lost {
            return self.find_again(bytes, rest, last);
        }
        let is_value = std::mem::take(&mut self.behind_colon);
        match rest.first().copied().unwrap_or(b' ') {
            b'{' => self.object(bytes, at, last, is_value, each),
            b'[' if self.rows => self.row(bytes, at, last, each),
            b'[' if is_value => self.array(bytes, at, last),
            b'"' => self.string(bytes, at, last, is_value, each),
            b':' => {
                self.behind_colon = true;
                Step::On(at + 1)
            }
            b' ' | b'\n' | b'\r' | b'\t' => {
                self.behind_colon = is_value;
                Step::On(bytes.len() - skip_blanks(rest).len())
            }
            b']' => {
                self.rows = false;
                Step::On(at + 1)
            }
            // Besides what JSON has: record separators (RFC 7464), a byte order mark, padding.
            b'[' | b'}' | b',' | 0x1e | 0 | 0xef | 0xbb | 0xbf => Step::On(at + 1),
            _ => self.word(bytes, at, last, is_value),
        }
    }

    /// A number or the like: fine as a value of a wrapper, nowhere else.
    fn word(&mut self, bytes: &[u8], at: usize, last: bool, is_value: bool) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        match walk::skip_value(rest) {
            Some([]) if !last && rest.len() < MAX_RECORD => {
                self.behind_colon = is_value;
                Step::More
            }
            Some(behind) if is_value => Step::On(bytes.len() - behind.len()),
            _ => self.damage(bytes, at, at, Reason::NotJson),
        }
    }

    /// An array that belongs to a wrapper: of records, or of anything else.
    fn array(&mut self, bytes: &[u8], at: usize, last: bool) -> Step {
        if self.key.is_some_and(|key| Key::HOLDERS.contains(&key)) {
            self.rows = self.key == Some(Key::QueryResultRows);
            return Step::On(at + 1);
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let limited = rest.get(..MAX_RECORD).unwrap_or(rest);
        match walk::skip_value(limited) {
            Some(behind) => Step::On(at + limited.len() - behind.len()),
            None if !last && rest.len() < MAX_RECORD => {
                self.behind_colon = true;
                Step::More
            }
            // Whatever it is, there may be records in it.
            None => Step::On(at + 1),
        }
    }

    fn object(
        &mut self,
        bytes: &[u8],
        at: usize,
        last: bool,
        is_value: bool,
        each: &mut Each<'_>,
    ) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        let mut length = SUSPICIOUS;
        loop {
            let part = rest.get(..length.min(MAX_RECORD)).unwrap_or(rest);
            match scan(part, &mut self.index) {
                Scan::Whole(length) => {
                    let object = rest.get(..length).unwrap_or_default();
                    match unwrap::object(object, &self.index, 0, each) {
                        0 if !is_value => self.lose(bytes, at, Reason::NotARecord),
                        records => self.tally.records += records,
                    }
                    return Step::On(at + length);
                }
                Scan::Enter(bracket, key) => {
                    self.rows = key == Key::QueryResultRows;
                    return Step::On(at + bracket + 1);
                }
                Scan::Damage(_) | Scan::Cut => match validate(part) {
                    Validity::Damaged(place) => {
                        return self.damage(bytes, at, at + place, Reason::Damaged);
                    }
                    Validity::TooDeep(place) => {
                        return self.damage(bytes, at, at + place, Reason::TooDeep);
                    }
                    Validity::Unfinished | Validity::Valid(_) => {}
                },
            }
            if part.len() == rest.len() && !last {
                self.behind_colon = is_value;
                return Step::More;
            }
            if part.len() == rest.len() || part.len() == MAX_RECORD {
                let long = part.len() == MAX_RECORD;
                let reason = if long { Reason::TooLong } else { Reason::Unfinished };
                return self.damage(bytes, at, at + part.len(), reason);
            }
            length *= 4;
        }
    }

    /// A row of a query result: one object for each column.
    fn row(&mut self, bytes: &[u8], at: usize, last: bool, each: &mut Each<'_>) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        let limited = rest.get(..MAX_RECORD).unwrap_or(rest);
        let Some(behind) = walk::skip_value(limited) else {
            if !last && rest.len() < MAX_RECORD {
                return Step::More;
            }
            return self.damage(bytes, at, at + 1, Reason::Unfinished);
        };
        let length = limited.len() - behind.len();
        match unwrap::row(limited.get(..length).unwrap_or_default(), each) {
            0 => self.lose(bytes, at, Reason::NotARecord),
            records => self.tally.records += records,
        }
        Step::On(at + length)
    }

    /// A key of a wrapper, a value of it, or a record that was made a string.
    fn string(
        &mut self,
        bytes: &[u8],
        at: usize,
        last: bool,
        is_value: bool,
        each: &mut Each<'_>,
    ) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        let limited = rest.get(..MAX_RECORD).unwrap_or(rest);
        let Some((walk::Text { inner, .. }, behind)) = walk::string(limited) else {
            if !last && rest.len() < MAX_RECORD {
                self.behind_colon = is_value;
                return Step::More;
            }
            return self.damage(bytes, at, at + 1, Reason::Unfinished);
        };
        if inner.starts_with(b"{") {
            match unwrap::text(inner, 0, each) {
                0 if is_value => {}
                0 => self.lose(bytes, at, Reason::NotARecord),
                records => self.tally.records += records,
            }
        }
        self.key = Key::find(inner);
        Step::On(at + limited.len() - behind.len())
    }

    /// Counts what is lost and goes on at the next thing behind `place` that starts like a record.
    fn damage(&mut self, bytes: &[u8], at: usize, place: usize, reason: Reason) -> Step {
        let shown = if reason == Reason::Damaged { place } else { at };
        self.lose(bytes, shown, reason);
        (self.lost, self.rows) = (true, false);
        // Bytes are passed but once, whatever they are: what follows costs what it is long.
        Step::On(place.max(at + 1))
    }

    /// Counts that reading itself came to an end here.
    pub(super) fn stop(&mut self, bytes: &[u8], at: usize, error: &std::io::Error) {
        self.lose(bytes, at, Reason::Input(error.to_string()));
    }

    fn lose(&mut self, bytes: &[u8], at: usize, reason: Reason) {
        let line = self.line(bytes, at);
        self.tally.lose(Loss { offset: self.offset + at as u64, line, reason });
    }

    /// The line of a place, counted from the last one that was asked for.
    fn line(&mut self, bytes: &[u8], at: usize) -> u64 {
        let passed = bytes.get(self.counted.min(at)..at).unwrap_or_default();
        self.lines += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.counted = self.counted.max(at);
        self.lines
    }

    /// The next `{` before a key that records, or arrays of them, start with.
    fn find_again(&mut self, bytes: &[u8], rest: &[u8], last: bool) -> Step {
        for open in memchr::memchr_iter(b'{', rest) {
            let at = bytes.len() - rest.len() + open;
            match starts_record(rest.get(open + 1..).unwrap_or_default()) {
                Some(true) => {
                    self.lost = false;
                    return Step::On(at);
                }
                Some(false) => {}
                None if last => {}
                None if open == 0 => return Step::More,
                None => return Step::On(at),
            }
        }
        Step::On(bytes.len())
    }
}

/// Whether the first key behind a brace is one that records start with; `None` if the bytes end
/// before that is known.
fn starts_record(bytes: &[u8]) -> Option<bool> {
    const LONGEST: usize = 64;
    let near = bytes.get(..LONGEST).unwrap_or(bytes);
    let cut = near.len() < LONGEST;
    let Some(name) = skip_blanks(near).strip_prefix(b"\"") else {
        return if cut && skip_blanks(near).is_empty() { None } else { Some(false) };
    };
    let Some(end) = memchr::memchr(b'"', name) else { return (!cut).then_some(false) };
    let known = Key::find(name.get(..end).unwrap_or_default());
    Some(known.is_some_and(|key| key.starts_records()))
}
