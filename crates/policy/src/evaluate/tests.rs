use farguard_model::{
    Epss, Fix, ImageFacts, Kev, Package, PackageType, Scanner, Severity, Signature, Subject,
    TargetInfo, TargetKind, Vulnerability,
};
use proptest::prelude::*;

use super::*;
use crate::{Known, Workflow};

fn vulnerability(id: &str, severity: Severity) -> Finding {
    let detail = Vulnerability {
        package: 0,
        aliases: vec![],
        advisories: vec![],
        severity_source: String::new(),
        cvss: vec![],
        fix: Fix::NotFixed,
        kev: None,
        epss: None,
        risk: 0.0,
        published: None,
        modified: None,
        references: vec![],
    };
    let subject = Subject { id: "pkg:deb/debian/openssl@3".into(), name: "openssl".into() };
    Finding::new(id, severity, subject, id.into(), Detail::Vulnerability(Box::new(detail)))
}

fn with(mut finding: Finding, change: impl FnOnce(&mut Vulnerability)) -> Finding {
    if let Detail::Vulnerability(vulnerability) = &mut finding.detail {
        change(vulnerability);
    }
    finding
}

/// An image from Docker Hub with `openssl` (Apache-2.0) and `telnet` (GPL-3.0-only), scanned on
/// 2026-11-22.
fn report(findings: Vec<Finding>) -> ScanReport {
    let target = TargetInfo::new("nginx:1.27", TargetKind::Registry);
    let mut report = ScanReport::new("2026-11-22T12:00:00Z".parse().unwrap(), target);
    let package = |name: &str, license: &str| Package {
        licenses: vec![license.to_owned()],
        ..Package::new(PackageType::Deb, name, "1", "var/lib/dpkg/status")
    };
    report.packages = vec![package("openssl", "Apache-2.0"), package("telnet", "GPL-3.0-only")];
    report.scanners = Scanner::ALL.to_vec();
    report.image = Some(ImageFacts { size_bytes: 600_000_000, ..ImageFacts::default() });
    report.target.labels = vec![("tier".into(), "frontend".into())];
    report.target.built = Some("2026-10-01T00:00:00Z".into());
    report.findings = findings;
    report
}

fn policy(rules: &str) -> Policy {
    let parsed = Policy::parse("p", &format!("name: p\n{rules}"), &Known::default());
    let said: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
    parsed.policy.unwrap_or_else(|| panic!("{said:#?}\n{rules}"))
}

/// `ID OUTCOME RULE` for every finding that has a decision.
fn decisions(report: &ScanReport) -> Vec<String> {
    let told = report.findings.iter().filter_map(|finding| {
        let Decision { outcome, rule, .. } = finding.decision.as_ref()?;
        Some(format!("{} {outcome} {rule}", finding.id).trim_end().to_owned())
    });
    told.collect()
}

fn judged(rules: &str, mut report: ScanReport) -> ScanReport {
    apply(&[policy(rules)], &mut report, &Context::default());
    report
}

fn check(rules: &str, findings: Vec<Finding>, expect: &[&str]) {
    assert_eq!(decisions(&judged(rules, report(findings))), expect, "{rules}");
}

/// Rules that fail under one condition, for one finding.
fn check_test(condition: &str, finding: &Finding, expect: bool) {
    let rules = format!("rules:\n  - id: r\n    fail:\n      - {condition}\n");
    let expect = format!("{} {}", finding.id, if expect { "fail r" } else { "pass" });
    check(&rules, vec![finding.clone()], &[&expect]);
}

#[test]
fn the_first_match_decides_and_the_rest_passes() {
    let rules = "rules:\n  - {id: known, pass: [{id: cve-2}]}\n  \
                 - {id: worst, fail: [{severity: critical}, {id: CVE-4}]}\n  \
                 - {id: rest, warn: [{severity: medium}]}\n";
    let findings = vec![
        vulnerability("CVE-1", Severity::Critical),
        vulnerability("CVE-2", Severity::Critical),
        vulnerability("CVE-3", Severity::High),
        vulnerability("CVE-4", Severity::Low),
        vulnerability("CVE-5", Severity::Low),
    ];
    let expect = [
        "CVE-1 fail worst",
        "CVE-2 pass known",
        "CVE-3 warn rest",
        "CVE-4 fail worst",
        "CVE-5 pass",
    ];
    check(rules, findings.clone(), &expect);
    let verdict = judged(rules, report(findings)).verdict.unwrap();
    assert_eq!((verdict.outcome, verdict.failed, verdict.warned), (Outcome::Fail, 2, 1));
}

