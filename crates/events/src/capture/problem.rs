//! What can be wrong with a capture.

use std::{fmt, io};

use crate::Kind;

/// Problems that are kept with their places; further ones are only counted.
const KEPT: usize = 100;

/// A capture cannot be read at all, or not on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the capture at offset {offset}: {source}")]
    Io {
        /// Bytes from the start, after inflating.
        offset: u64,
        /// Why.
        source: io::Error,
    },
    /// It does not begin as captures do.
    #[error("not a capture: it begins with {found:02x?} instead of the header of a section")]
    NotACapture {
        /// The first bytes.
        found: Vec<u8>,
    },
    /// It is of a version that there was not yet.
    #[error("captures of version {major}.{minor} are not known; 1.2 is the newest that is")]
    Version {
        /// Changes when readers of before cannot read on.
        major: u16,
        /// Changes when they can.
        minor: u16,
    },
}

/// A part of a capture that could not be used. Reading went on behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// Where: bytes from the start, after inflating.
    pub offset: u64,
    /// What.
    pub trouble: Trouble,
}

/// Why a part of a capture could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The file ends in the middle of a block.
    Truncated,
    /// The gzip stream is damaged; nothing behind that can be read.
    Inflate,
    /// There is no block where one should be; so many bytes were skipped to the next.
    Framing {
        /// Bytes.
        skipped: u64,
    },
    /// A block of a kind that there was not yet.
    UnknownBlock {
        /// Its type.
        number: u32,
    },
    /// A block is longer than is read at once.
    TooLong {
        /// Bytes.
        length: u64,
    },
    /// A block or an entry does not hold what it should.
    Damaged {
        /// What it should be.
        what: &'static str,
    },
    /// An event beyond the event table.
    UnknownEvent {
        /// Its number.
        kind: Kind,
    },
    /// An event that no version has written with so many parameters.
    UnknownForm {
        /// Its number.
        kind: Kind,
        /// How many.
        params: usize,
    },
    /// The start of a call was not the one that its end belongs to; what only the start says is missing.
    WrongStart {
        /// The end of the call.
        kind: Kind,
    },
    /// Too many starts of calls wait for their ends; this one was not kept.
    TooManyStarts,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "offset {}: {}", self.offset, self.trouble)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated => write!(f, "the file ends in the middle of a block"),
            Self::Inflate => write!(f, "the gzip stream is damaged, the rest cannot be read"),
            Self::Framing { skipped } => {
                write!(f, "no block begins here, {skipped} bytes were skipped to the next")
            }
            Self::UnknownBlock { number } => {
                write!(f, "block of unknown type {number:#x} left out")
            }
            Self::TooLong { length } => write!(f, "block of {length} bytes is too long, left out"),
            Self::Damaged { what } => write!(f, "damaged {what}, left out"),
            Self::UnknownEvent { kind } => write!(f, "event of unknown type {} left out", kind.0),
            Self::UnknownForm { kind, params } => {
                write!(f, "event of type {} with {params} parameters is in no known form", kind.0)
            }
            Self::WrongStart { kind } => {
                write!(f, "event of type {} follows the start of another call", kind.0)
            }
            Self::TooManyStarts => write!(f, "too many calls were begun and not ended"),
        }
    }
}

/// What could not be used of a capture: how much, and the first of it.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    first: Vec<Problem>,
    count: u64,
}

impl Problems {
    /// How many there were.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The first of them, at most 100.
    #[must_use]
    pub fn first(&self) -> &[Problem] {
        &self.first
    }

    #[cold]
    pub(super) fn push(&mut self, offset: u64, trouble: Trouble) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < KEPT {
            self.first.push(Problem { offset, trouble });
        }
    }
}
