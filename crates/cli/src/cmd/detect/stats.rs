//! What a job did, in figures.

use std::{
    io::{Write, stderr},
    time::Duration,
};

use super::counts::Counts;
use crate::text::{plain, plural, thousands};

/// Prints figures to standard error.
pub(super) fn print(counts: &Counts, noun: &str, took: Duration) {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let seconds = took.as_secs_f64();
    let mut text = format!(
        "{}, {} in {} and {seconds:.2} s; {}, {} not repeated; {} could not be read\n",
        plural(size(counts.records), noun),
        bytes(counts.bytes),
        plural(size(counts.inputs), "file"),
        plural(size(counts.alerts), "alert"),
        thousands(size(counts.repeated)),
        plural(size(counts.lost), "part"),
    );
    let mut rules: Vec<(&String, &u64)> = counts.rules.iter().collect();
    rules.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (rule, alerts) in rules {
        text += &format!("{:>10}  {}\n", thousands(size(*alerts)), plain(rule));
    }
    // A closed standard error is no reason to fail the job.
    let _ = stderr().write_all(text.as_bytes());
}

/// `1.5 GB`
fn bytes(count: u64) -> String {
    let mut rest = count;
    let mut tenths = 0;
    for unit in ["B", "KB", "MB", "GB"] {
        if rest < 1_000 {
            let fraction = if unit == "B" { String::new() } else { format!(".{tenths}") };
            return format!("{rest}{fraction} {unit}");
        }
        tenths = rest % 1_000 / 100;
        rest /= 1_000;
    }
    format!("{rest}.{tenths} TB")
}