#[test]
fn tests_of_vulnerabilities() {
    let plain = vulnerability("CVE-1", Severity::High);
    check_test("severity: high", &plain, true);
    check_test("severity: critical", &plain, false);
    check_test("severity-exactly: [low, high]", &plain, true);
    check_test("kind: secret", &plain, false);
    check_test("fix: none", &plain, true);
    check_test("fix: available", &plain, false);
    check_test("exploited: false", &plain, true);
    check_test("package: open*", &plain, true);
    check_test("package: pkg:deb/*", &plain, true);
    check_test("path: usr/*", &plain, false);
    check_test("{severity: high, fix: available}", &plain, false);
    check_test("development: false", &plain, true);
    let kev =
        Kev { date_added: "2026-01-01".into(), due_date: "2026-02-01".into(), ransomware: false };
    check_test("exploited: true", &with(plain.clone(), |one| one.kev = Some(kev)), true);
    let likely = with(plain.clone(), |one| one.epss = Some(Epss { score: 0.2, percentile: 0.9 }));
    check_test("epss-above: 0.1", &likely, true);
    check_test("epss-above: 0.2", &likely, false);
    check_test("epss-above: 0.1", &plain, false);
}

#[test]
fn age_and_grace_count_from_publication() {
    let published = |date: &str| {
        with(vulnerability("CVE-1", Severity::High), |one| one.published = Some(date.to_owned()))
    };
    check_test("age-days: 30", &published("2026-10-22T00:00:00Z"), true);
    check_test("age-days: 31", &published("2026-10-22T00:00:00Z"), false);
    check_test("age-days: 30", &published("2026-10-22"), true);
    check_test("age-days: 30", &published("soon"), true);
    let fixed =
        |finding| with(finding, |one| one.fix = Fix::Fixed { versions: vec!["2".to_owned()] });
    check_test("grace-days: 30", &published("2026-10-22"), false);
    check_test("grace-days: 30", &fixed(published("2026-10-22")), true);
    check_test("grace-days: 60", &fixed(published("2026-10-22")), false);
    check(
        "rules: [{id: r, pass: [{age-days: 3}]}]",
        vec![vulnerability("CVE-1", Severity::Low)],
        &["CVE-1 pass"],
    );
}

#[test]
fn unknown_origin_is_own() {
    let mut finding = vulnerability("CVE-1", Severity::High);
    check_test("origin: own", &finding, true);
    check_test("origin: base", &finding, false);
    finding.origin = Some(farguard_model::Origin::Base);
    check_test("origin: base", &finding, true);
}

#[test]
fn a_guessed_base_image_excuses_nothing() {
    let mut finding = vulnerability("CVE-1", Severity::High);
    finding.origin = Some(farguard_model::Origin::Base);
    let base = |is_guess| farguard_model::BaseImage {
        name: None,
        digest: None,
        layers: 1,
        is_guess,
        evidence: String::new(),
    };
    let yaml = "name: p\nrules: [{id: r, fail: [{origin: own}]}]";
    let policy = Policy::parse("p.yaml", yaml, &Known::default()).policy.unwrap();
    for (is_guess, expect) in [(true, Outcome::Fail), (false, Outcome::Pass)] {
        let mut report = report(vec![finding.clone()]);
        report.image.as_mut().unwrap().base = Some(base(is_guess));
        apply(std::slice::from_ref(&policy), &mut report, &Context::default());
        assert_eq!(report.verdict.as_ref().unwrap().outcome, expect, "{is_guess}");
    }
}

