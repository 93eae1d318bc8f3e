//! Builds a database from local files.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use farguard_model::Problem;
use jiff::Timestamp;

use super::{
    contents::{Contents, Skipped, SourceInfo},
    osv::{self, Parsed, Skip},
    record::Record,
    replace::Replacement,
    table::Row,
    writer::Writer,
};
use crate::progress::Progress;

mod files;
mod read;

/// What to build, and where.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Files and directories with advisories.
    pub inputs: Vec<Input>,
    /// The database file. One that is there is replaced in one step when the new one is complete.
    pub output: PathBuf,
    /// The time that the database says it was built: now.
    pub now: Timestamp,
}

/// A file, or a directory that is read with everything below it.
#[derive(Debug, Clone)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// What the database calls it, where it came from, and when.
    pub source: SourceInfo,
}

impl Input {
    /// A local file or directory, called by the path that the user typed.
    #[must_use]
    pub fn local(path: &Path) -> Self {
        let name = path.display().to_string();
        let changed = path.metadata().and_then(|m| m.modified()).ok();
        let source = SourceInfo {
            location: name.clone(),
            name,
            fetched: changed.and_then(|time| Timestamp::try_from(time).ok()),
        };
        Self { path: path.to_owned(), source }
    }
}

/// A database that was built.
#[derive(Debug, Clone)]
pub struct Built {
    /// What is inside.
    pub contents: Contents,
    /// What could not be read, at most [`MAX_PROBLEMS`]; `path` is the file with the line.
    pub problems: Vec<Problem>,
}

/// Most problems that are listed one by one.
pub const MAX_PROBLEMS: usize = 1000;

/// A database could not be built. The old one, if there is one, is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Another process is writing the same database.
    #[error("`{0}` is being updated by another process")]
    Locked(String),
    /// Reading or writing failed.
    #[error("cannot build advisory database `{path}`: {source}")]
    Io {
        /// The database.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// An input cannot be read at all.
    #[error("cannot read advisories from `{path}`: {source}")]
    Input {
        /// The file or directory.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// There is nothing in the inputs.
    #[error("no advisories found in {0}")]
    Empty(String),
}

/// Builds a database from files in any of these forms, each plain or compressed with gzip or
/// zstd, or inside a zip archive:
///
/// - OSV records: one JSON document, or one on each line;
/// - CISA's catalogue of known exploited vulnerabilities in JSON;
/// - EPSS scores in CSV;
/// - `updateinfo.xml` of an Amazon Linux repository.
///
/// A file `sample.json` in a directory marks the database as a sample.
///
/// # Errors
/// When an input is not there, nothing is found, or the database cannot be written. Files and
/// records that cannot be read are problems instead, and the others count.
pub fn build(options: &BuildOptions, progress: &dyn Progress) -> Result<Built, BuildError> {
    let path = options.output.display().to_string();
    let fail = |source| BuildError::Io { path: path.clone(), source };
    let replacement = Replacement::begin(&options.output).map_err(|error| match error.kind() {
        io::ErrorKind::ResourceBusy => BuildError::Locked(path.clone()),
        _ => fail(error),
    })?;
    let built = build_into(&replacement, options, progress)?;
    replacement.commit().map_err(fail)?;
    Ok(built)
}

/// Builds into a file that is not in its place yet.
pub(crate) fn build_into(
    replacement: &Replacement,
    options: &BuildOptions,
    progress: &dyn Progress,
) -> Result<Built, BuildError> {
    let fail = |source| BuildError::Io { path: options.output.display().to_string(), source };
    let mut files = Vec::new();
    for input in &options.inputs {
        let found = files::list(&input.path);
        files.extend(found.map_err(|source| BuildError::Input {
            path: input.path.display().to_string(),
            source,
        })?);
    }
    let mut collector = Collector {
        writer: Writer::new(replacement.directory()),
        skipped: Skipped::default(),
        problems: Vec::new(),
        anything: false,
    };
    collect(&files, &mut collector, progress).map_err(fail)?;
    if !collector.anything {
        let paths = options.inputs.iter().map(|input| format!("`{}`", input.path.display()));
        let mut message = paths.collect::<Vec<_>>().join(", ");
        if let Some(Problem { message: why, path, .. }) = collector.problems.first() {
            message += &format!(": `{}`: {why}", path.as_deref().unwrap_or_default());
        }
        return Err(BuildError::Empty(message));
    }
    let contents = Contents {
        built: options.now,
        sample: files.iter().any(|file| file.kind == files::Kind::SampleMarker),
        records: 0,
        packages: 0,
        kev: 0,
        epss: 0,
        skipped: collector.skipped,
        ecosystems: Vec::new(),
        sources: options.inputs.iter().map(|input| input.source.clone()).collect(),
    };
    let contents = collector.writer.finish(replacement.file(), contents).map_err(fail)?;
    Ok(Built { contents, problems: collector.problems })
}

/// A piece of input on its way to the workers.
#[derive(Debug)]
struct Batch {
    number: u64,
    load: Load,
}

#[derive(Debug)]
enum Load {
    /// OSV records, not parsed yet.
    Json(Vec<(Place, Vec<u8>)>),
    Records(Vec<Record>),
    Kev(Vec<Row>),
    Epss(Vec<Row>),
    Problems(Vec<Problem>),
}

/// Where a record stands.
#[derive(Debug, Clone)]
struct Place {
    file: Arc<str>,
    /// From 1; 0 when the file holds nothing else.
    line: u64,
}

impl Place {
    fn problem(&self, code: &str, message: impl Into<String>) -> Problem {
        let path = match self.line {
            0 => self.file.to_string(),
            line => format!("{}:{line}", self.file),
        };
        Problem::new(code, message).at(path)
    }
}

/// What a batch turned out to hold.
#[derive(Debug, Default)]
struct Outcome {
    records: Vec<Record>,
    kev: Vec<Row>,
    epss: Vec<Row>,
    skipped: Skipped,
    problems: Vec<Problem>,
}

/// One thread reads, all cores parse, this one sorts.
fn collect(
    files: &[files::Found],
    collector: &mut Collector,
    progress: &dyn Progress,
) -> io::Result<()> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (batch_sender, batches) = sync_channel(2 * workers);
    let (outcome_sender, outcomes) = sync_channel(2 * workers);
    let batches = Mutex::new(batches);
    thread::scope(|scope| {
        scope.spawn(move || read::all(files, batch_sender, progress));
        for _ in 0..workers {
            let (batches, sender) = (&batches, outcome_sender.clone());
            scope.spawn(move || work(batches, &sender));
        }
        drop(outcome_sender);
        let result = collector.take_all(&outcomes);
        // Unblocks the others when this thread gives up.
        drop(outcomes);
        result
    })
}

