//! Whether the files of CloudTrail are all there and as they were delivered.
//!
//! Digests come in the order of their times; workers read each and hash the log files that it names,
//! then the chain it belongs to says whether it can be believed. At the end every log file in the
//! bucket has to be one that a digest names.

mod hash;
mod keys;
mod report;

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Result;
use farguard_aws::{Session, s3::S3};
use farguard_trail::{
    digest::{Chain, Coverage, Digest, Fault, Fetched, Finding, Outcome},
    layout::{FileName, Folder, Kind, Selection},
};
use jiff::Timestamp;

use self::{
    hash::{Content, Hashed, content, hash},
    keys::Keys,
    report::Report,
};
use super::{
    input::{Input, Place},
    listing::Listing,
    pool,
    sink::Sink,
};
use crate::{args::detect::TrailArgs, cmd::detect::stop::Stop, terminal::Terminal};

/// What verifying takes.
pub(super) struct Job<'a> {
    pub(super) sources: &'a [String],
    pub(super) args: &'a TrailArgs,
    pub(super) session: Option<&'a Session>,
    pub(super) s3: Option<&'a S3>,
    pub(super) workers: usize,
    pub(super) stop: &'a Stop,
    pub(super) terminal: &'a Terminal,
    pub(super) now: Timestamp,
}

/// A digest file, read, with what its log files hash to.
enum Read {
    Digest { content: Content, logs: Vec<(String, Hashed)> },
    Failed(String),
}

impl Job<'_> {
    /// Verifies everything, and lets findings out as alerts.
    ///
    /// # Errors
    /// When nothing can be listed, keys cannot be read, or findings cannot be written.
    pub(super) fn run(&self, sink: &mut Sink<'_>) -> Result<()> {
        let selection = self.args.select.selection();
        let mut digests = Listing::open(self.sources, Kind::Digest, &selection, self.s3, None)?;
        let mut verifier = Verifier {
            keys: Keys::new(self.args, self.session, self.now)?,
            since: selection.since,
            chains: BTreeMap::new(),
            coverage: Coverage::default(),
            report: Report::default(),
        };
        let mut failure = None;
        let inputs = std::iter::from_fn(|| digests.next()).take_while(|_| !self.stop.is_set());
        pool::ordered(
            self.workers,
            inputs,
            || {
                |input: &Input, out: &pool::Pieces<Read>| {
                    out.send(self.read(input));
                }
            },
            |input, piece| {
                let Some(read) = piece else { return true };
                verifier.digest(input, read);
                let told = verifier.report.tell(sink);
                let goes_on = told.is_ok();
                failure = told.err();
                goes_on
            },
        );
        failure.map_or(Ok(()), Err)?;
        for problem in digests.problems() {
            sink.lose(&problem);
        }
        if self.stop.is_set() {
            sink.lose("verifying was ended before all digests were read");
            return Ok(());
        }
        verifier.end_of_chains();
        self.unsigned(&mut verifier, &selection, sink)?;
        verifier.report.tell(sink)?;
        verifier.report.finish(sink, self.terminal);
        Ok(())
    }

    fn read(&self, input: &Input) -> Read {
        match content(input, self.s3) {
            Ok(content) => {
                let logs = self.hashes(input, &content);
                Read::Digest { content, logs }
            }
            Err(error) => Read::Failed(format!("{error:#}")),
        }
    }

    /// The hashes of the log files that a digest names, whether it can be believed or not.
    fn hashes(&self, input: &Input, content: &Content) -> Vec<(String, Hashed)> {
        let Ok(digest) = Digest::parse(&content.bytes) else { return Vec::new() };
        let log = |file: &farguard_trail::digest::LogFile| {
            let place = beside(input, &digest.object, &file.bucket, &file.object);
            (place.name(), hash(&place, self.s3))
        };
        digest.log_files.iter().map(log).collect()
    }

    /// Holds every log file that is there against those that digests name.
    fn unsigned(
        &self,
        verifier: &mut Verifier,
        selection: &Selection,
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        let mut logs = Listing::open(self.sources, Kind::Log, selection, self.s3, None)?;
        while let Some(input) = logs.next().filter(|_| !self.stop.is_set()) {
            let name = input.name();
            let outcome = verifier.coverage.judge(&name);
            verifier.report.files += 1;
            verifier.report.outcomes.extend(outcome);
            verifier.report.tell(sink)?;
        }
        for problem in logs.problems() {
            sink.lose(&problem);
        }
        Ok(())
    }
}