#[test]
fn selections_ask_of_the_target() {
    let check = |when: &str, expect: bool| {
        let rules = format!(
            "in-house: [r.example/*]\nrules: [{{id: r, when: {when}, fail: [{{id: '*'}}]}}]"
        );
        let expect = if expect { "CVE-1 fail r" } else { "CVE-1 pass" };
        check(&rules, vec![vulnerability("CVE-1", Severity::Low)], &[expect]);
    };
    check("{image: 'nginx:*'}", true);
    check("{image: docker.io/library/nginx}", true);
    check("{registry: [docker.io, quay.io]}", true);
    check("{registry: quay.io}", false);
    check("{repository: library/*, tag: '1.27'}", true);
    check("{repository: library/*, tag: latest}", false);
    check("{source: public}", true);
    check("{source: in-house}", false);
    check("{label: {tier: front*}}", true);
    check("{label: {tier: front*, team: '*'}}", false);
    check("{label: tier}", true);
    check("{workflow: [build, deploy]}", true);
    check("{workflow: runtime}", false);
    check("{family: '*'}", false);
    check("{application: shop}", false);
    check("{owner: '*'}", false);
}

#[test]
fn the_context_says_what_the_report_does_not() {
    let rules = "rules: [{id: r, when: {source: in-house, application: shop, workflow: deploy}, \
                 fail: [{id: '*'}]}]";
    let in_house = ["docker.io/library/*".to_owned()];
    let context = Context::new(Workflow::Deploy, Some("shop".into()), &in_house);
    let mut report = report(vec![vulnerability("CVE-1", Severity::Low)]);
    apply(&[policy(rules)], &mut report, &context);
    assert_eq!(decisions(&report), ["CVE-1 fail r"]);
}

/// Checks what a demand makes of the image.
fn check_demand(demand: &str, expect: &[&str]) {
    check(&format!("rules:\n  - id: r\n    fail:\n      - {demand}\n"), vec![], expect);
}

#[test]
fn demands_on_packages() {
    check_demand("forbidden-packages: [tel*, ssh]", &["forbidden-package fail r"]);
    check_demand("forbidden-packages: pkg:deb/telnet@1*", &["forbidden-package fail r"]);
    check_demand("allowed-packages: [openssl]", &["package-not-allowed fail r"]);
    check_demand("forbidden-licenses: GPL-3.0*", &["forbidden-license fail r"]);
    check_demand("allowed-licenses: [Apache-2.0, GPL-*]", &[]);
}

#[test]
fn unknown_licenses_have_their_own_outcome() {
    let check = |unknown: &str, expect: &[&str]| {
        let mut report = report(vec![]);
        report.packages[1].licenses = vec!["see COPYING".to_owned()];
        let rules = format!("rules: [{{id: r, fail: [{{forbidden-licenses: AGPL-*{unknown}}}]}}]");
        assert_eq!(decisions(&judged(&rules, report)), expect, "{unknown}");
    };
    check("", &["unknown-license warn r"]);
    check(", unknown-licenses: fail", &["unknown-license fail r"]);
    check(", unknown-licenses: pass", &[]);
}

#[test]
fn demands_on_the_image() {
    check_demand("maximum-size: 500MB", &["image-too-large fail r"]);
    check_demand("maximum-size: 600MB", &[]);
    check_demand("maximum-age-days: 30", &["image-too-old fail r"]);
    check_demand("maximum-age-days: 90", &[]);
    check_demand("required-labels: [tier, team]", &["missing-label fail r"]);
    check_demand("required-labels: {tier: back*}", &["missing-label fail r"]);
    check_demand("allowed-registries: quay.io", &["registry-not-allowed fail r"]);
    check_demand("forbidden-registries: docker.*", &["forbidden-registry fail r"]);
    check_demand("allowed-base-images: debian:*", &["unknown-base-image fail r"]);
    check_demand("signature: required", &["signature-not-checked fail r"]);
}

