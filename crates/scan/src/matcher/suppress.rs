//! Findings that do not count, and who said so.
//!
//! A VEX statement speaks first, then an ignore rule, then what the options leave out. Suppressed findings
//! stay in the result: reports can show them, and nothing disappears unseen.

use std::collections::{BTreeSet, HashMap};

use farguard_model::{Detail, Finding, Fix, Problem, Suppression};
use jiff::{civil::Date, tz::TimeZone};

use super::{MatchOptions, Matched, ignore::Rule, vex::Judge};
use crate::inventory::Inventory;

/// Marks the findings that do not count.
pub(super) fn apply(matched: &mut Matched, inventory: &Inventory, options: &MatchOptions) {
    let judge = Judge::new(&options.vex, inventory);
    for finding in &mut matched.findings {
        finding.suppression = judge.suppression(finding);
    }
    let today = options.now.to_zoned(TimeZone::UTC).date();
    apply_rules(matched, options.ignore.rules(), today);
    for finding in matched.findings.iter_mut().filter(|f| f.suppression.is_none()) {
        finding.suppression = left_out(finding, inventory, options);
    }
}

/// What the options do not count.
fn left_out(
    finding: &Finding,
    inventory: &Inventory,
    options: &MatchOptions,
) -> Option<Suppression> {
    let Detail::Vulnerability(vulnerability) = &finding.detail;
    if !options.include_dev
        && let Some(package) = inventory.packages.get(vulnerability.package).filter(|p| p.dev)
    {
        let reason = "needed to build or test only; --include-dev counts it".to_owned();
        return Some(Suppression { reason, source: package.path.clone() });
    }
    (options.ignore_unfixed && is_unfixed(finding)).then(|| Suppression {
        reason: "no fix is available".to_owned(),
        source: "--ignore-unfixed".to_owned(),
    })
}

fn is_unfixed(finding: &Finding) -> bool {
    let Detail::Vulnerability(vulnerability) = &finding.detail;
    !matches!(vulnerability.fix, Fix::Fixed { .. })
}

fn apply_rules(matched: &mut Matched, rules: &[Rule], today: Date) {
    let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, rule) in rules.iter().enumerate() {
        by_id.entry(rule.id.to_ascii_uppercase()).or_default().push(index);
    }
    let mut used = BTreeSet::new();
    for finding in &mut matched.findings {
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
    for (index, rule) in rules.iter().enumerate() {
        let place = format!("`{}` line {}", rule.source, rule.line);
        match rule.expires {
            _ if !used.contains(&index) => {
                matched.notes.push(format!("{place}: `{}` matches no finding", rule.id));
            }
            Some(last) if rule.is_expired(today) => {
                let message = format!(
                    "{place}: `{}` was to be ignored until {last} and counts again",
                    rule.id
                );
                matched.problems.push(Problem::new("expired-ignore-rule", message));
            }
            _ => {}
        }
    }
}

/// The rules that name the finding by any of its ids.
fn candidates(finding: &Finding, by_id: &HashMap<String, Vec<usize>>) -> BTreeSet<usize> {
    let Detail::Vulnerability(vulnerability) = &finding.detail;
    let names = vulnerability.aliases.iter().chain([&finding.id]);
    names.filter_map(|name| by_id.get(&name.to_ascii_uppercase())).flatten().copied().collect()
}
