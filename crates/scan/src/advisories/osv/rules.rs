//! What publishers write where: names, ratings, summaries.

use super::schema::{Affected, Record, Severity};

/// Most references worth keeping: reports show a handful.
const MAX_REFERENCES: usize = 3;
/// Longest summary kept, in characters.
const MAX_SUMMARY: usize = 160;

/// The other names of a vulnerability.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) aliases: Vec<String>,
    pub(super) upstream: Vec<String>,
}

/// Aliases are the same vulnerability; upstream are those a distribution's record covers.
///
/// Red Hat's family and SUSE have put them into `related`, and some distributions put all CVEs
/// of one update into `aliases`, where they are not the same vulnerability.
pub(super) fn names(raw: &Record, distribution: bool) -> Names {
    let mut aliases = raw.aliases.clone();
    let mut upstream = raw.upstream.clone();
    if distribution {
        if upstream.is_empty() {
            upstream = raw.related.iter().filter(|id| is_cve(id)).cloned().collect();
        }
        if upstream.is_empty() {
            upstream = raw.references.iter().filter_map(|r| cve_of_url(&r.url)).collect();
        }
        if aliases.iter().filter(|id| is_cve(id)).count() > 1 {
            upstream.extend(aliases.extract_if(.., |id| is_cve(id)));
        }
    }
    for list in [&mut aliases, &mut upstream] {
        list.retain(|id| !id.is_empty() && *id != raw.id && !id.contains(char::is_control));
        list.sort();
        list.dedup();
    }
    Names { aliases, upstream }
}

fn is_cve(id: &str) -> bool {
    id.starts_with("CVE-")
}

/// The CVE that a page is about: `https://.../cve/CVE-2025-22247.html`.
fn cve_of_url(url: &str) -> Option<String> {
    let last = url.rsplit('/').next()?;
    let last = last.strip_suffix(".html").unwrap_or(last);
    let number = last.strip_prefix("CVE-")?;
    number.bytes().all(|b| b.is_ascii_digit() || b == b'-').then(|| last.to_owned())
}

/// Bug-fix and enhancement updates (`ALBA`, `RHEA`) come in the same feeds as security updates.
pub(super) fn is_plain_update(id: &str, names: &Names) -> bool {
    const KINDS: [&str; 6] = ["ALBA-", "ALEA-", "RHBA-", "RHEA-", "RLBA-", "RLEA-"];
    KINDS.iter().any(|kind| id.starts_with(kind))
        && names.upstream.is_empty()
        && names.aliases.is_empty()
}

/// What the publisher calls the severity of the record.
pub(super) fn rating(raw: &Record) -> String {
    if let Some(rating) = raw.database_specific.text("severity") {
        return rating.to_owned();
    }
    if let Some(priority) = raw.severity.iter().find(|s| s.kind == "Ubuntu") {
        return priority.score.clone();
    }
    // The Red Hat family: `Important: openssl security update`.
    match raw.summary.split_once(": ") {
        Some((word @ ("Critical" | "Important" | "Moderate" | "Low"), _)) => word.to_owned(),
        _ => String::new(),
    }
}

/// What the publisher calls the severity for this package.
pub(super) fn package_rating(entry: &Affected) -> String {
    let specific = &entry.ecosystem_specific;
    if let Some(urgency) = specific.text("urgency") {
        // Debian's tracker uses one field for the rating and for the state of a release.
        return match urgency {
            "not yet assigned" | "end-of-life" => String::new(),
            urgency => urgency.to_owned(),
        };
    }
    let priority = entry.severity.iter().find(|s| s.kind == "Ubuntu").map(|s| s.score.as_str());
    let rating = specific
        .text("ubuntu_priority")
        .or(priority)
        .or_else(|| specific.text("severity"))
        .or_else(|| entry.database_specific.text("severity"))
        .or_else(|| entry.database_specific.text("informational"));
    rating.unwrap_or_default().to_owned()
}

/// What the publisher says of the fix.
pub(super) fn fix_state(entry: &Affected) -> String {
    match entry.ecosystem_specific.text("urgency") {
        Some("end-of-life") => "end-of-life".to_owned(),
        _ => String::new(),
    }
}

/// CVSS vectors; ratings in words are read by [`rating`].
pub(super) fn vectors(severity: &[Severity]) -> Vec<(String, String)> {
    severity
        .iter()
        .filter(|s| s.kind.starts_with("CVSS_") && !s.score.is_empty())
        .map(|s| (s.kind.clone(), s.score.clone()))
        .collect()
}

/// The summary, or the first line of the details, in one short line.
pub(super) fn summary(raw: &Record) -> String {
    let source = [raw.summary.as_str(), raw.details.as_str()];
    let lines = source.iter().flat_map(|text| text.lines());
    let line = lines.map(|line| line.trim_start_matches('#').trim()).find(|line| !line.is_empty());
    let text: String = line.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if text.chars().count() <= MAX_SUMMARY {
        return text;
    }
    let cut: String = text.chars().take(MAX_SUMMARY).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}...", cut.get(..end).unwrap_or(&cut))
}

/// Pages about it, those that explain it first.
pub(super) fn references(raw: &Record) -> Vec<String> {
    let rank = |kind: &str| match kind {
        "ADVISORY" => 0,
        "REPORT" => 1,
        "WEB" | "ARTICLE" => 2,
        _ => 3,
    };
    let is_page = |url: &str| {
        (url.starts_with("https://") || url.starts_with("http://"))
            && url.len() <= 300
            && !url.contains(|c: char| c.is_control() || c.is_whitespace())
    };
    let mut pages: Vec<_> = raw.references.iter().filter(|r| is_page(&r.url)).collect();
    pages.sort_by_key(|r| rank(&r.kind));
    pages.into_iter().take(MAX_REFERENCES).map(|r| r.url.clone()).collect()
}
