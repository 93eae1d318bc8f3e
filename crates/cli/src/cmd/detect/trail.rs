//! `farguard detect --trail`: CloudTrail, wherever it lies, against rules.

mod batch;
mod bucket;
mod evaluate;
mod input;
mod listing;
mod local;
mod pool;
mod queue;
mod records;
mod sink;
mod state;
mod verify;

use std::{collections::HashSet, num::NonZeroUsize, thread};

use anyhow::{Context, Result, bail};
use farguard_aws::{
    Session,
    s3::S3,
    sqs::{Queue, QueueAddress},
};
use farguard_rules::detector::Windows;
use farguard_trail::{checkpoint::Checkpoint, layout::Kind};

pub(crate) use self::{batch::Batch, evaluate::Examiner, records::Records};
use self::{
    evaluate::{Piece, Worker},
    input::Input,
    listing::Listing,
    sink::Sink,
};
use super::{counts::Counts, engine::Teller, output::AlertWriter, stop::Stop};
use crate::{args::DetectArgs, clock, terminal::Terminal};

/// Workers at least, where most of the time is spent waiting for S3.
const WAITING_WORKERS: usize = 8;

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Queue,
    Bucket,
    Local,
}

impl Source {
    fn of(text: &str) -> Self {
        let is_arn = text.starts_with("arn:") && text.contains(":sqs:");
        match text.split_once("://") {
            Some(("sqs" | "https" | "http", _)) => Self::Queue,
            _ if is_arn => Self::Queue,
            Some(("s3", _)) => Self::Bucket,
            _ => Self::Local,
        }
    }
}

/// A job, ready to begin.
pub(super) struct Job<'a> {
    args: &'a DetectArgs,
    terminal: &'a Terminal,
    stop: Stop,
    session: Option<Session>,
    s3: Option<S3>,
    workers: usize,
}

impl<'a> Job<'a> {
    /// Looks at the sources; nothing is read yet.
    ///
    /// # Errors
    /// When flags contradict each other or AWS cannot be set up.
    pub(super) fn new(args: &'a DetectArgs, terminal: &'a Terminal) -> Result<Self> {
        let sources: Vec<Source> = args.trail.iter().map(|source| Source::of(source)).collect();
        let trail = &args.trail_args;
        if sources.contains(&Source::Queue) {
            if sources.len() > 1 {
                bail!("a queue has to be the only --trail: run one job for each");
            }
            if trail.verify_digests || trail.verify_only {
                bail!("digests are verified in the bucket: use --trail s3://BUCKET");
            }
        }
        if trail.select.since.zip(trail.select.until).is_some_and(|(since, until)| since >= until) {
            bail!("nothing lies between --since and --until: the first has to be earlier");
        }
        let wants_keys = (trail.verify_digests || trail.verify_only) && trail.public_keys.is_none();
        let wants_aws = wants_keys || sources.iter().any(|source| *source != Source::Local);
        let session = wants_aws.then(|| Session::open(&args.aws.options())).transpose()?;
        let cores = || {
            let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
            let waits = sources.iter().any(|source| *source != Source::Local);
            if waits { cores.max(WAITING_WORKERS) } else { cores }
        };
        Ok(Self {
            args,
            terminal,
            stop: Stop::on_signals().context("cannot listen to signals")?,
            s3: session.as_ref().map(S3::new),
            session,
            workers: trail.workers.map_or_else(cores, NonZeroUsize::get).min(256),
        })
    }