/// Where a log file lies that a digest names: in its bucket, or where the copy of the digest is.
fn beside(digest: &Input, digest_object: &str, bucket: &str, object: &str) -> Input {
    let Place::File(path) = &digest.place else {
        return Input::object(&bucket.into(), object.to_owned(), 0);
    };
    let path = path.to_string_lossy();
    let root = path.strip_suffix(digest_object).or_else(|| {
        // Only a part of the bucket was copied: what lies above the account is the same for both.
        let (above, _) = digest_object.split_once("CloudTrail-Digest/")?;
        let (root, _) = path.split_once("CloudTrail-Digest/")?;
        object.starts_with(above).then_some(root)
    });
    let below = match root {
        Some(root) if path.ends_with(digest_object) => format!("{root}{object}"),
        Some(root) => {
            let above = digest_object.split_once("CloudTrail-Digest/").map_or("", |(it, _)| it);
            format!("{root}{}", object.strip_prefix(above).unwrap_or(object))
        }
        None => object.to_owned(),
    };
    Input { place: Place::File(below.into()), size: 0 }
}

/// The state of all chains.
struct Verifier {
    keys: Keys,
    since: Option<Timestamp>,
    /// By series, trail, and whether it was written later.
    chains: BTreeMap<(String, String, bool), Chain>,
    coverage: Coverage,
    report: Report,
}

impl Verifier {
    fn digest(&mut self, input: &Input, read: Read) {
        let place = input.name();
        let Some(name) = FileName::parse(&place) else { return };
        self.report.digests += 1;
        self.coverage.digest(&name);
        let series = Folder::parse(&place).series.unwrap_or(name.account).to_owned();
        let (keys, are_complete) = self.keys.of_region(name.region, name.time);
        let chain = self.chains.entry((series, name.id.to_owned(), name.is_backfill));
        let chain =
            chain.or_insert_with(|| Chain::new(Arc::clone(&keys), are_complete, self.since));
        match read {
            Read::Failed(why) => chain.unreadable(&place, &why),
            Read::Digest { content, logs } => {
                let named = chain.next(&Fetched {
                    place: &place,
                    bucket: input.bucket(),
                    content: &content.bytes,
                    signature: content.signature.as_deref(),
                });
                for (file, (log, hashed)) in named.log_files.iter().zip(logs) {
                    self.coverage.log_file(&name, &file.object);
                    let outcome = match named.is_sound {
                        true => judge(&log, &file.hash, hashed, name.time),
                        false => Some(Outcome::NotAssessed {
                            file: log,
                            why: "the digest that names it cannot be believed".to_owned(),
                            at_edge: false,
                        }),
                    };
                    self.report.outcomes.extend(outcome);
                }
            }
        }
        self.report.outcomes.extend(chain.take_outcomes());
    }

    fn end_of_chains(&mut self) {
        for chain in std::mem::take(&mut self.chains).into_values() {
            self.report.outcomes.extend(chain.finish());
        }
    }
}

/// What a log file is, held against its digest.
fn judge(file: &str, expected: &str, hashed: Hashed, time: Timestamp) -> Option<Outcome> {
    let find = |fault, why: String| {
        Some(Outcome::Finding(Finding { fault, file: file.to_owned(), why, time }))
    };
    match hashed {
        Hashed::Hash(hash) if hash.eq_ignore_ascii_case(expected) => None,
        Hashed::Hash(hash) => {
            find(Fault::LogFileAltered, format!("its SHA-256 is {hash}, delivered was {expected}"))
        }
        Hashed::Damaged(why) => find(Fault::LogFileAltered, why),
        Hashed::Missing => {
            find(Fault::LogFileMissing, "its digest names it, and it is not there".to_owned())
        }
        Hashed::Failed(why) => {
            Some(Outcome::NotAssessed { file: file.to_owned(), why, at_edge: false })
        }
    }
}
