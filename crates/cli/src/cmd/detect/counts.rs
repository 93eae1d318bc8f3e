//! What a job has done.

use std::collections::BTreeMap;

use farguard_rules::Alert;

/// Figures of a job.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Files, objects, messages with a record in them, captures.
    pub(crate) inputs: u64,
    /// Records or events in them.
    pub(crate) records: u64,
    /// Bytes, inflated.
    pub(crate) bytes: u64,
    /// Parts that gave no record, and inputs that could not be read.
    pub(crate) lost: u64,
    /// Alerts, and verified files that are not as they should be.
    pub(crate) alerts: u64,
    /// Alerts that were out before.
    pub(crate) repeated: u64,
    /// Alerts by rule.
    pub(crate) rules: BTreeMap<String, u64>,
}

impl Counts {
    /// An alert goes out.
    pub(crate) fn alert(&mut self, alert: &Alert) {
        self.alerts = self.alerts.saturating_add(1);
        let rule = self.rules.entry(alert.rule.clone()).or_default();
        *rule = rule.saturating_add(1);
    }
}
