//! The words that several formats use for the same thing.

mod target;

use std::borrow::Cow;

use farguard_model::{
    Area, Decision, Detail, Edit, Finding, Location, Outcome, ScanReport, Scanner, SecretPlace,
    Severity, TargetKind, Verdict,
};

use crate::{
    summary::Summary,
    text::{count, thousands},
};

pub(crate) use target::{family, repository, repository_file};

/// The code of the problem of an image that a task definition names and nobody could pull.
const IMAGE_NOT_SCANNED: &str = "image-not-scanned";

/// Where a finding can be seen, as people look for it: `Dockerfile:7:5`, `build step 3`.
pub(crate) fn place(finding: &Finding) -> Option<String> {
    if let Detail::Secret(secret) = &finding.detail {
        match &secret.place {
            SecretPlace::File => {}
            SecretPlace::ImageEnvironment(name) => {
                return Some(format!("environment variable {name}"));
            }
            SecretPlace::ImageLabel(name) => return Some(format!("label {name}")),
            SecretPlace::ImageHistory(step) => return Some(format!("build step {step}")),
            // The subject is `CONTAINER: VARIABLE`.
            SecretPlace::TaskEnvironment(_) | SecretPlace::TaskSetting(_) => {
                let file = finding.location.as_ref().map(|at| position(at) + ", ");
                let what = &finding.subject.name;
                return Some(format!("{}container {what}", file.unwrap_or_default()));
            }
        }
    }
    finding.location.as_ref().map(position)
}

/// `path:line:column`, as far as it is known.
pub(crate) fn position(location: &Location) -> String {
    let number = |n: Option<u32>| n.map(|n| format!(":{n}")).unwrap_or_default();
    // A column without its line says nothing.
    let column = location.column.filter(|_| location.line.is_some());
    format!("{}{}{}", location.path, number(location.line), number(column))
}

/// Layers as people count them, from 1.
pub(crate) fn layer_number(layer: u32) -> u64 {
    u64::from(layer) + 1
}

/// The build instruction of a layer.
pub(crate) fn created_by(report: &ScanReport, layer: u32) -> Option<&str> {
    report.layers.get(usize::try_from(layer).ok()?)?.created_by.as_deref()
}

/// Said of a secret whose file a later layer deletes.
pub(crate) fn removed(finding: &Finding) -> Option<String> {
    let Detail::Secret(secret) = &finding.detail else { return None };
    let layer = layer_number(secret.removed_by_layer?);
    Some(format!("deleted by layer {layer}, still in the image"))
}

/// The text that is wrong, without secrets.
pub(crate) fn excerpt(finding: &Finding) -> Option<&str> {
    match &finding.detail {
        Detail::Secret(secret) => Some(&secret.masked),
        Detail::Misconfiguration(check) => check.excerpt.as_deref(),
        Detail::Vulnerability(_) | Detail::Violation(_) => None,
    }
}

/// What to do, in one sentence: in words, or what to write instead.
pub(crate) fn fix(finding: &Finding) -> Option<Cow<'_, str>> {
    if let Some(remediation) = &finding.remediation {
        return Some(Cow::Borrowed(remediation));
    }
    let Detail::Misconfiguration(check) = &finding.detail else { return None };
    let edit = check.fix.as_ref()?;
    let replacement = edit.replacement.trim();
    Some(Cow::Owned(if replacement.is_empty() {
        "take it out".to_owned()
    } else {
        format!("write `{replacement}`")
    }))
}

/// The replacement that puts a check right, unless it makes no sense.
pub(crate) fn edit(finding: &Finding) -> Option<&Edit> {
    let Detail::Misconfiguration(check) = &finding.detail else { return None };
    let edit = check.fix.as_ref()?;
    let start = (edit.start_line, edit.start_column);
    let counts_from_one = edit.start_line > 0 && edit.start_column > 0 && edit.end_column > 0;
    (counts_from_one && start <= (edit.end_line, edit.end_column)).then_some(edit)
}

/// Line and column behind the end of what is wrong, where that is known: it reaches at least to the
/// end of what is to be replaced.
pub(crate) fn end(finding: &Finding) -> Option<(u32, u32)> {
    let location = finding.location.as_ref()?;
    let edit = edit(finding)?;
    let end = (edit.end_line, edit.end_column);
    (end > (location.line?, location.column.unwrap_or(1))).then_some(end)
}

/// Heading of the checks of an area.
pub(crate) const fn area_title(area: Area) -> &'static str {
    match area {
        Area::Image => "Image",
        Area::BuildFile => "Build file",
        Area::TaskDefinition => "Task definition",
    }
}

/// Every area, in the order of sections.
pub(crate) const AREAS: [Area; 3] = [Area::BuildFile, Area::Image, Area::TaskDefinition];

