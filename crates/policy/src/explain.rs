//! Why a policy decides as it does: which rule spoke, and which before it did not.

use std::collections::HashMap;

use farguard_model::{Detail, Outcome, ScanReport};

use crate::{
    evaluate::{Bench, Raised, Ruling, speaks_of},
    facts::Facts,
    policy::{Condition, Exception, Policy, Rule, Test},
    target::{Context, Target},
};

/// How one policy judges one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The exceptions and rules, in the order in which they are looked at.
    pub entries: Vec<Entry>,
    /// Findings that were decided for the same reasons: worst outcome first, then by rule.
    pub groups: Vec<Group>,
}

/// What an exception or rule did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Whether it is an exception.
    pub is_exception: bool,
    /// Line in the file, from 1.
    pub line: u32,
    /// What it decides.
    pub outcome: Outcome,
    /// How many findings it decided on.
    pub decided: usize,
    /// Why it decided on none.
    pub idle: Option<String>,
}

/// Findings that were decided for the same reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What follows.
    pub outcome: Outcome,
    /// The id of the exception or rule; empty when none spoke.
    pub by: String,
    /// Why the rule or exception is there, if it says so.
    pub description: Option<String>,
    /// The findings.
    pub findings: Vec<Explained>,
    /// Rules and exceptions that were looked at before and do not match: id, and why not.
    pub passed_over: Vec<(String, String)>,
}

/// One finding and why it is decided so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The id of the finding.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// The facts that make it so.
    pub reason: String,
}

/// Explains what a policy makes of a report, whether it has been applied to it or not.
#[must_use]
pub fn explain(policy: &Policy, report: &ScanReport, context: &Context) -> Explanation {
    let target = Target::new(report, policy, context);
    let bench = Bench::new(policy, &target);
    let mut groups = Groups::default();
    for finding in report.active_findings() {
        if !matches!(finding.detail, Detail::Violation(_)) {
            groups.add(&bench, &Facts::new(finding, report), None);
        }
    }
    for raised in bench.violations() {
        groups.add(&bench, &Facts::new(&raised.finding, report), Some(&raised));
    }
    let entries = entries(policy, &target, &bench, &groups.decided);
    Explanation { entries, groups: groups.sorted(&bench) }
}

/// Outcome, rule, and what was passed over.
type Reasons = (Outcome, String, Vec<(String, String)>);

#[derive(Default)]
struct Groups {
    groups: Vec<Group>,
    /// Where the group of a reason is.
    index: HashMap<Reasons, usize>,
    decided: HashMap<String, usize>,
}

impl Groups {
    fn add(&mut self, bench: &Bench<'_>, facts: &Facts<'_>, raised: Option<&Raised<'_>>) {
        let Ruling { outcome, by, description, facts: reason } = bench.ruling(facts, raised);
        let passed_over = passed_over(bench, facts, by);
        let finding = facts.finding;
        let explained =
            Explained { id: finding.id.clone(), subject: finding.subject.name.clone(), reason };
        *self.decided.entry(by.to_owned()).or_default() += 1;
        let key = (outcome, by.to_owned(), passed_over);
        match self.index.get(&key).and_then(|index| self.groups.get_mut(*index)) {
            Some(group) => group.findings.push(explained),
            None => {
                self.index.insert(key.clone(), self.groups.len());
                let (outcome, by, passed_over) = key;
                let description = description.map(str::to_owned);
                let findings = vec![explained];
                self.groups.push(Group { outcome, by, description, findings, passed_over });
            }
        }
    }

    fn sorted(self, bench: &Bench<'_>) -> Vec<Group> {
        let mut groups = self.groups;
        let place = |by: &str| bench.rules.iter().position(|rule| rule.id == by);
        groups.sort_by_cached_key(|group| {
            let place = place(&group.by).unwrap_or(usize::MAX);
            (std::cmp::Reverse(group.outcome), place, std::cmp::Reverse(group.findings.len()))
        });
        groups
    }
}

/// What comes before the one that decides and does not match.
fn passed_over(bench: &Bench<'_>, facts: &Facts<'_>, by: &str) -> Vec<(String, String)> {
    let exceptions = bench.exceptions.iter().map(|one| (&one.id, vec![one.tests.as_slice()]));
    let rules = bench.rules.iter().map(|rule| (&rule.id, rule.tests().collect::<Vec<_>>()));
    exceptions
        .chain(rules)
        .take_while(|(id, _)| *id != by)
        .filter_map(|(id, conditions)| {
            let mut reasons: Vec<String> =
                conditions.into_iter().filter_map(|tests| mismatch(tests, facts)).collect();
            reasons.dedup();
            (!reasons.is_empty()).then(|| (id.clone(), reasons.join("; ")))
        })
        .collect()
}

/// Why a finding does not pass tests. What differs from finding to finding is left out.
fn mismatch(tests: &[Test], facts: &Facts<'_>) -> Option<String> {
    if !speaks_of(tests, facts) {
        return None;
    }
    let failing = tests
        .iter()
        .find(|test| !test.holds(facts, Outcome::Pass) && !test.holds(facts, Outcome::Fail));
    let test = failing.or_else(|| tests.iter().find(|test| !test.holds(facts, Outcome::Pass)))?;
    Some(test.mismatch(facts))
}

fn entries(
    policy: &Policy,
    target: &Target<'_>,
    bench: &Bench<'_>,
    decided: &HashMap<String, usize>,
) -> Vec<Entry> {
    let count = |id: &String| decided.get(id).copied().unwrap_or_default();
    let why_not = |when: &[crate::policy::Selector]| {
        let not = when.iter().find(|selector| !selector.selects(target));
        not.map(|selector| format!("not for this target: {}", selector.why_not(target)))
    };
    let exceptions = policy.exceptions.iter().map(|one: &Exception| Entry {
        id: one.id.clone(),
        is_exception: true,
        line: one.place.line,
        outcome: Outcome::Pass,
        decided: count(&one.id),
        idle: why_not(&one.when)
            .or_else(|| (one.expires < bench.today).then(|| format!("expired on {}", one.expires)))
            .or_else(|| (count(&one.id) == 0).then(|| "matches no finding".to_owned())),
    });
    let rules = policy.rules.iter().map(|one: &Rule| Entry {
        id: one.id.clone(),
        is_exception: false,
        line: one.place.line,
        outcome: one.outcome,
        decided: count(&one.id),
        idle: why_not(&one.when).or_else(|| {
            let idle = match one.tests().next() {
                None if one.demands_images_only() && !target.is_image() => "the target is no image",
                None if one.is_about_gaps() => "everything could be assessed",
                None => "the target meets its demands",
                Some(_) => "matches no finding that is left for it",
            };
            (count(&one.id) == 0).then(|| idle.to_owned())
        }),
    });
    exceptions.chain(rules).collect()
}

impl Rule {
    fn demands_images_only(&self) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Condition::Demand(demand) => demand.is_about_images(),
            Condition::Finding(_) | Condition::NotAssessed(_) => false,
        })
    }

    fn is_about_gaps(&self) -> bool {
        self.conditions.iter().all(|one| matches!(one, Condition::NotAssessed(_)))
    }

    /// The tests of each condition on findings.
    fn tests(&self) -> impl Iterator<Item = &[Test]> {
        self.conditions.iter().filter_map(|condition| match condition {
            Condition::Finding(tests) => Some(tests.as_slice()),
            Condition::Demand(_) | Condition::NotAssessed(_) => None,
        })
    }
}

#[cfg(test)]
mod tests;
