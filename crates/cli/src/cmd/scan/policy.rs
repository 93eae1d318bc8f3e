//! Judging reports by the policies that the flags name.

use anyhow::Result;
use farguard_model::ScanReport;
use farguard_policy::{Context, Policy};

use crate::{args::scan::PolicyArgs, policies, terminal::Terminal};

/// The policies of a run, and what they ask of it. Without policies it says nothing.
pub(crate) struct Gate {
    pub(crate) policies: Vec<Policy>,
    pub(crate) context: Context,
}

impl Gate {
    /// Reads the policies.
    ///
    /// # Errors
    /// When one cannot be read or has errors.
    pub(crate) fn new(args: &PolicyArgs, terminal: &Terminal) -> Result<Self> {
        let policies = args.policy.iter().map(|name| policies::load(name, terminal));
        let policies = policies.collect::<Result<Vec<Policy>>>()?;
        let context = Context::new(args.workflow, args.application.clone(), &args.in_house);
        Ok(Self { policies, context })
    }

    /// Gives every finding its decision, and the report its verdict.
    pub(crate) fn judge(&self, report: &mut ScanReport, terminal: &Terminal) {
        let notes = farguard_policy::apply(&self.policies, report, &self.context);
        notes.iter().for_each(|note| terminal.note(note));
    }
}
