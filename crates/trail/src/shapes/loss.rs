//! What could not be read, and where.

/// Losses that are described; further ones are only counted.
const DESCRIBED: usize = 10;

/// Why a part of the input gave no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Bytes where a value should start.
    #[error("no JSON starts here")]
    NotJson,
    /// An object or text among records.
    #[error("this is not a CloudTrail record")]
    NotARecord,
    /// JSON that breaks off in the middle.
    #[error("the JSON is damaged here")]
    Damaged,
    /// The input ends inside.
    #[error("the input ends inside this record")]
    Unfinished,
    /// More than 16 MiB.
    #[error("the record is longer than 16 MiB")]
    TooLong,
    /// More than 128 levels.
    #[error("the record is nested deeper than 128 levels")]
    TooDeep,
    /// The compressed data, or reading itself.
    #[error("reading stops here: {0}")]
    Input(String),
}

/// One part of the input that gave no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (line {line}, byte {offset})")]
pub struct Loss {
    /// Bytes from the start of the input, after it was inflated.
    pub offset: u64,
    /// From 1.
    pub line: u64,
    /// Why.
    pub reason: Reason,
}

/// What became of one input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that were handed on.
    pub records: u64,
    /// Bytes after inflating.
    pub bytes: u64,
    /// Parts that gave no record.
    pub losses: u64,
    /// The first of them.
    pub described: Vec<Loss>,
}

impl Tally {
    pub(super) fn lose(&mut self, loss: Loss) {
        self.losses += 1;
        if self.described.len() < DESCRIBED {
            self.described.push(loss);
        }
    }
}
