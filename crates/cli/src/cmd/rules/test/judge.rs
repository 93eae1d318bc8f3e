//! Which rules fire on the events of a test.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result, bail};
use farguard_authoring::yaml::Node;
use farguard_events::{Event, State, Syscalls, capture::Item};
use farguard_rules::{
    Detector, DetectorScratch, Options, RuleSet, Source, Windows, engine::Matching, extension::json,
};
use farguard_trail::{CloudTrail, Record, Trail};

use super::scene::Scene;
use crate::cmd::capture;

/// The rules of a test: every rule that matches counts, whichever stands first.
pub(super) struct Judge {
    syscalls: Detector<Syscalls>,
    trail: Detector<CloudTrail>,
}

impl Judge {
    pub(super) fn new(rules: &RuleSet) -> Result<Self> {
        let options = Options { matching: Matching::All, ..Options::default() };
        let (syscalls, faults) = Detector::compile(rules, &options);
        let (trail, more) = Detector::compile(rules, &options);
        if let Some(error) = faults.windows.iter().chain(&more.windows).next() {
            bail!("{error}");
        }
        if let Some(remark) = faults.rules.iter().chain(&more.rules).next() {
            bail!("{}", remark.message);
        }
        Ok(Self { syscalls, trail })
    }

    /// The rules that fire on events of a source.
    pub(super) fn events(&self, source: &str, events: &[Node]) -> Result<BTreeSet<String>> {
        match source {
            CloudTrail::NAME => self.records(events),
            Syscalls::NAME => self.scenes(events),
            other => bail!("Farguard reads no events of the source `{other}`"),
        }
    }

    fn records(&self, events: &[Node]) -> Result<BTreeSet<String>> {
        let (mut scratch, mut windows) = (self.trail.scratch(), self.trail.windows());
        let mut fired = BTreeSet::new();
        for (number, node) in (1..).zip(events) {
            let text = json(node).to_string();
            let record = Record::parse(text.as_bytes())
                .with_context(|| format!("event {number} is no CloudTrail record"))?;
            let event = Trail { record: &record, number };
            self.trail.alerts(event, &mut scratch, &mut windows, &mut |alert| {
                fired.insert(alert.rule);
            });
        }
        Ok(fired)
    }

    fn scenes(&self, events: &[Node]) -> Result<BTreeSet<String>> {
        let (mut scene, mut watch) = (Scene::default(), Watch::new(&self.syscalls));
        for (number, node) in (1..).zip(events) {
            let built = scene
                .event(number, &json(node))
                .with_context(|| format!("event {number} cannot be made"))?;
            watch.see(scene.state(), &built.event());
        }
        Ok(watch.fired)
    }

    /// The rules that fire on a capture.
    pub(super) fn capture(&self, path: &Path) -> Result<BTreeSet<String>> {
        let about = || format!("cannot read the capture `{}`", path.display());
        let mut reader = capture::open(path)?;
        let (mut state, mut watch) = (State::default(), Watch::new(&self.syscalls));
        while let Some(item) = reader.read().with_context(about)? {
            match item {
                Item::Head(head) => state.take(head),
                Item::StateOnly(event) => {
                    state.enter(&event);
                    state.leave(&event);
                }
                Item::Event(event) => watch.see(&mut state, &event),
            }
        }
        Ok(watch.fired)
    }
}

/// The rules for system calls, and which of them fired.
struct Watch<'d> {
    detector: &'d Detector<Syscalls>,
    scratch: DetectorScratch,
    windows: Windows,
    fired: BTreeSet<String>,
}

impl<'d> Watch<'d> {
    fn new(detector: &'d Detector<Syscalls>) -> Self {
        let (scratch, windows) = (detector.scratch(), detector.windows());
        Self { detector, scratch, windows, fired: BTreeSet::new() }
    }

    fn see(&mut self, state: &mut State, event: &Event<'_>) {
        let Self { detector, scratch, windows, fired } = self;
        state.enter(event);
        detector.alerts(&state.view(event), scratch, windows, &mut |alert| {
            fired.insert(alert.rule);
        });
        state.leave(event);
    }
}