#[test]
fn base_images_and_signatures_that_are_known() {
    let check = |demand: &str, expect: &[&str]| {
        let mut report = report(vec![]);
        let image = report.image.as_mut().unwrap();
        image.base = Some(farguard_model::BaseImage {
            name: Some("debian:12".into()),
            digest: Some("sha256:00".into()),
            layers: 1,
            is_guess: false,
            evidence: "its label says so".into(),
        });
        let signature = |verified, signer: &str| Signature {
            kind: "signature".into(),
            verified,
            signer: signer.into(),
            issuer: Some("https://issuer.example".into()),
            evidence: String::new(),
        };
        image.signatures = Some(vec![signature(false, "x"), signature(true, "ci@example.com")]);
        let rules = format!("rules:\n  - id: r\n    fail:\n      - {demand}\n");
        assert_eq!(decisions(&judged(&rules, report)), expect, "{demand}");
    };
    check("allowed-base-images: debian:*", &[]);
    check("allowed-base-images: docker.io/library/debian", &[]);
    check("allowed-base-images: sha256:00", &[]);
    check("allowed-base-images: alpine:*", &["base-image-not-allowed fail r"]);
    check("forbidden-base-images: debian:*", &["forbidden-base-image fail r"]);
    check("signature: required", &[]);
    check("{signature: required, signer: '*@example.com', issuer: 'https://*'}", &[]);
    check("{signature: required, signer: x}", &["image-not-signed fail r"]);
}

#[test]
fn a_demand_is_raised_once_by_the_first_rule_that_makes_it() {
    let rules = "rules:\n  - {id: a, warn: [{maximum-size: 100MB}]}\n  \
                 - {id: b, fail: [{maximum-size: 200MB}, {signature: required}]}\n";
    check(rules, vec![], &["image-too-large warn a", "signature-not-checked fail b"]);
}

#[test]
fn rules_on_findings_mean_violations_only_when_they_say_so() {
    let demand = "  - {id: d, warn: [{maximum-size: 100MB}]}\n";
    let severe = "  - {id: s, fail: [{severity: low}]}\n";
    check(&format!("rules:\n{severe}{demand}"), vec![], &["image-too-large warn d"]);
    let named = "  - {id: n, pass: [{id: image-too-large}]}\n";
    check(&format!("rules:\n{named}{demand}"), vec![], &["image-too-large pass n"]);
    check(&format!("rules:\n{demand}{named}"), vec![], &["image-too-large warn d"]);
}

const EXCEPTION: &str = "exceptions:\n  - id: e\n    findings: [CVE-1, image-too-large]\n    \
                         owner: team-a\n    reason: not reachable\n    expires: ";
const STRICT: &str = "rules: [{id: r, fail: [{id: '*'}, {maximum-size: 1MB}]}]\n";

#[test]
fn exceptions_count_until_their_last_day() {
    let check = |expires: &str, expect: &[&str], problems: usize, notes: usize| {
        let policy = policy(&format!("{STRICT}{EXCEPTION}{expires}\n"));
        let mut report = report(vec![vulnerability("CVE-1", Severity::High)]);
        let said = apply(&[policy], &mut report, &Context::default());
        assert_eq!(decisions(&report), expect, "{expires}");
        assert_eq!((report.problems.len(), said.len()), (problems, notes), "{said:?}");
        assert_eq!(open_gaps(&report), 0);
    };
    check("2027-06-01", &["CVE-1 pass e", "image-too-large pass e"], 0, 0);
    check("2026-11-22", &["CVE-1 pass e", "image-too-large pass e"], 0, 1);
    check("2026-11-21", &["CVE-1 fail r", "image-too-large fail r"], 1, 0);
}

#[test]
fn suppressed_findings_are_not_judged() {
    let mut finding = vulnerability("CVE-1", Severity::Critical);
    finding.suppression =
        Some(farguard_model::Suppression { reason: "vex".into(), source: "x".into() });
    check("rules: [{id: r, fail: [{severity: low}]}]", vec![finding], &[]);
}

#[test]
fn of_several_policies_the_worst_decision_counts() {
    let one = policy("rules: [{id: a, warn: [{severity: high}, {maximum-size: 1MB}]}]");
    let two = policy("rules: [{id: b, fail: [{id: CVE-2}, {maximum-size: 1MB}]}]");
    for policies in [[one.clone(), two.clone()], [two, one]] {
        let mut report = report(vec![
            vulnerability("CVE-1", Severity::High),
            vulnerability("CVE-2", Severity::High),
        ]);
        apply(&policies, &mut report, &Context::default());
        assert_eq!(decisions(&report), ["CVE-1 warn a", "CVE-2 fail b", "image-too-large fail b"]);
    }
}

