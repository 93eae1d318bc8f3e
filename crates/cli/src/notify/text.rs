//! A digest in words.

use std::fmt::Write;

use farguard_model::Severity;

use super::digest::{Digest, Item, Summary, Target};
use crate::text::{plain, plural};

/// Findings of one target that people are shown.
pub(super) const SHOWN_PER_TARGET: usize = 10;
/// Targets that people are shown.
const MAX_TARGETS: usize = 40;

/// One line on the whole: `3 fail, 2 warn in 2 targets`.
pub(super) fn headline(digest: &Digest<'_>) -> String {
    let Summary { findings, failed, warned, .. } = digest.summary;
    let what = match digest.event {
        "rescan" => format!("{findings} new or worse"),
        _ if digest.outcome.is_some() => match (failed, warned) {
            (_, 0) => format!("{failed} fail"),
            (0, _) => format!("{warned} warn"),
            _ => format!("{failed} fail, {warned} warn"),
        },
        _ => plural(findings, "finding"),
    };
    format!("Farguard {}: {what} in {}", digest.event, plural(digest.summary.targets, "target"))
}

/// `2 critical, 1 high, 1 known to be exploited`.
pub(super) fn severities(summary: &Summary) -> String {
    let count = |severity| match severity {
        Severity::Critical => summary.critical,
        Severity::High => summary.high,
        Severity::Medium => summary.medium,
        Severity::Low => summary.low,
        Severity::Negligible => summary.negligible,
        Severity::Unknown => summary.unknown,
    };
    let by_severity = Severity::WORST_FIRST.into_iter().map(|s| (count(s), s.as_str()));
    let others = [(summary.exploited, "known to be exploited"), (summary.fixable, "with a fix")];
    let parts = by_severity.chain(others).filter(|(count, _)| *count > 0);
    parts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

/// The name of a target, with the container that uses it.
pub(super) fn target_name(target: &Target<'_>) -> String {
    match &target.container {
        Some(container) => format!("{container} ({})", target.name),
        None => target.name.to_owned(),
    }
}

/// One finding in one line: `fail  CVE-2023-4911  high  libc6: upgrade ... (exploited)`.
pub(super) fn item(item: &Item<'_>) -> String {
    let word = item.outcome.map(|outcome| outcome.as_str()).or(item.change);
    let mut line = word.map(|word| format!("{word}: ")).unwrap_or_default();
    let _ = write!(line, "{} {} {}", item.severity, item.id, item.subject);
    match (item.fixed_in, item.remediation) {
        (Some(version), _) => {
            let _ = write!(line, ", fixed in {version}");
        }
        (None, Some(remediation)) => {
            let _ = write!(line, ": {remediation}");
        }
        (None, None) => {}
    }
    if item.exploited {
        line += ", known to be exploited";
    }
    plain(&line)
}

/// Findings of a target that are not shown.
pub(super) fn hidden(target: &Target<'_>) -> usize {
    target.findings.len().saturating_sub(SHOWN_PER_TARGET) + target.omitted
}

/// What is not listed, said in one line; nothing when all is.
pub(super) fn rest(count: usize) -> Option<String> {
    (count > 0).then(|| format!("and {}: see the report", plural(count, "more finding")))
}

/// The digest as plain text.
pub(super) fn page(digest: &Digest<'_>) -> String {
    let mut page = format!("{}\n{}\n", headline(digest), severities(&digest.summary));
    match digest.owner {
        Some(owner) => {
            page += &format!("Owner: {} (after {})\n", plain(&owner.name), plain(&owner.source))
        }
        None => page += "Owner: nobody is known\n",
    }
    for target in digest.targets.iter().take(MAX_TARGETS) {
        page += &format!("\n{}\n", plain(&target_name(target)));
        for found in target.findings.iter().take(SHOWN_PER_TARGET) {
            page += &format!("  {}\n", item(found));
        }
        if let Some(rest) = rest(hidden(target)) {
            page += &format!("  {rest}\n");
        }
    }
    if let Some(rest) = rest(digest.behind(MAX_TARGETS)) {
        page += &format!("\n{rest}\n");
    }
    page
}
