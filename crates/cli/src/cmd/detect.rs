//! `farguard detect`: events against rules of the Falco language.

mod capture;
mod counts;
mod engine;
mod options;
mod output;
mod rules;
mod stats;
mod stop;
mod trail;

use std::time::Instant;

use anyhow::Result;
use farguard_rules::Detector;
use farguard_trail::CloudTrail;

pub(crate) use self::trail::Records;

use self::{
    counts::Counts,
    engine::{Examination, Teller},
    options::Options,
    output::AlertWriter,
};
use crate::{
    args::{DetectArgs, detect::RuleArgs},
    exit::Exit,
    terminal::Terminal,
};

/// Reads events, holds rules against them, and lets alerts out.
pub(crate) fn run(args: &DetectArgs, terminal: &Terminal) -> Result<Exit> {
    let options = Options::read(&args.alerts.options)?;
    let begun = Instant::now();
    let (counts, noun) = match &args.capture {
        Some(path) => (capture::run(path, args, &options, terminal)?, "event"),
        None => (trail(args, &options, terminal)?, "record"),
    };
    if args.alerts.stats {
        stats::print(&counts, noun, begun.elapsed());
    }
    Ok(exit(&counts))
}

/// The rules for CloudTrail that flags choose.
///
/// # Errors
/// When a rule file cannot be read or has errors.
pub(crate) fn compile_for_trail(
    args: &RuleArgs,
    terminal: &Terminal,
) -> Result<Detector<CloudTrail>> {
    engine::compile(args, &Options::default(), terminal)
}

fn trail(args: &DetectArgs, options: &Options, terminal: &Terminal) -> Result<Counts> {
    let job = trail::Job::new(args, terminal)?;
    let detector = match args.trail_args.verify_only {
        true => engine::none(),
        false => engine::compile(&args.rules, options, terminal)?,
    };
    let writer = AlertWriter::open(&args.alerts, options)?;
    job.run(writer, detector.windows(), Teller::new(&detector), || Examination::new(&detector))
}

/// Alerts count more than what could not be read, and that more than nothing.
const fn exit(counts: &Counts) -> Exit {
    match (counts.alerts, counts.lost) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::CouldNotRun,
        _ => Exit::Findings,
    }
}
