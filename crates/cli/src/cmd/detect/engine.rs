//! Rules, compiled, and as threads hold them against CloudTrail records.

use anyhow::{Result, ensure};
use farguard_rules::{
    Alert, RuleSet, Source,
    detector::{Detector, DetectorScratch, Watch},
    engine::{Matching, Options as EngineOptions},
    window::Outcome,
};
use farguard_trail::{CloudTrail, Record, Trail};

use super::{
    options::Options,
    rules,
    trail::{Batch, Examiner},
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
    fn examine(&mut self, record: &Record<'_>, number: u64, matches: &mut Batch) {
        self.detector.look(Trail { record, number }, &mut self.scratch, &mut |hit| {
            matches.push(hit, record, number);
        });
    }
}

/// Says what there is to say of records that filled windows.
pub(super) struct Teller<'a> {
    detector: &'a Detector<CloudTrail>,
    scratch: DetectorScratch,
}

impl<'a> Teller<'a> {
    pub(super) fn new(detector: &'a Detector<CloudTrail>) -> Self {
        Self { detector, scratch: detector.scratch() }
    }

    /// The alert of a record that filled a window.
    pub(super) fn alert(
        &mut self,
        full: (Watch, Outcome),
        record: &[u8],
        number: u64,
    ) -> Option<Alert> {
        let record = Record::parse(record)?;
        let event = Trail { record: &record, number };
        let mut told = None;
        self.detector.tell(&[full], event, &mut self.scratch, &mut |alert| told = Some(alert));
        told
    }
}
