//! Findings that do not count, and who said so.
//!
//! A VEX statement speaks first, then what the options leave out, then an ignore rule. Suppressed findings
//! stay in the result: reports can show them, and nothing disappears unseen.

use std::collections::{BTreeSet, HashMap};

use farguard_model::{Finding, Fix, Problem, Suppression};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    MatchOptions,
    ignore::{IgnoreRules, Rule},
    vex::Judge,
};
use crate::inventory::Inventory;

/// Marks the vulnerabilities that VEX documents dismiss or that the options leave out.
pub(crate) fn apply(findings: &mut [Finding], inventory: &Inventory, options: &MatchOptions) {
    let judge = Judge::new(&options.vex, inventory);
    for finding in findings {
        finding.suppression =
            judge.suppression(finding).or_else(|| left_out(finding, inventory, options));
    }
}

/// What ignoring findings brought up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignored {
    /// Entries that no longer count.
    pub problems: Vec<Problem>,
    /// Remarks for whoever keeps the ignore files: entries that match nothing.
    pub notes: Vec<String>,
}

/// What the options do not count.
fn left_out(
    finding: &Finding,
    inventory: &Inventory,
    options: &MatchOptions,
) -> Option<Suppression> {
    let vulnerability = finding.vulnerability()?;
    if !options.include_dev
        && let Some(package) = inventory.packages.get(vulnerability.package).filter(|p| p.dev)
    {
        let reason = "needed to build or test only; --include-dev counts it".to_owned();
        return Some(Suppression { reason, source: package.path.clone() });
    }
    let is_fixed = matches!(vulnerability.fix, Fix::Fixed { .. });
    (options.ignore_unfixed && !is_fixed).then(|| Suppression {
        reason: "no fix is available".to_owned(),
        source: "--ignore-unfixed".to_owned(),
    })
}

/// Suppresses the findings that `rules` name, of any kind. A VEX statement that speaks of a finding
/// goes first.
pub fn ignore(findings: &mut [Finding], rules: &IgnoreRules, now: Timestamp) -> Ignored {
    let today = now.to_zoned(TimeZone::UTC).date();
    let rules = rules.rules();
    let used = mark(findings, rules, today);
    let mut ignored = Ignored::default();
    for (index, rule) in rules.iter().enumerate() {
        let place = format!("`{}` line {}", rule.source, rule.line);
        match rule.expires {
            _ if !used.contains(&index) => {
                ignored.notes.push(format!("{place}: `{}` matches no finding", rule.id));
            }
            Some(last) if rule.is_expired(today) => {
                let message = format!(
                    "{place}: `{}` was to be ignored until {last} and counts again",
                    rule.id
                );
                ignored.problems.push(Problem::new("expired-ignore-rule", message));
            }
            _ => {}
        }
    }
    ignored
}

/// Gives the rules that match a finding.
fn mark(findings: &mut [Finding], rules: &[Rule], today: Date) -> BTreeSet<usize> {
    let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, rule) in rules.iter().enumerate() {
        by_id.entry(rule.id.to_ascii_uppercase()).or_default().push(index);
    }
    let mut used = BTreeSet::new();
    for finding in findings {
        for index in candidates(finding, &by_id) {
            let Some(rule) = rules.get(index).filter(|rule| rule.matches(finding)) else {
                continue;
            };
            used.insert(index);
            if finding.suppression.is_none() && !rule.is_expired(today) {
                finding.suppression =
                    Some(Suppression { reason: rule.reason.clone(), source: rule.source.clone() });
            }
        }
    }
    used
}

/// The rules that name the finding by any of its ids.
fn candidates(finding: &Finding, by_id: &HashMap<String, Vec<usize>>) -> BTreeSet<usize> {
    let names = finding.aliases().iter().chain([&finding.id]);
    names.filter_map(|name| by_id.get(&name.to_ascii_uppercase())).flatten().copied().collect()
}
