//! From a report and a policy to a decision for every finding.

mod gaps;

use std::collections::{HashMap, HashSet};

use farguard_model::{Decision, Detail, Finding, Outcome, Problem, ScanReport, Verdict};
use jiff::{civil::Date, tz::TimeZone};

pub use self::gaps::open_gaps;
use crate::{
    demand::Inventory,
    facts::Facts,
    policy::{Condition, Exception, Kind, Policy, Rule, Test},
    target::{Context, Target},
};

/// Exceptions that end within so many days are noted.
const SOON_DAYS: i64 = 14;

/// Judges a report: demands that are not met become findings, every finding that counts gets its
/// decision, and the report its verdict. Of several policies, the worst decision counts.
///
/// What is returned are remarks for whoever keeps the policies.
pub fn apply(policies: &[Policy], report: &mut ScanReport, context: &Context) -> Vec<String> {
    let mut notes = Vec::new();
    let mut raised: HashMap<String, usize> = HashMap::new();
    for policy in policies {
        let judged = judge(policy, report, context);
        for (finding, decision) in report.findings.iter_mut().zip(judged.decisions) {
            if let Some(decision) = decision {
                keep_worse(finding, decision);
            }
        }
        for (violation, decision) in judged.violations {
            let index = *raised.entry(violation.fingerprint.clone()).or_insert_with(|| {
                report.findings.push(violation);
                report.findings.len() - 1
            });
            if let Some(finding) = report.findings.get_mut(index) {
                keep_worse(finding, decision);
            }
        }
        for problem in judged.problems {
            if !report.problems.contains(&problem) {
                report.problems.push(problem);
            }
        }
        notes.extend(judged.notes);
    }
    report.verdict = (!policies.is_empty()).then(|| verdict(policies, report));
    notes
}

fn keep_worse(finding: &mut Finding, decision: Decision) {
    let is_worse = |old: &Decision| decision.outcome > old.outcome;
    if finding.decision.as_ref().is_none_or(is_worse) {
        finding.decision = Some(decision);
    }
}

fn verdict(policies: &[Policy], report: &ScanReport) -> Verdict {
    let outcomes =
        || report.active_findings().filter_map(|one| Some(one.decision.as_ref()?.outcome));
    let count = |outcome| outcomes().filter(|one| *one == outcome).count();
    let names: Vec<&str> = policies.iter().map(Policy::name).collect();
    Verdict {
        outcome: outcomes().max().unwrap_or(Outcome::Pass),
        policy: names.join(", "),
        failed: count(Outcome::Fail),
        warned: count(Outcome::Warn),
    }
}

/// What one policy says of a report.
struct Judged {
    /// One for each finding of the report; `None` for those that are suppressed or of a policy.
    decisions: Vec<Option<Decision>>,
    violations: Vec<(Finding, Decision)>,
    problems: Vec<Problem>,
    notes: Vec<String>,
}

fn judge(policy: &Policy, report: &ScanReport, context: &Context) -> Judged {
    let target = Target::new(report, policy, context);
    let bench = Bench::new(policy, &target);
    let decisions = report
        .findings
        .iter()
        .map(|finding| {
            let is_violation = matches!(finding.detail, Detail::Violation(_));
            let counts = finding.suppression.is_none() && !is_violation;
            counts.then(|| bench.ruling(&Facts::new(finding, report), None).into_decision())
        })
        .collect();
    let violations = bench.violations().into_iter().map(|raised| {
        let ruling = bench.ruling(&Facts::new(&raised.finding, report), Some(&raised));
        let decision = ruling.into_decision();
        (raised.finding, decision)
    });
    let violations = violations.collect();
    let mut problems = gaps::unseen(&bench.rules, policy, report);
    problems.extend(bench.expired());
    Judged { decisions, violations, problems, notes: bench.notes() }
}

/// The rules and exceptions of a policy that are for one target.
pub(crate) struct Bench<'p> {
    policy: &'p Policy,
    target: &'p Target<'p>,
    pub(crate) today: Date,
    /// Those that have not expired.
    pub(crate) exceptions: Vec<&'p Exception>,
    pub(crate) rules: Vec<&'p Rule>,
}

/// A demand that is not met, and the rule that made it.
pub(crate) struct Raised<'p> {
    pub(crate) finding: Finding,
    rule: &'p Rule,
    outcome: Outcome,
}

/// What is said of a finding, by whom.
pub(crate) struct Ruling<'p> {
    pub(crate) outcome: Outcome,
    /// The id of a rule or exception; empty when none speaks of it.
    pub(crate) by: &'p str,
    /// Why the rule or exception is there.
    pub(crate) description: Option<&'p str>,
    /// Why it is for this finding.
    pub(crate) facts: String,
}

impl<'p> Ruling<'p> {
    fn of(rule: &'p Rule, outcome: Outcome, facts: String) -> Self {
        Self { outcome, by: &rule.id, description: rule.description.as_deref(), facts }
    }

    fn into_decision(self) -> Decision {
        let reason = match self.description {
            Some(description) => format!("{}: {}", description.trim_end_matches('.'), self.facts),
            None => self.facts,
        };
        Decision { outcome: self.outcome, rule: self.by.to_owned(), reason }
    }
}

