//! Measures judging: `policy_bench [FINDINGS] [RULES]` makes a report and a policy of that size
//! (10,000 and 100 by default), in which three findings of four match no rule, and judges 21 times.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write as _},
    time::Instant,
};

use farguard_model::{
    Detail, Finding, Fix, Package, PackageType, ScanReport, Scanner, Severity, Subject, TargetInfo,
    TargetKind, Vulnerability,
};
use farguard_policy::{Context, Known, Policy, apply};

const ROUNDS: usize = 21;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |text| text.parse());
    let (findings, rules) = (number(10_000)?, number(100)?);
    let (report, text) = (report(findings), policy(rules)?);
    let mut out = io::stdout();

    let (mut parsing, mut judging) = (Vec::new(), Vec::new());
    let mut decided = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let parsed = Policy::parse("bench.yaml", &text, &Known::default());
        parsing.push(start.elapsed());
        let policy = [parsed.policy.ok_or("the policy has errors")?];
        let mut report = report.clone();
        let start = Instant::now();
        apply(&policy, &mut report, &Context::default());
        judging.push(start.elapsed());
        let by_rule = |one: &&Finding| one.decision.as_ref().is_some_and(|d| !d.rule.is_empty());
        decided = report.findings.iter().filter(by_rule).count();
    }
    writeln!(out, "{findings} findings, {rules} rules, {decided} findings decided by a rule")?;
    for (what, mut times) in [("parse", parsing), ("judge", judging)] {
        let first = times.first().copied().unwrap_or_default();
        times.sort();
        let [least, median] = [0, ROUNDS / 2].map(|i| times.get(i).copied().unwrap_or_default());
        writeln!(out, "{what}: first {first:?}, min {least:?}, median {median:?}")?;
    }
    Ok(())
}

/// Vulnerabilities of 1,000 packages, all of high severity.
fn report(findings: usize) -> ScanReport {
    let target = TargetInfo::new("registry.example/team/app:1", TargetKind::Registry);
    let mut report = ScanReport::new(jiff::Timestamp::UNIX_EPOCH, target);
    report.scanners = Scanner::ALL.to_vec();
    let package = |index: usize| {
        Package::new(PackageType::Npm, format!("package-{index}"), "1.0.0", "app/package-lock.json")
    };
    report.packages = (0..1_000).map(package).collect();
    report.findings = (0..findings).map(finding).collect();
    report
}

fn finding(index: usize) -> Finding {
    let package = index % 1_000;
    let vulnerability = Vulnerability {
        package,
        aliases: vec![format!("GHSA-aaaa-bbbb-{index:04}")],
        advisories: vec![],
        severity_source: "cvss-v3.1".to_owned(),
        cvss: vec![],
        fix: Fix::Fixed { versions: vec!["1.0.1".to_owned()] },
        kev: None,
        epss: None,
        risk: 0.0,
        published: Some("1969-06-01T00:00:00Z".to_owned()),
        modified: None,
        references: vec![],
    };
    let subject = Subject {
        id: format!("pkg:npm/package-{package}@1.0.0"),
        name: format!("package-{package}"),
    };
    let id = format!("CVE-2024-{index:05}");
    let detail = Detail::Vulnerability(Box::new(vulnerability));
    Finding::new(id.clone(), Severity::High, subject, id, detail)
}

/// Rules of five kinds in turn, the first of which decides on a finding in four.
fn policy(rules: usize) -> Result<String, std::fmt::Error> {
    let mut text = "name: bench\nrules:\n".to_owned();
    for index in 0..rules {
        write!(
            text,
            "  - id: rule-{index}\n    when: {{registry: registry.example}}\n    fail:\n"
        )?;
        match index % 5 {
            0 => writeln!(text, "      - {{severity: high, id: '*[{index}]'}}")?,
            1 => writeln!(text, "      - {{severity: high, package: 'pkg:npm/other-*-{index}'}}")?,
            2 => writeln!(text, "      - {{fix: available, age-days: {}}}", 100_000 + index)?,
            3 => writeln!(text, "      - {{kind: vulnerability, path: 'opt/*/{index}/*'}}")?,
            _ => writeln!(text, "      - {{epss-above: 0.{index}}}\n      - {{exploited: true}}")?,
        }
    }
    // Behind all the others, so that whatever it decides on has been held against each of them.
    text.push_str("  - {id: last, warn: [{id: 'CVE-*-*0'}, {id: 'CVE-*-*[5]'}, {id: '*-*5'}]}\n");
    Ok(text)
}