    /// Reads everything and lets alerts out; gives what was done.
    ///
    /// # Errors
    /// When a source cannot be read at all, or alerts cannot be written.
    pub(super) fn run<E: Examiner>(
        &self,
        writer: AlertWriter,
        mut windows: Windows,
        teller: Teller<'_>,
        examiner: impl Fn() -> E + Sync,
    ) -> Result<Counts> {
        let name = self.args.trail.join(" ");
        let trail = &self.args.trail_args;
        let checkpoint = match &trail.checkpoint {
            Some(path) => {
                let (checkpoint, known) = state::load(path, &name)?;
                windows.restore(known);
                checkpoint
            }
            None => Checkpoint::new(&name),
        };
        let (path, stop) = (trail.checkpoint.clone(), self.stop.clone());
        let mut sink = Sink::new(writer, (checkpoint, windows), teller, path, self.terminal, stop);
        if trail.verify_digests || trail.verify_only {
            self.verify(&mut sink)?;
        }
        if !trail.verify_only {
            let selection = trail.select.selection();
            let worker = || Worker::new(self.workers, self.s3.as_ref(), &selection, examiner());
            match self.args.trail.first().map(|source| Source::of(source)) {
                Some(Source::Queue) => self.queue(worker, &mut sink)?,
                _ => self.files(worker, &mut sink)?,
            }
        }
        sink.finish()
    }

    fn verify(&self, sink: &mut Sink<'_>) -> Result<()> {
        let job = verify::Job {
            sources: &self.args.trail,
            args: &self.args.trail_args,
            session: self.session.as_ref(),
            s3: self.s3.as_ref(),
            workers: self.workers,
            stop: &self.stop,
            terminal: self.terminal,
            now: clock::now(),
        };
        job.run(sink)
    }

    fn queue<E: Examiner>(
        &self,
        worker: impl Fn() -> Worker<E> + Sync,
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        let session = self.session.as_ref().context("no connection to SQS")?;
        let address: QueueAddress =
            self.args.trail.first().map(String::as_str).unwrap_or_default().parse()?;
        let job = queue::Job {
            queue: &Queue::open(session, &address)?,
            args: &self.args.trail_args,
            workers: self.workers,
            stop: &self.stop,
            terminal: self.terminal,
        };
        job.run(worker, sink)
    }

    fn files<E: Examiner>(
        &self,
        worker: impl Fn() -> Worker<E> + Sync,
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        let trail = &self.args.trail_args;
        let done = trail.checkpoint.is_some().then(|| sink.checkpoint().clone());
        let (sources, selection) = (&self.args.trail, trail.select.selection());
        let mut listing =
            Listing::open(sources, Kind::Log, &selection, self.s3.as_ref(), done.as_ref())?;
        // What an earlier job could not read is done, and read again all the same.
        let retried: HashSet<String> =
            done.iter().flat_map(Checkpoint::retries).map(str::to_owned).collect();
        let is_new = |input: &Input| {
            let name = input.name();
            done.as_ref().is_none_or(|done| !done.is_done(&name, input.size))
                || retried.contains(&name)
        };
        let inputs = std::iter::from_fn(|| listing.next())
            .take_while(|_| !self.stop.is_set())
            .filter(is_new);
        let mut outcome = Ok(());
        pool::ordered(
            self.workers,
            inputs,
            || {
                let mut worker = worker();
                move |input: &Input, out: &pool::Pieces<Piece>| {
                    worker.read(input, |piece| out.send(piece));
                }
            },
            consumer(sink, &mut outcome),
        );
        outcome?;
        if listing.passed_over() > 0 {
            let count = listing.passed_over();
            self.terminal.note(&format!("{count} files whose names say no records were not read"));
        }
        for problem in listing.problems() {
            sink.lose(&problem);
        }
        Ok(())
    }
}

/// Takes pieces in order; an input is done when its pieces end.
fn consumer(
    sink: &mut Sink<'_>,
    outcome: &mut Result<()>,
) -> impl FnMut(&Input, Option<Piece>) -> bool {
    let mut is_whole = None;
    move |input, piece| {
        let taken = match piece {
            Some(piece) => sink.piece(&input.name(), piece).map(|whole| {
                is_whole = is_whole.or(whole);
            }),
            // Without an end it was given up: the job ends.
            None => is_whole.take().map_or(Ok(()), |is_whole| sink.done(input, is_whole)),
        };
        match taken {
            Ok(()) => sink.is_open(),
            Err(error) => {
                *outcome = Err(error);
                false
            }
        }
    }
}
