//! Rules, compiled, and as threads hold them against CloudTrail records.

use anyhow::{Result, ensure};
use farguard_rules::{
    RuleSet, Source,
    detector::{Detector, DetectorScratch},
    engine::{Matching, Options as EngineOptions},
};
use farguard_trail::{CloudTrail, Key, Record, Trail};

use super::{
    options::Options,
    rules,
    trail::{Examiner, Match},
};
use crate::{args::detect::RuleArgs, detection::say, terminal::Terminal, text::plain};

/// The rules for a source that flags choose; those that are built in are for CloudTrail.
///
/// # Errors
/// When a rule file cannot be read or has errors.
pub(super) fn compile<S: Source>(
    args: &RuleArgs,
    options: &Options,
    terminal: &Terminal,
) -> Result<Detector<S>> {
    let with_built_in = S::NAME == CloudTrail::NAME && !args.no_builtin_rules;
    let set = rules::load(args, options, with_built_in, terminal)?;
    let all = args.all_matches || options.all_matches;
    let matching = if all { Matching::All } else { Matching::First };
    let options = EngineOptions { matching, ..EngineOptions::default() };
    let (detector, faults) = Detector::compile(&set, &options);
    let windows = faults.windows.iter().map(|fault| plain(&fault.to_string()));
    let errors: Vec<String> = faults.rules.iter().map(say).chain(windows).collect();
    ensure!(errors.is_empty(), "{}", rules::told(&errors));
    if detector.is_empty() {
        terminal
            .warn(&format!("no rule for the source `{}` runs: --rules FILE adds some", S::NAME));
    }
    Ok(detector)
}

/// No rules at all.
pub(super) fn none() -> Detector<CloudTrail> {
    Detector::compile(&RuleSet::default(), &EngineOptions::default()).0
}

/// The rules, and what one thread needs to ask them.
pub(super) struct Examination<'a> {
    detector: &'a Detector<CloudTrail>,
    scratch: DetectorScratch,
}

impl<'a> Examination<'a> {
    pub(super) fn new(detector: &'a Detector<CloudTrail>) -> Self {
        Self { detector, scratch: detector.scratch() }
    }
}

impl Examiner for Examination<'_> {
    fn examine(&mut self, record: &Record<'_>, number: u64, matches: &mut Vec<Match>) {
        self.detector.look(Trail { record, number }, &mut self.scratch, &mut |hit| {
            matches.push(Match { hit, record: identity(record) });
        });
    }
}

/// What tells a record from others: its id, time and name. Ids alone are the same for records whose
/// ids somebody has made unreadable.
fn identity(record: &Record<'_>) -> String {
    let raw = |key| record.get(key).and_then(|value| value.raw());
    let parts = [Key::EventId, Key::EventTime, Key::EventName].map(raw);
    match parts.first() {
        Some(Some(_)) => {
            let texts = parts.into_iter().flatten().map(String::from_utf8_lossy);
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}
