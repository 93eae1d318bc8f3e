//! Where everything comes together, one record after the other: alerts go out, and what was done is
//! remembered.

use std::{
    io,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use farguard_rules::{Alert, Hit, Windows};
use farguard_trail::{
    Tally,
    checkpoint::{Checkpoint, MAX_ATTEMPTS},
};

use super::{batch::Match, evaluate::Piece, input::Input, state};
use crate::{
    cmd::detect::{counts::Counts, engine::Teller, output::AlertWriter, stop::Stop},
    terminal::Terminal,
    text::{plain, plural},
};

/// How often a checkpoint is written while a job runs.
const SAVED_EVERY: Duration = Duration::from_secs(5);
/// Problems that are told one by one.
const MAX_TOLD: usize = 20;

/// Takes what workers found.
pub(crate) struct Sink<'a> {
    writer: AlertWriter,
    checkpoint: Checkpoint,
    windows: Windows,
    teller: Teller<'a>,
    path: Option<PathBuf>,
    saved: Instant,
    /// How long it took: what is large is saved more rarely.
    saving: Duration,
    counts: Counts,
    told: usize,
    terminal: &'a Terminal,
    stop: Stop,
    /// Nobody reads alerts any more: what was not read of them is not done.
    is_closed: bool,
}

impl<'a> Sink<'a> {
    /// Writes alerts, and the checkpoint to that path if there is one.
    pub(crate) fn new(
        writer: AlertWriter,
        (checkpoint, windows): (Checkpoint, Windows),
        teller: Teller<'a>,
        path: Option<PathBuf>,
        terminal: &'a Terminal,
        stop: Stop,
    ) -> Self {
        Self {
            writer,
            checkpoint,
            windows,
            teller,
            path,
            saved: Instant::now(),
            saving: Duration::ZERO,
            counts: Counts::default(),
            told: 0,
            terminal,
            stop,
            is_closed: false,
        }
    }

    /// What was done before this job.
    pub(crate) const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The next piece of an input; whether it was read to its end without loss, at its end.
    ///
    /// # Errors
    /// When alerts cannot be written.
    pub(crate) fn piece(&mut self, name: &str, piece: Piece) -> Result<Option<bool>> {
        match piece {
            Piece::Matches(matches) => {
                matches.take(&mut |matched, record| self.admit(matched, record))?;
                Ok(None)
            }
            Piece::End(Ok(tally)) => Ok(Some(self.read(name, &tally))),
            Piece::End(Err(error)) => {
                self.lose(&format!("{name}: {error:#}"));
                Ok(Some(false))
            }
        }
    }

    /// An input is done: its alerts go out before it is remembered.
    ///
    /// # Errors
    /// When alerts or the checkpoint cannot be written.
    pub(crate) fn done(&mut self, input: &Input, is_whole: bool) -> Result<()> {
        self.flush()?;
        if self.is_closed {
            return Ok(());
        }
        let name = input.name();
        if is_whole {
            self.checkpoint.done(&name, input.size);
        } else if !self.checkpoint.failed(&name, input.size) && self.path.is_some() {
            self.warn(&format!("{name}: given up after {MAX_ATTEMPTS} attempts"));
        }
        self.save_now_and_then()
    }

    /// Lets alerts out, and writes the checkpoint if that is some time ago.
    ///
    /// # Errors
    /// When alerts or the checkpoint cannot be written.
    pub(crate) fn save_now_and_then(&mut self) -> Result<()> {
        self.flush()?;
        let pause = SAVED_EVERY.max(self.saving * 20);
        if self.saved.elapsed() >= pause { self.save() } else { Ok(()) }
    }

    /// Everything that waits goes out.
    ///
    /// # Errors
    /// When alerts cannot be written.
    pub(crate) fn flush(&mut self) -> Result<()> {
        let flushed = self.writer.flush();
        self.unless_closed(flushed)
    }

