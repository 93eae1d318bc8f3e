//! `farguard investigate`: the timeline of one actor.

use std::fs;

use anyhow::{Context, Result};
use farguard_rules::Detector;
use farguard_trail::{
    CloudTrail, Record, Trail,
    timeline::{Actor, Investigation},
};

use crate::{
    args::investigate::{InvestigateArgs, TimelineFormat},
    cmd::detect::{self, Records},
    exit::Exit,
    terminal::{Terminal, print},
    text::{plain, plural},
};

/// Problems that are told one by one.
const MAX_TOLD: usize = 10;

/// Reads all records twice: to learn whose later sessions are the actor's, and to collect its calls.
pub(crate) fn run(args: &InvestigateArgs, terminal: &Terminal) -> Result<Exit> {
    let actor = Actor::parse(&args.actor);
    let records = Records::new(&args.trail, args.select.selection(), &args.aws.options())?;
    let detector = detect::compile_for_trail(&args.rules, terminal)?;
    let mut investigation = Investigation::new(actor);
    let is_lasting = records.are_lasting();
    if is_lasting {
        records.each(&mut |record, _| investigation.learn(record))?;
    } else {
        terminal.note("standard input is read once: sessions are followed as they begin");
    }
    let mut judge = Judge::new(&detector);
    let problems = records.each(&mut |record, number| {
        if !is_lasting {
            investigation.learn(record);
        }
        let alerts = judge.alerts(record, number);
        let alerts: Vec<&str> = alerts.iter().map(String::as_str).collect();
        investigation.add(record, &alerts);
    })?;
    for problem in problems.iter().take(MAX_TOLD) {
        terminal.warn(&plain(problem));
    }
    if let Some(more) = problems.len().checked_sub(MAX_TOLD).filter(|more| *more > 0) {
        terminal.warn(&format!("and {} more", plural(more, "problem")));
    }
    let timeline = investigation.finish();
    let text = match args.format {
        TimelineFormat::Text => timeline.text(),
        TimelineFormat::Json => format!("{}\n", timeline.json()?),
        TimelineFormat::Mermaid => timeline.mermaid(),
    };
    match &args.output {
        Some(path) => fs::write(path, text)
            .with_context(|| format!("cannot write the timeline to `{}`", path.display()))?,
        None => print(&text)?,
    }
    Ok(match (timeline.counts.alerts.is_empty(), problems.is_empty()) {
        (false, _) => Exit::Findings,
        (true, false) => Exit::CouldNotRun,
        (true, true) => Exit::Clean,
    })
}

/// The rules that records match, one record after the other.
struct Judge<'d> {
    detector: &'d Detector<CloudTrail>,
    scratch: farguard_rules::DetectorScratch,
    windows: farguard_rules::Windows,
}

impl<'d> Judge<'d> {
    fn new(detector: &'d Detector<CloudTrail>) -> Self {
        Self { detector, scratch: detector.scratch(), windows: detector.windows() }
    }

    fn alerts(&mut self, record: &Record<'_>, number: u64) -> Vec<String> {
        let mut alerts = Vec::new();
        let Self { detector, scratch, windows } = self;
        let event = Trail { record, number };
        detector.alerts(event, scratch, windows, &mut |alert| alerts.push(alert.rule));
        alerts
    }
}