/// The checks of an area that are not passed and count.
pub(crate) fn checks(report: &ScanReport, area: Area) -> Vec<&Finding> {
    let of_area = |finding: &&Finding| match &finding.detail {
        Detail::Misconfiguration(check) => check.area == area,
        _ => false,
    };
    report.active_findings().filter(of_area).collect()
}

/// The secrets that count.
pub(crate) fn secrets(report: &ScanReport) -> Vec<&Finding> {
    report.active_findings().filter(|f| matches!(f.detail, Detail::Secret(_))).collect()
}

/// The demands of a policy that are not met.
pub(crate) fn violations(report: &ScanReport) -> Vec<&Finding> {
    report.active_findings().filter(|f| matches!(f.detail, Detail::Violation(_))).collect()
}

/// Whether the target is of a kind that has packages.
pub(crate) fn has_packages(report: &ScanReport) -> bool {
    let is_absent = report.problems.iter().any(|problem| problem.code == IMAGE_NOT_SCANNED);
    let without = is_absent
        || matches!(report.target.kind, TargetKind::BuildFile | TargetKind::TaskDefinition);
    !without || !report.packages.is_empty()
}

/// Whether nothing at all was read: the image of a container could not be had.
pub(crate) fn not_scanned(report: &ScanReport) -> bool {
    let nothing = report.scanners.is_empty() && report.packages.is_empty();
    nothing && report.container.is_some() && !report.problems.is_empty()
}

/// Whether packages were listed and nothing else was done.
pub(crate) fn only_listed(report: &ScanReport) -> bool {
    let nothing_else = report.scanners.is_empty() && report.database.is_none();
    nothing_else && has_packages(report) && !not_scanned(report)
}

/// Whether packages were matched with advisories.
pub(crate) fn matched(report: &ScanReport) -> bool {
    report.database.is_some() && has_packages(report)
}

/// Whether something was looked for, where it can be.
pub(crate) fn looked_for(report: &ScanReport, scanner: Scanner) -> bool {
    let possible = match scanner {
        Scanner::Vulnerabilities => return matched(report),
        Scanner::Secrets | Scanner::Checks => report.target.kind != TargetKind::Sbom,
    };
    possible && report.scanners.contains(&scanner)
}

/// What was not looked for although targets of the kind may have it.
pub(crate) fn not_looked_for(report: &ScanReport) -> Vec<&'static str> {
    if only_listed(report) || not_scanned(report) {
        return Vec::new();
    }
    let missing = |scanner: &Scanner| match scanner {
        Scanner::Vulnerabilities => has_packages(report) && !matched(report),
        Scanner::Secrets => !looked_for(report, *scanner),
        // Of task definitions only the environment is read.
        Scanner::Checks => {
            report.target.kind != TargetKind::TaskDefinition && !looked_for(report, *scanner)
        }
    };
    Scanner::ALL.into_iter().filter(missing).map(Scanner::as_str).collect()
}

/// What is said when everything that was looked for is in order; empty when something is not, or
/// when nothing was looked for.
pub(crate) fn all_clear(report: &ScanReport, summary: &Summary) -> Vec<String> {
    let but = |is_kind: fn(&Detail) -> bool| {
        let dismissed = report.findings.iter().filter(|finding| finding.suppression.is_some());
        let some = dismissed.into_iter().any(|finding| is_kind(&finding.detail));
        if some { ", but for what is suppressed" } else { "" }
    };
    let mut sentences = Vec::new();
    if matched(report) && summary.vulnerabilities == 0 {
        let could = if report.problems.is_empty() { "" } else { " that could be read" };
        let but = but(|detail| matches!(detail, Detail::Vulnerability(_)));
        sentences.push(match report.packages.len() {
            0 => "No packages were found, so there was nothing to match.".to_owned(),
            n => format!("Nothing known against {}{could}{but}.", count(n, "package")),
        });
    }
    if looked_for(report, Scanner::Secrets) && summary.secrets == 0 {
        let but = but(|detail| matches!(detail, Detail::Secret(_)));
        sentences.push(format!("No secrets found{but}."));
    }
    if looked_for(report, Scanner::Checks) && summary.checks == 0 {
        let but = but(|detail| matches!(detail, Detail::Misconfiguration(_)));
        sentences.push(format!("No check failed{but}."));
    }
    sentences
}

/// How many findings there are of each kind, without zeros.
pub(crate) fn kinds(summary: &Summary) -> Vec<String> {
    let kinds = [
        (summary.vulnerabilities, "vulnerability"),
        (summary.secrets, "secret"),
        (summary.checks, "failed check"),
        (summary.violations, "policy violation"),
    ];
    kinds.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(n, what)).collect()
}

