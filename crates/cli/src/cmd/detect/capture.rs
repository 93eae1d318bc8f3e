//! `farguard detect --capture`: a recording of system calls against rules.

use std::{io, path::Path};

use anyhow::{Context, Result};
use farguard_events::{Event, State, Syscalls, capture::Item};
use farguard_rules::{Alert, Detector, DetectorScratch, Windows};

use super::{counts::Counts, engine, options::Options, output::AlertWriter};
use crate::{args::DetectArgs, cmd::capture, terminal::Terminal, text::plural};

/// Reads the capture to its end; gives what was done.
///
/// # Errors
/// When it cannot be opened, is no capture, or alerts cannot be written.
pub(super) fn run(
    path: &Path,
    args: &DetectArgs,
    options: &Options,
    terminal: &Terminal,
) -> Result<Counts> {
    let detector = engine::compile(&args.rules, options, terminal)?;
    let mut reader = capture::open(path)?;
    let mut replay = Replay::new(&detector, AlertWriter::open(&args.alerts, options)?);
    while let Some(item) =
        reader.read().with_context(|| format!("cannot read `{}`", path.display()))?
    {
        let goes_on = match item {
            Item::Head(head) => {
                replay.state.take(head);
                Ok(())
            }
            Item::StateOnly(event) => {
                replay.state.enter(&event);
                replay.state.leave(&event);
                Ok(())
            }
            Item::Event(event) => replay.event(&event),
        };
        match goes_on {
            // A reader that has seen enough (`| head`) ends the job, and is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            other => other.context("cannot write alerts")?,
        }
    }
    capture::tell(reader.problems(), path, terminal);
    let mut counts = replay.finish(terminal)?;
    counts.inputs = 1;
    counts.lost = counts.lost.saturating_add(reader.problems().count());
    Ok(counts)
}

/// The machine of the capture, and the rules that look at it.
struct Replay<'d> {
    detector: &'d Detector<Syscalls>,
    scratch: DetectorScratch,
    windows: Windows,
    state: State,
    writer: AlertWriter,
    counts: Counts,
    /// Alerts of the event at hand.
    alerts: Vec<Alert>,
}

impl<'d> Replay<'d> {
    fn new(detector: &'d Detector<Syscalls>, writer: AlertWriter) -> Self {
        Self {
            detector,
            scratch: detector.scratch(),
            windows: detector.windows(),
            state: State::default(),
            writer,
            counts: Counts::default(),
            alerts: Vec::new(),
        }
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Self { detector, scratch, windows, state, alerts, .. } = self;
        state.enter(event);
        if detector.wants(Syscalls::kind_of(event)) {
            let view = state.view(event);
            detector.alerts(&view, scratch, windows, &mut |alert| alerts.push(alert));
        }
        state.leave(event);
        self.counts.records = self.counts.records.saturating_add(1);
        for alert in self.alerts.drain(..) {
            self.counts.alert(&alert);
            self.writer.write(&alert)?;
        }
        Ok(())
    }

    /// Lets everything out, and says what had to be forgotten.
    fn finish(mut self, terminal: &Terminal) -> Result<Counts> {
        match self.writer.flush() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                return Err(error).context("cannot write alerts");
            }
            _ => {}
        }
        let lost = self.state.lost();
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        for (number, what) in [
            (lost.threads, "thread"),
            (lost.fds, "descriptor"),
            (lost.users, "user"),
            (self.windows.lost(), "observation of windows"),
        ] {
            if number > 0 {
                let what = plural(size(number), what);
                terminal.warn(&format!("{what} had to be forgotten to save memory"));
            }
        }
        Ok(self.counts)
    }
}
