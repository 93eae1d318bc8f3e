//! What a finding says of all findings of its id.

use farguard_model::{Detail, Finding, Severity};
use serde_json::json;

use super::{
    convert::{plain, text},
    log::{Message, Properties, Rule},
};
use crate::{links, markdown::escape};

/// More tags than these code scanning refuses.
///
/// # Source
/// <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
const MAX_TAGS: usize = 20;

pub(super) fn rule(finding: &Finding) -> Rule<'_> {
    let link = page(finding);
    let title = if finding.title.is_empty() { &finding.id } else { &finding.title };
    let fix = match &finding.detail {
        // The fix of a vulnerability is that of one package.
        Detail::Vulnerability(_) => None,
        _ => finding.remediation.as_deref(),
    };
    let fix_text = fix.map(|fix| format!("\n{fix}")).unwrap_or_default();
    let fix_markdown = fix.map(|fix| format!("\n\n{}", escape(fix))).unwrap_or_default();
    Rule {
        id: &finding.id,
        short_description: text(title),
        full_description: text(&format!("{}: {title}", finding.id)),
        help: Message {
            text: plain(&format!("{}: {title}{fix_text}\n{link}", finding.id)),
            markdown: Some(format!(
                "**{}** {}{fix_markdown}\n\n<{link}>",
                escape(&finding.id),
                escape(title)
            )),
        },
        help_uri: link,
        properties: properties(finding),
    }
}

fn page(finding: &Finding) -> String {
    let docs = finding.docs.as_deref().and_then(links::web);
    match &finding.detail {
        Detail::Vulnerability(_) => {
            docs.map_or_else(|| links::source(&finding.id).1, str::to_owned)
        }
        Detail::Secret(_) | Detail::Misconfiguration(_) | Detail::Violation(_) => {
            docs.unwrap_or(links::HOME).to_owned()
        }
    }
}

fn properties(finding: &Finding) -> Properties {
    let cvss = finding.vulnerability().map_or(&[][..], |detail| &detail.cvss);
    let cvss = cvss.iter().map(|cvss| cvss.score);
    // Code scanning derives its own severity from this number, and must not contradict ours: a
    // distribution often rates a vulnerability otherwise than its CVSS score does.
    let agrees = |score: &f64| Severity::from_cvss_score(*score) == finding.severity;
    let score = cvss.into_iter().find(agrees).unwrap_or_else(|| typical_score(finding.severity));
    let mut properties = Properties::new();
    properties.insert("tags", json!(tags(finding)));
    properties.insert("precision", json!(precision(finding)));
    properties.insert("security-severity", json!(format!("{score:.1}")));
    properties
}

fn tags(finding: &Finding) -> Vec<&str> {
    let mut tags = vec!["security"];
    match &finding.detail {
        Detail::Vulnerability(_) => tags.extend(["vulnerability", finding.severity.as_str()]),
        Detail::Secret(_) => {
            tags.extend(["secret", finding.severity.as_str(), "external/cwe/cwe-798"]);
        }
        Detail::Misconfiguration(check) => {
            tags.extend(["misconfiguration", finding.severity.as_str(), check.area.as_str()]);
            tags.extend(check.aliases.iter().map(String::as_str));
        }
        Detail::Violation(_) => tags.extend(["policy", finding.severity.as_str()]),
    }
    tags.extend(finding.controls.iter().map(String::as_str));
    let mut seen = std::collections::BTreeSet::new();
    tags.retain(|tag| seen.insert(*tag));
    tags.truncate(MAX_TAGS);
    tags
}

/// How seldom findings of the kind are wrong: the shape of a secret can mislead.
fn precision(finding: &Finding) -> &'static str {
    if matches!(finding.detail, Detail::Secret(_)) { "high" } else { "very-high" }
}

/// For what no CVSS score agrees with: a score in the middle of the band.
fn typical_score(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Negligible | Severity::Unknown => 0.0,
    }
}