/// Who brought how much, where the base image is known.
pub(crate) fn origins(report: &ScanReport, summary: &Summary) -> Option<String> {
    let base = report.image.as_ref()?.base.as_ref()?;
    let name = match (&base.name, &base.digest) {
        (Some(name), _) => format!("base image {name}"),
        (None, Some(digest)) => format!("base image {}", short_digest(digest)),
        (None, None) => format!("base image of {}", count_u32(base.layers, "layer")),
    };
    if summary.base + summary.own == 0 {
        return Some(match summary.active {
            0 => name,
            _ => format!("{name}; which findings it brought is not known"),
        });
    }
    let (base, own) = (count(summary.base, "finding"), thousands(summary.own));
    Some(format!("{name}: {base}, own layers: {own}"))
}

fn count_u32(number: u32, singular: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), singular)
}

/// The first twelve digits of a digest, as docker shows them.
pub(crate) fn short_digest(digest: &str) -> String {
    let hex = digest.rsplit_once(':').map_or(digest, |(_, hex)| hex);
    hex.chars().take(12).collect()
}

/// What an earlier report changes.
pub(crate) fn baseline(report: &ScanReport) -> Option<String> {
    let baseline = report.baseline.as_ref()?;
    Some(format!(
        "compared with {} of {}: {} known, {} gone",
        baseline.source,
        baseline.created.strftime("%Y-%m-%d"),
        count(baseline.known.len(), "finding"),
        thousands(baseline.gone)
    ))
}

/// `2 findings fail, 5 warn`, `nothing fails, 1 finding warns`.
pub(crate) fn verdict(verdict: &Verdict) -> String {
    let fails = match verdict.failed {
        0 => "nothing fails".to_owned(),
        1 => "1 finding fails".to_owned(),
        n => format!("{} findings fail", thousands(n)),
    };
    match verdict.warned {
        0 => fails,
        1 if verdict.failed != 1 => format!("{fails}, 1 warns"),
        n => format!("{fails}, {} warn{}", thousands(n), if n == 1 { "s" } else { "" }),
    }
}

/// What one rule of a policy says of some findings.
#[derive(Debug)]
pub(crate) struct Reason<'a> {
    pub(crate) decision: &'a Decision,
    /// Ids of the findings, each once, the most urgent first.
    pub(crate) ids: Vec<&'a str>,
    pub(crate) findings: usize,
}

/// Why a policy fails or warns: a line for each rule, failing rules first.
pub(crate) fn reasons(report: &ScanReport) -> Vec<Reason<'_>> {
    const MAX_IDS: usize = 3;
    let mut reasons: Vec<Reason<'_>> = Vec::new();
    let mut by_rule = std::collections::HashMap::new();
    for finding in report.active_findings() {
        let Some(decision) = finding.decision.as_ref().filter(|d| d.outcome > Outcome::Pass) else {
            continue;
        };
        let key = (decision.outcome, decision.rule.as_str());
        let at = *by_rule.entry(key).or_insert(reasons.len());
        if at == reasons.len() {
            reasons.push(Reason { decision, ids: Vec::new(), findings: 0 });
        }
        let Some(reason) = reasons.get_mut(at) else { continue };
        reason.findings += 1;
        if reason.ids.len() < MAX_IDS && !reason.ids.contains(&finding.id.as_str()) {
            reason.ids.push(&finding.id);
        }
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.decision.outcome));
    reasons
}

/// What the policy says of a finding, if it objects.
pub(crate) fn objection(finding: &Finding) -> Option<Outcome> {
    finding.decision.as_ref().map(|d| d.outcome).filter(|outcome| *outcome > Outcome::Pass)
}

/// How loud CI systems say a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error,
    Warning,
    Note,
}

/// What the policy says goes before how bad it is.
pub(crate) fn level(finding: &Finding) -> Level {
    match finding.decision.as_ref().map(|decision| decision.outcome) {
        Some(Outcome::Fail) => Level::Error,
        Some(Outcome::Warn) => Level::Warning,
        Some(Outcome::Pass) => Level::Note,
        None => match finding.severity {
            Severity::Critical | Severity::High => Level::Error,
            Severity::Medium => Level::Warning,
            Severity::Low | Severity::Negligible | Severity::Unknown => Level::Note,
        },
    }
}

/// The user that a container runs as, and whether that is known.
pub(crate) fn user(report: &ScanReport) -> Option<&str> {
    let of_container = report.container.as_ref().and_then(|usage| usage.user.as_deref());
    let user = of_container.or(report.image.as_ref().map(|image| image.user.as_str()))?;
    Some(if user.is_empty() { "root" } else { user })
}

/// One word for how a target fares: of the policy, or the worst severity.
pub(crate) fn outcome(report: &ScanReport) -> String {
    if not_scanned(report) {
        return "UNKNOWN".to_owned();
    }
    if let Some(verdict) = &report.verdict {
        return verdict.outcome.as_str().to_uppercase();
    }
    match report.worst() {
        Some(severity) => severity.as_str().to_uppercase(),
        None if report.problems.iter().any(farguard_model::Problem::is_gap) => "IN PART".to_owned(),
        None => "CLEAN".to_owned(),
    }
}

#[cfg(test)]
mod tests;