    /// Writes the checkpoint.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn save(&mut self) -> Result<()> {
        self.flush()?;
        let begun = Instant::now();
        if let Some(path) = self.path.as_ref().filter(|_| !self.is_closed) {
            state::save(path, &self.checkpoint, &self.windows.snapshot())?;
        }
        self.saved = Instant::now();
        self.saving = begun.elapsed();
        Ok(())
    }

    /// An alert that is not from a rule.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn alert(&mut self, alert: &Alert) -> Result<()> {
        self.counts.alert(alert);
        let written = self.writer.write(alert);
        self.unless_closed(written)
    }

    /// Something could not be read.
    pub(crate) fn lose(&mut self, what: &str) {
        self.counts.lost = self.counts.lost.saturating_add(1);
        self.warn(what);
    }

    /// Whether alerts go out, or nobody reads them.
    pub(crate) const fn is_open(&self) -> bool {
        !self.is_closed
    }

    /// A rule matched. This is the one place that every match passes, in the order of records.
    fn admit(&mut self, matched: Match, record: &[u8]) -> Result<()> {
        let Match { hit, identity, number, .. } = matched;
        if identity.is_some_and(|identity| !self.is_new(&hit, identity)) {
            self.counts.repeated = self.counts.repeated.saturating_add(1);
            return Ok(());
        }
        match hit {
            Hit::Alert(alert) => self.alert(&alert),
            Hit::Watch(watch) => {
                let Some(outcome) = self.windows.observe(&watch) else { return Ok(()) };
                match self.teller.alert((watch, outcome), record, number) {
                    Some(alert) => self.alert(&alert),
                    None => Ok(()),
                }
            }
        }
    }

    /// Whether the rule had the record before. The steps of a sequence may match one record, each
    /// once.
    fn is_new(&mut self, hit: &Hit, identity: u64) -> bool {
        match hit {
            Hit::Alert(alert) => self.checkpoint.is_new_alert(&alert.rule, 0, identity),
            Hit::Watch(watch) => {
                let rule = self.windows.rule(watch);
                self.checkpoint.is_new_alert(rule, watch.observation.step, identity)
            }
        }
    }

    fn read(&mut self, name: &str, tally: &Tally) -> bool {
        let counts = &mut self.counts;
        counts.inputs = counts.inputs.saturating_add(1);
        counts.records = counts.records.saturating_add(tally.records);
        counts.bytes = counts.bytes.saturating_add(tally.bytes);
        counts.lost = counts.lost.saturating_add(tally.losses);
        for loss in &tally.described {
            self.warn(&format!("{name}: {loss}"));
        }
        tally.losses == 0
    }

    /// Something that is counted elsewhere.
    pub(crate) fn warn(&mut self, what: &str) {
        self.told += 1;
        if self.told <= MAX_TOLD {
            self.terminal.warn(&plain(what));
        }
    }

    /// Says what was not said one by one; gives what was done.
    ///
    /// # Errors
    /// When alerts or the checkpoint cannot be written.
    pub(crate) fn finish(mut self) -> Result<Counts> {
        self.save()?;
        if self.windows.lost() > 0 {
            let lost = usize::try_from(self.windows.lost()).unwrap_or(usize::MAX);
            let what = plural(lost, "observation");
            self.terminal.warn(&format!("{what} of windows had to be forgotten to save memory"));
        }
        if let Some(more) = self.told.checked_sub(MAX_TOLD).filter(|more| *more > 0) {
            self.terminal.warn(&format!("and {} that were not shown", plural(more, "problem")));
        }
        Ok(self.counts)
    }

    /// A reader that has seen enough (`| head`) ends the job, and is no failure.
    fn unless_closed(&mut self, written: io::Result<()>) -> Result<()> {
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.stop.now();
                self.is_closed = true;
                Ok(())
            }
            other => other.context("cannot write alerts"),
        }
    }
}
