//! What is right by the grammar and still no good: rules that never decide, exceptions that are over.

use super::Known;
use crate::{
    diagnostic::Remarks,
    policy::{Condition, Policy, Rule, Selector, Test},
};

/// Beyond this many rules, pairs of them are not compared.
const MAX_COMPARED: usize = 500;

pub(super) fn check(policy: &Policy, known: &Known, remarks: &mut Remarks) {
    for (index, rule) in policy.rules.iter().enumerate().take(MAX_COMPARED) {
        let earlier = policy.rules.iter().take(index);
        if let Some(shadow) = earlier.into_iter().find(|earlier| shadows(earlier, rule)) {
            let message = format!("rule `{}` never decides", rule.id);
            let help = format!(
                "the first rule that matches decides, and `{}` in line {} matches all of it: move \
                 the narrower rule up",
                shadow.id, shadow.place.line
            );
            remarks.warning(rule.place, message, help);
        }
    }
    for exception in &policy.exceptions {
        if known.today.is_some_and(|today| exception.expires < today) {
            let message = format!("exception `{}` expired on {}", exception.id, exception.expires);
            remarks.warning(exception.place, message, "remove it, or decide anew");
        }
    }
}

/// Whether the earlier rule decides everything that the later one could.
fn shadows(earlier: &Rule, later: &Rule) -> bool {
    let selected = earlier.when.iter().all(|one| later.when.iter().any(|two| selects(one, two)));
    selected
        && !later.conditions.is_empty()
        && later.conditions.iter().all(|two| earlier.conditions.iter().any(|one| holds(one, two)))
}

/// Whether the first selects every target that the second does.
fn selects(one: &Selector, two: &Selector) -> bool {
    match (one, two) {
        (Selector::Image(a), Selector::Image(b))
        | (Selector::Registry(a), Selector::Registry(b))
        | (Selector::Repository(a), Selector::Repository(b))
        | (Selector::Tag(a), Selector::Tag(b))
        | (Selector::Family(a), Selector::Family(b))
        | (Selector::Container(a), Selector::Container(b))
        | (Selector::Application(a), Selector::Application(b))
        | (Selector::Owner(a), Selector::Owner(b)) => a.covers(b),
        (Selector::Workflow(a), Selector::Workflow(b)) => b.iter().all(|one| a.contains(one)),
        _ => one == two,
    }
}

/// Whether the first holds wherever the second does.
fn holds(one: &Condition, two: &Condition) -> bool {
    match (one, two) {
        (Condition::Finding(one), Condition::Finding(two)) => {
            // Only a condition that names violations is about them.
            let violations = |tests: &[Test]| tests.iter().any(Test::may_mean_violations);
            (violations(one) || !violations(two))
                && one.iter().all(|one| two.iter().any(|two| includes(one, two)))
        }
        (Condition::Demand(one), Condition::Demand(two)) => one == two,
        (Condition::NotAssessed(one), Condition::NotAssessed(two)) => one.covers(two),
        _ => false,
    }
}

/// Whether the first test is passed by everything that passes the second.
fn includes(one: &Test, two: &Test) -> bool {
    match (one, two) {
        (Test::Severity(a), Test::Severity(b)) => a <= b,
        (Test::Severity(a), Test::SeverityExactly(b)) => b.iter().all(|b| a <= b),
        (Test::EpssAbove(a), Test::EpssAbove(b)) => a <= b,
        (Test::AgeDays(a), Test::AgeDays(b)) | (Test::GraceDays(a), Test::GraceDays(b)) => a <= b,
        (Test::Kind(a), Test::Kind(b)) => b.iter().all(|one| a.contains(one)),
        (Test::Fix(a), Test::Fix(b)) => b.iter().all(|one| a.contains(one)),
        (Test::SeverityExactly(a), Test::SeverityExactly(b)) => b.iter().all(|one| a.contains(one)),
        (Test::Id(a), Test::Id(b))
        | (Test::Package(a), Test::Package(b))
        | (Test::Path(a), Test::Path(b))
        | (Test::Check(a), Test::Check(b))
        | (Test::Secret(a), Test::Secret(b)) => a.covers(b),
        _ => one == two,
    }
}
