//! What verifying gave: findings become alerts, the rest is said at the end.

use std::collections::BTreeMap;

use anyhow::Result;
use farguard_rules::{Alert, Source};
use farguard_trail::{
    CloudTrail,
    digest::{Finding, Outcome},
};

use super::super::sink::Sink;
use crate::{
    terminal::Terminal,
    text::{plain, plural},
};

/// Tags of all findings.
const TAGS: [&str; 4] = ["aws", "aws_cloudtrail", "integrity", "mitre_T1070"];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Digests that were read.
    pub(super) digests: usize,
    /// Log files that are there.
    pub(super) files: usize,
    /// What was not told yet.
    pub(super) outcomes: Vec<Outcome>,
    findings: usize,
    /// Files that are not covered, by the reason: how many, and one of them.
    uncovered: BTreeMap<String, (usize, String)>,
}

impl Report {
    /// Tells what was found since the last time.
    ///
    /// # Errors
    /// When alerts cannot be written.
    pub(super) fn tell(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        for outcome in std::mem::take(&mut self.outcomes) {
            match outcome {
                Outcome::Finding(finding) => {
                    self.findings += 1;
                    sink.alert(&alert(&finding))?;
                }
                Outcome::NotAssessed { file, why, at_edge: false } => {
                    sink.lose(&format!("{file}: not assessed: {why}"));
                }
                Outcome::NotAssessed { file, why, at_edge: true } => {
                    self.uncovered.entry(why).or_insert((0, file)).0 += 1;
                }
            }
        }
        Ok(())
    }

    /// Says what was verified and what was not.
    pub(super) fn finish(&self, sink: &mut Sink<'_>, terminal: &Terminal) {
        if self.digests == 0 {
            sink.lose("not assessed: there are no digests; is log file validation on?");
        }
        for (why, (count, file)) in &self.uncovered {
            let files = plural(*count, "file");
            terminal.note(&plain(&format!("not assessed: {files}: {why} ({file})")));
        }
        terminal.note(&format!(
            "verified {} and {}: {}",
            plural(self.digests, "digest"),
            plural(self.files, "log file"),
            plural(self.findings, "finding"),
        ));
    }
}

fn alert(finding: &Finding) -> Alert {
    let Finding { fault, file, why, time } = finding;
    let fields = vec![
        ("file".to_owned(), file.as_str().into()),
        ("reason".to_owned(), why.as_str().into()),
        ("finding".to_owned(), fault.id().into()),
    ];
    Alert {
        time_ns: u64::try_from(time.as_nanosecond()).unwrap_or_default(),
        rule: fault.id().to_owned(),
        priority: fault.priority(),
        source: CloudTrail::NAME,
        output: format!("{}: {why} (file={file})", fault.title()),
        fields,
        tags: TAGS.map(str::to_owned).to_vec(),
    }
}
