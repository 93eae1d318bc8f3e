use farguard_model::{Decision, Suppression};

use super::*;
use crate::notify::sample;

const HIGH: FailOn = FailOn::AtLeast(Severity::High);

fn owner(name: &str) -> Option<Owner> {
    Some(Owner { name: name.into(), source: "--owner".into() })
}

fn decided(finding: &mut Finding, outcome: Outcome) {
    let (rule, reason) = ("rule".into(), "because".into());
    finding.decision = Some(Decision { outcome, rule, reason });
}

#[test]
fn each_owner_gets_one_digest_over_all_targets() {
    let mut reports =
        vec![sample::report("a:1", 3), sample::report("b:1", 2), sample::report("c:1", 1)];
    reports[0].owner = owner("@a");
    reports[0].findings[2].owner = owner("@b");
    reports[1].owner = owner("@b");
    let digests = of_reports(&reports, HIGH);
    let about: Vec<String> = digests.iter().map(Digest::about).collect();
    assert_eq!(about, ["1 finding that nobody owns", "2 findings of `@a`", "3 findings of `@b`"]);
    let targets: Vec<&str> = digests[2].targets.iter().map(|target| target.name).collect();
    assert_eq!(targets, ["a:1", "b:1"]);
}

#[test]
fn a_policy_decides_what_is_told_else_the_threshold_does() {
    let told = |change: &dyn Fn(&mut Finding), fail_on| {
        let mut reports = vec![sample::report("a:1", 1)];
        change(&mut reports[0].findings[0]);
        !of_reports(&reports, fail_on).is_empty()
    };
    assert!(told(&|_| (), HIGH));
    assert!(!told(&|_| (), FailOn::AtLeast(Severity::Critical)));
    assert!(!told(&|_| (), FailOn::Never));
    assert!(told(&|finding| decided(finding, Outcome::Warn), FailOn::Never));
    assert!(!told(&|finding| decided(finding, Outcome::Pass), HIGH));
    let suppressed = Some(Suppression { reason: "no".into(), source: "file".into() });
    assert!(!told(&|finding| finding.suppression.clone_from(&suppressed), HIGH));
}

#[test]
fn the_document_has_its_shape() {
    let mut reports = vec![sample::report("a:1", 1)];
    reports[0].owner = owner("@a");
    decided(&mut reports[0].findings[0], Outcome::Fail);
    let digests = of_reports(&reports, HIGH);
    let document = serde_json::to_value(&digests[0]).unwrap();
    assert_eq!(document["schema_version"], "1.0");
    assert_eq!(document["owner"]["name"], "@a");
    assert_eq!(document["outcome"], "fail");
    assert_eq!(document["summary"]["high"], 1);
    assert_eq!(document["targets"][0]["findings"][0]["reason"], "because");
}

#[test]
fn long_digests_count_what_they_do_not_list() {
    let reports = vec![sample::report("a:1", 1_500), sample::report("b:1", 2)];
    let digests = of_reports(&reports, HIGH);
    let of = |digest: &Digest<'_>| {
        let of_each = digest.targets.iter().map(|target| target.findings.len()).collect::<Vec<_>>();
        (of_each, digest.omitted, digest.summary.findings)
    };
    assert_eq!(of(&digests[0]), (vec![750, 2], 750, 1_502));
    assert_eq!(of(&digests[0].cut_to(10)), (vec![5, 2], 1_495, 1_502));
    assert_eq!(of(&digests[0].cut_to(1)), (vec![1], 1_501, 1_502));
    assert_eq!(of(&digests[0].cut_to(0)), (vec![], 1_502, 1_502));
}