/// Who decides on a finding.
enum By<'p> {
    Exception(&'p Exception),
    /// A rule, with the tests of its condition that the finding passes.
    Rule(&'p Rule, &'p [Test]),
    /// The rule whose demand it does not meet.
    Demand(&'p Rule, Outcome),
    Nobody,
}

impl<'p> Bench<'p> {
    pub(crate) fn new(policy: &'p Policy, target: &'p Target<'p>) -> Self {
        let today = target.report.created.to_zoned(TimeZone::UTC).date();
        let exceptions = policy.exceptions.iter().filter(|one| {
            one.expires >= today && one.when.iter().all(|selector| selector.selects(target))
        });
        let rules = policy
            .rules
            .iter()
            .filter(|rule| rule.when.iter().all(|selector| selector.selects(target)));
        let (exceptions, rules) = (exceptions.collect(), rules.collect());
        Self { policy, target, today, exceptions, rules }
    }

    /// Every demand that is not met, once: the first rule that raises it keeps it.
    pub(crate) fn violations(&self) -> Vec<Raised<'p>> {
        let inventory = Inventory::new(self.target.report);
        let mut seen = HashSet::new();
        let mut raised = Vec::new();
        for rule in &self.rules {
            for condition in &rule.conditions {
                for (finding, outcome) in self.unmet(rule, condition, &inventory) {
                    if seen.insert(finding.fingerprint.clone()) {
                        raised.push(Raised { finding, rule, outcome });
                    }
                }
            }
        }
        raised
    }

    fn unmet(
        &self,
        rule: &Rule,
        condition: &Condition,
        inventory: &Inventory<'_>,
    ) -> Vec<(Finding, Outcome)> {
        match condition {
            Condition::Finding(_) => Vec::new(),
            Condition::Demand(demand) => demand
                .unmet(self.target, inventory)
                .into_iter()
                .map(|unmet| {
                    let outcome = unmet.outcome(rule);
                    (unmet.into_finding(self.target, inventory, &self.policy.name, rule), outcome)
                })
                .collect(),
            Condition::NotAssessed(codes) => {
                gaps::violations(self.target.report, codes, &self.policy.name, rule)
            }
        }
    }

    /// The first exception or rule that speaks of a finding.
    fn first_match(&self, facts: &Facts<'_>, raised: Option<&Raised<'p>>) -> By<'p> {
        let passes = |tests: &[Test], outcome| tests.iter().all(|test| test.holds(facts, outcome));
        for exception in &self.exceptions {
            if passes(&exception.tests, Outcome::Pass) {
                return By::Exception(exception);
            }
        }
        for rule in &self.rules {
            for condition in &rule.conditions {
                if let Condition::Finding(tests) = condition
                    && speaks_of(tests, facts)
                    && passes(tests, rule.outcome)
                {
                    return By::Rule(rule, tests);
                }
            }
            if let Some(raised) = raised
                && std::ptr::eq(raised.rule, *rule)
            {
                return By::Demand(rule, raised.outcome);
            }
        }
        By::Nobody
    }

    /// Who decides on a finding, and what is said.
    pub(crate) fn ruling(&self, facts: &Facts<'_>, raised: Option<&Raised<'p>>) -> Ruling<'p> {
        match self.first_match(facts, raised) {
            By::Exception(Exception { id, owner, reason, expires, .. }) => Ruling {
                outcome: Outcome::Pass,
                by: id,
                description: Some(reason),
                facts: format!("excepted by {owner} until {expires}"),
            },
            By::Rule(rule, tests) => {
                let facts: Vec<String> = tests.iter().map(|test| test.fact(facts)).collect();
                Ruling::of(rule, rule.outcome, facts.join(", "))
            }
            By::Demand(rule, outcome) => Ruling::of(rule, outcome, facts.finding.evidence.clone()),
            By::Nobody => Ruling {
                outcome: Outcome::Pass,
                by: "",
                description: None,
                facts: "no rule speaks of it".to_owned(),
            },
        }
    }

    /// Exceptions that do not count any more.
    fn expired(&self) -> impl Iterator<Item = Problem> {
        let expired = self.policy.exceptions.iter().filter(|one| one.expires < self.today);
        expired.map(|one| {
            let message = format!(
                "exception `{}` of policy `{}` counted until {}: {} is to remove or renew it",
                one.id, self.policy.name, one.expires, one.owner
            );
            Problem::new("expired-exception", message)
        })
    }

    /// Exceptions that will soon not count any more.
    fn notes(&self) -> Vec<String> {
        let days = |one: &Exception| i64::from((one.expires - self.today).get_days());
        let soon = self.exceptions.iter().filter(|one| days(one) <= SOON_DAYS);
        let note = soon.map(|one| {
            format!(
                "exception `{}` of policy `{}` ends on {}: tell {}",
                one.id, self.policy.name, one.expires, one.owner
            )
        });
        note.collect()
    }
}

/// Violations are only meant where a condition says so.
pub(crate) fn speaks_of(tests: &[Test], facts: &Facts<'_>) -> bool {
    facts.kind != Kind::Violation || tests.iter().any(Test::may_mean_violations)
}

#[cfg(test)]
mod tests;