#[test]
fn gaps_stay_open_until_a_rule_speaks_of_them() {
    let check = |rules: &str, gaps: usize, expect: &[&str]| {
        let mut report = report(vec![]);
        report.problems = vec![
            Problem::new("truncated-layer", "layer ends early").at("a"),
            Problem::new("distribution-end-of-support", "a remark"),
        ];
        let report = judged(rules, report);
        assert_eq!(decisions(&report), expect, "{rules}");
        assert_eq!(open_gaps(&report), gaps, "{rules}");
    };
    check("rules: [{id: r, fail: [{severity: low}]}]", 1, &[]);
    check(
        "rules: [{id: r, warn: [{not-assessed: truncated-*}]}]",
        0,
        &["part-not-assessed warn r"],
    );
    check("rules: [{id: r, warn: [{not-assessed: other}]}]", 1, &[]);
}

#[test]
fn what_nobody_looked_for_is_a_gap() {
    let check = |condition: &str, expect: usize| {
        let mut report = report(vec![]);
        report.scanners = vec![Scanner::Vulnerabilities];
        let rules = format!("rules:\n  - id: r\n    fail:\n      - {condition}\n");
        assert_eq!(open_gaps(&judged(&rules, report)), expect, "{condition}");
    };
    check("exploited: true", 0);
    check("{kind: vulnerability, severity: high}", 0);
    check("severity: high", 2);
    check("kind: secret", 1);
    check("secret: aws-*", 1);
    check("check: image-runs-as-root", 1);
    check("id: CVE-2024-3094", 0);
}

#[test]
fn what_a_target_cannot_hold_is_no_gap() {
    let check = |kind, scanners: &[Scanner], expect: usize| {
        let mut report = report(vec![]);
        report.target.kind = kind;
        report.scanners = scanners.to_vec();
        let rules = "rules: [{id: r, fail: [{severity: high}]}]";
        assert_eq!(open_gaps(&judged(rules, report)), expect, "{kind:?}");
    };
    check(TargetKind::BuildFile, &[Scanner::Secrets, Scanner::Checks], 0);
    check(TargetKind::BuildFile, &[Scanner::Secrets], 1);
    check(TargetKind::TaskDefinition, &[Scanner::Secrets], 0);
    check(TargetKind::Sbom, &[Scanner::Vulnerabilities], 2);
    check(TargetKind::Registry, &[], 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The first rule that speaks of a finding decides, and what comes later changes nothing.
    #[test]
    fn later_rules_never_change_a_decision(
        thresholds in prop::collection::vec((0_usize..6, 0_usize..3), 1..6),
        severities in prop::collection::vec(0_usize..6, 0..8),
    ) {
        let rule = |(index, (severity, outcome)): (usize, &(usize, usize))| {
            let outcome = ["fail", "warn", "pass"][*outcome];
            let severity = Severity::WORST_FIRST[*severity];
            format!("  - {{id: r{index}, {outcome}: [{{severity: {severity}}}]}}\n")
        };
        let rules: Vec<String> = thresholds.iter().enumerate().map(rule).collect();
        let findings: Vec<Finding> = severities
            .iter()
            .map(|index| vulnerability("CVE-1", Severity::WORST_FIRST[*index]))
            .collect();
        let all = judged(&format!("rules:\n{}", rules.concat()), report(findings.clone()));
        for (index, finding) in all.findings.iter().enumerate() {
            let decision = finding.decision.as_ref().unwrap();
            let matching = thresholds
                .iter()
                .position(|(severity, _)| finding.severity >= Severity::WORST_FIRST[*severity]);
            let expect = matching.map(|rule| format!("r{rule}")).unwrap_or_default();
            prop_assert_eq!(&decision.rule, &expect, "finding {}", index);
        }
    }

    /// Any text is a policy or an error, and any policy can be applied.
    #[test]
    fn nothing_panics(text in "(name: p\n)?(rules:|- |id|fail|\\[|\\]|\\{|\\}|: |, |severity|\n|  |\\*|&a|high){0,30}") {
        if let Some(policy) = Policy::parse("p", &text, &Known::default()).policy {
            let findings = vec![vulnerability("CVE-1", Severity::High)];
            apply(&[policy], &mut report(findings), &Context::default());
        }
    }
}
