//! Records of one input against rules.

use anyhow::Result;
use farguard_aws::s3::S3;
use farguard_trail::{Key, Reader, Record, Tally, layout::Selection};
use jiff::Timestamp;

use super::{
    batch::Batch,
    input::{Input, read_whole},
};

/// What all workers together hold of files: compressed and inflated.
const MEMORY: usize = 56 << 20;

/// Holds rules against a record, the one of this number in its file.
pub(crate) trait Examiner {
    /// Adds what matches.
    fn examine(&mut self, record: &Record<'_>, number: u64, matches: &mut Batch);
}

/// What comes of an input, piece by piece.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Rules that matched, in the order of records.
    Matches(Batch),
    /// The end: what was read, or why it could not be opened.
    End(Result<Tally>),
}

/// One thread that reads inputs.
pub(crate) struct Worker<E> {
    reader: Reader,
    /// Compressed content of an input.
    buffer: Vec<u8>,
    /// Inputs of so many bytes are read at once.
    at_once: u64,
    s3: Option<S3>,
    selection: Selection,
    examiner: E,
}

impl<E: Examiner> Worker<E> {
    /// One of so many.
    pub(crate) fn new(workers: usize, s3: Option<&S3>, selection: &Selection, examiner: E) -> Self {
        // Records are repetitive: a file inflates to seven times its size or more.
        let share = MEMORY / workers.max(1);
        Self {
            reader: Reader::with_limit(share / 8 * 7),
            buffer: Vec::new(),
            at_once: u64::try_from(share / 8).unwrap_or(u64::MAX),
            s3: s3.cloned(),
            selection: selection.clone(),
            examiner,
        }
    }

    /// Reads an input and hands on what comes of it. `send` says whether anybody wants more.
    pub(crate) fn read(&mut self, input: &Input, mut send: impl FnMut(Piece) -> bool) {
        let mut goes_on = true;
        let end = self.records(input, &mut |matches| {
            goes_on = goes_on && send(Piece::Matches(matches));
            goes_on
        });
        if goes_on {
            send(Piece::End(end));
        }
    }

    /// Reads a record that came without a file.
    pub(crate) fn text(&mut self, text: &str, mut send: impl FnMut(Piece) -> bool) {
        let Self { reader, selection, examiner, .. } = self;
        let mut matches = Batch::default();
        let mut number = 0;
        let tally = reader.file(text.as_bytes(), &mut |record| {
            number += 1;
            if is_wanted(record, selection) {
                examiner.examine(record, number, &mut matches);
            }
        });
        send(Piece::Matches(matches));
        send(Piece::End(Ok(tally)));
    }

    fn records(&mut self, input: &Input, send: &mut dyn FnMut(Batch) -> bool) -> Result<Tally> {
        let (content, size) = input.open(self.s3.as_ref())?;
        let Self { reader, buffer, at_once, selection, examiner, .. } = self;
        let mut matches = Batch::default();
        let mut number = 0;
        let mut goes_on = true;
        let mut each = |record: &Record<'_>| {
            number += 1;
            if goes_on && is_wanted(record, selection) {
                examiner.examine(record, number, &mut matches);
                if matches.is_full() {
                    goes_on = send(std::mem::take(&mut matches));
                }
            }
        };
        let tally = match size.filter(|size| size <= at_once) {
            Some(size) => {
                read_whole(content, size, buffer)?;
                reader.file(buffer, &mut each)
            }
            None => reader.stream(content, &mut each),
        };
        if goes_on && !matches.is_empty() {
            send(matches);
        }
        Ok(tally)
    }
}

/// Whether a record is of the accounts, regions and times that are wanted. What does not say it is.
fn is_wanted(record: &Record<'_>, selection: &Selection) -> bool {
    let has = |list: &[String], key| {
        list.is_empty()
            || record.get(key).is_none_or(|value| list.iter().any(|it| value.is_string(it)))
    };
    let in_time = || {
        if selection.since.is_none() && selection.until.is_none() {
            return true;
        }
        let time = record.time_ns().map(i128::from).map(Timestamp::from_nanosecond);
        time.is_none_or(|time| time.is_ok_and(|time| selection.wants_time(time)))
    };
    has(&selection.accounts, Key::RecipientAccountId)
        && has(&selection.regions, Key::AwsRegion)
        && in_time()
}