fn work(batches: &Mutex<Receiver<Batch>>, outcomes: &SyncSender<(u64, Outcome)>) {
    loop {
        let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Batch { number, load }) = next else { return };
        if outcomes.send((number, outcome(load))).is_err() {
            // Nobody wants more: let the reader see that, too.
            while batches.lock().unwrap_or_else(PoisonError::into_inner).recv().is_ok() {}
            return;
        }
    }
}

fn outcome(load: Load) -> Outcome {
    let mut outcome = Outcome::default();
    match load {
        Load::Json(records) => {
            for (place, json) in &records {
                outcome.parse(place, json);
            }
        }
        Load::Records(records) => outcome.records = records,
        Load::Kev(rows) => outcome.kev = rows,
        Load::Epss(rows) => outcome.epss = rows,
        Load::Problems(problems) => {
            outcome.skipped.unreadable = problems.len() as u64;
            outcome.problems = problems;
        }
    }
    outcome
}

impl Outcome {
    fn parse(&mut self, place: &Place, json: &[u8]) {
        match osv::parse(json) {
            Ok(Parsed::Record(record)) => self.records.push(*record),
            Ok(Parsed::Skipped(Skip::Withdrawn)) => self.skipped.withdrawn += 1,
            Ok(Parsed::Skipped(Skip::OtherEcosystem)) => self.skipped.other_ecosystem += 1,
            Ok(Parsed::Skipped(Skip::NotSecurity)) => self.skipped.not_security += 1,
            Err(error) => {
                self.skipped.unreadable += 1;
                self.problems.push(place.problem("unreadable-advisory", error.to_string()));
            }
        }
    }
}

/// Takes outcomes in the order of the input, so that the same input gives the same database.
#[derive(Debug)]
struct Collector {
    writer: Writer,
    skipped: Skipped,
    problems: Vec<Problem>,
    anything: bool,
}

impl Collector {
    fn take_all(&mut self, outcomes: &Receiver<(u64, Outcome)>) -> io::Result<()> {
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (number, outcome) in outcomes {
            early.insert(number, outcome);
            while let Some(outcome) = early.remove(&next) {
                self.take(outcome)?;
                next += 1;
            }
        }
        Ok(())
    }

    fn take(&mut self, outcome: Outcome) -> io::Result<()> {
        let Outcome { records, kev, epss, skipped, problems } = outcome;
        self.anything |= !records.is_empty() || !kev.is_empty() || !epss.is_empty();
        for record in &records {
            self.writer.add(record)?;
        }
        for (key, value) in kev {
            self.writer.add_kev(key, value);
        }
        for (key, value) in epss {
            self.writer.add_epss(key, value);
        }
        self.skipped.withdrawn += skipped.withdrawn;
        self.skipped.other_ecosystem += skipped.other_ecosystem;
        self.skipped.not_security += skipped.not_security;
        self.skipped.unreadable += skipped.unreadable;
        let room = MAX_PROBLEMS - self.problems.len().min(MAX_PROBLEMS);
        self.problems.extend(problems.into_iter().take(room));
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
