use farguard_model::{ContainerUse, Finding};
use proptest::prelude::*;

use super::*;
use crate::{RenderOptions, golden, sample};

fn json(reports: &[ScanReport]) -> String {
    golden::text("json", reports, &RenderOptions::default())
}

fn baseline(reports: &[ScanReport]) -> Baseline {
    Baseline::parse("old.json", json(reports).as_bytes()).unwrap()
}

/// Without what a baseline says nothing of.
fn scanned() -> ScanReport {
    let mut report = sample::gated();
    report.findings.retain(|finding| !matches!(finding.detail, Detail::Violation(_)));
    report
}

fn active(report: &ScanReport) -> Vec<&str> {
    report.active_findings().map(|finding| finding.id.as_str()).collect()
}

#[test]
fn the_same_report_has_nothing_new() {
    let mut report = scanned();
    assert!(baseline(&[scanned()]).compare(&mut report, true));
    assert_eq!(active(&report), [""; 0]);
    let info = report.baseline.as_ref().unwrap();
    assert_eq!((info.gone, info.source.as_str()), (0, "old.json"));
    let suppression = report.findings[0].suppression.as_ref().unwrap();
    assert_eq!(suppression.reason, "in the baseline of 2026-11-22");
    // Who had dismissed a finding before still has.
    let last = report.findings.last().unwrap().suppression.as_ref().unwrap();
    assert_eq!(last.source, ".farguardignore");
}

#[test]
fn what_is_new_counts_and_what_is_gone_is_counted() {
    let mut old = scanned();
    old.findings.remove(0);
    let mut new = scanned();
    let gone: Vec<Finding> = new.findings.drain(1..4).collect();
    assert!(baseline(&[old]).compare(&mut new, true));
    assert_eq!(active(&new), ["CVE-2023-4863"]);
    assert_eq!(new.baseline.unwrap().gone, gone.len());
}

#[test]
fn what_was_not_looked_for_is_not_gone() {
    let mut new = scanned();
    new.findings.clear();
    new.scanners = vec![Scanner::Vulnerabilities];
    assert!(baseline(&[scanned()]).compare(&mut new, true));
    assert_eq!(new.baseline.unwrap().gone, 12);
}

#[test]
fn a_second_finding_of_a_kind_is_new() {
    let old = sample::build_file();
    let mut new = old.clone();
    new.findings.push(new.findings[1].clone());
    assert!(baseline(&[old]).compare(&mut new, true));
    assert_eq!(active(&new), ["unpinned-apt-package"]);
}

#[test]
fn a_dismissal_that_ended_is_new_but_an_older_baseline_is_not() {
    let mut old = scanned();
    old.baseline = Some(BaselineInfo {
        source: "older.json".into(),
        created: old.created,
        known: Vec::new(),
        gone: 0,
    });
    for (finding, source) in old.findings.iter_mut().zip([".farguardignore", "older.json"]) {
        finding.suppression = Some(Suppression { reason: "x".into(), source: source.into() });
    }
    let mut new = scanned();
    assert!(baseline(&[old]).compare(&mut new, true));
    assert_eq!(active(&new), ["CVE-2023-4863"]);
}

#[test]
fn demands_of_a_policy_are_never_old() {
    let mut report = sample::gated();
    assert!(baseline(&[sample::gated()]).compare(&mut report, true));
    assert_eq!(active(&report), ["missing-label"]);
}

#[test]
fn targets_are_matched_by_repository_and_container() {
    let named = |name: &str, kind, container: Option<&str>| {
        let mut report = sample::bare();
        report.target.name = name.into();
        report.target.kind = kind;
        report.container = container.map(|name| ContainerUse {
            name: name.into(),
            ..sample::task()[0].container.clone().unwrap()
        });
        report
    };
    use TargetKind::{BuildFile, DockerArchive, Registry};
    let old = [
        named("app:1.4", Registry, None),
        named("other@sha256:12", Registry, Some("web")),
        named("other:2", Registry, Some("job")),
        named("a/Dockerfile", BuildFile, None),
    ];
    let several = baseline(&old);
    let check = |name: &str, kind, container: Option<&str>, expect: Option<&str>| {
        let found = several.find(&named(name, kind, container), false);
        assert_eq!(found.map(|old| old.name.as_str()), expect, "{name}");
    };
    check("app:1.5@sha256:34", Registry, None, Some("app:1.4"));
    check("registry.example/app:1.5", Registry, None, None);
    check("other:3", Registry, Some("web"), Some("other@sha256:12"));
    check("other:3", Registry, None, Some("other:2"));
    check("a/Dockerfile", BuildFile, None, Some("a/Dockerfile"));
    check("b/Dockerfile", BuildFile, None, None);
    check("app:1.4", DockerArchive, None, None);
    let one = baseline(&old[..1]);
    let archive = named("build/app-1.5.tar", DockerArchive, None);
    assert!(one.find(&archive, true).is_some() && one.find(&archive, false).is_none());
}

#[test]
fn version_1_0_had_no_kinds() {
    let text = r#"{"schema_version": "1.0", "reports": [{"created": "2026-11-01T00:00:00Z",
        "target": {"name": "app:1", "kind": "registry"}, "findings": [
            {"fingerprint": "00000000000000000000000000000001", "suppression": null}]}]}"#;
    let baseline = Baseline::parse("old.json", text.as_bytes()).unwrap();
    let old = OldFinding { kind: Kind::Vulnerability, number: 1 };
    assert_eq!(baseline.targets[0].findings, HashMap::from([(1, old)]));
}

#[test]
fn errors_say_what_the_file_is() {
    let check = |text: &str, expect: &str| {
        let error = Baseline::parse("old.json", text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expect), "{text:.60}: {error}");
    };
    check("", "`old.json` is empty");
    check(" \n", "is empty");
    check("\u{feff}{}", "JSON of another tool");
    check("{\"schema_version\": \"1.1\", \"rep", "EOF while parsing a string at line 1 column 30");
    check("<html>", "XML or HTML");
    check("[]", "a list, as code quality reports are");
    check(r#"{"schema_version": "2.0", "reports": []}"#, "schema version `2.0`");
    check(r#"{"schema_version": "1.1"}"#, "no `reports`");
    check(r#"{"SchemaVersion": 2, "Results": []}"#, "Trivy");
    check(r#"{"matches": [], "descriptor": {}}"#, "Grype");
    check(&"[".repeat(100_000), "a list");
    check(&format!("{{\"runs\": {}", "[".repeat(100_000)), "EOF while parsing");
    let bad = r#"{"schema_version": "1.1", "reports": [{"created": "2026-11-01T00:00:00Z", "target":
        {"name": "", "kind": ""}, "findings": [{"fingerprint": "xyz"}]}]}"#;
    check(bad, "`reports[0].findings[0].fingerprint` is not 32 hexadecimal digits");
    for (format, expect) in [
        ("sarif", "is a SARIF log"),
        ("gitlab", "a report of GitLab"),
        ("gitlab-codequality", "a list"),
        ("html", "XML or HTML"),
        ("table", "no report of ours"),
    ] {
        check(&golden::text(format, &[sample::gated()], &RenderOptions::default()), expect);
    }
    for (format, expect) in [("cyclonedx", "CycloneDX"), ("spdx", "SPDX")] {
        check(&golden::text(format, &[sample::report()], &RenderOptions::default()), expect);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A baseline that is damaged anywhere is an error or a baseline.
    #[test]
    fn damage_does_not_panic(at in 0usize..100_000, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = json(&[sample::build_file()]).into_bytes();
        let at = at % (bytes.len() - 2);
        if cut {
            bytes.truncate(at);
            prop_assert!(Baseline::parse("old.json", &bytes).is_err());
        } else {
            bytes[at] = byte;
            if let Ok(baseline) = Baseline::parse("old.json", &bytes) {
                baseline.compare(&mut sample::build_file(), true);
            }
        }
    }

    /// However many findings are old and new, each is known, new or gone.
    #[test]
    fn nothing_is_lost(old in prop::collection::vec(0u8..6, 0..12),
                       new in prop::collection::vec(0u8..6, 0..12)) {
        let template = sample::build_file();
        let report = |ids: &[u8]| {
            let mut report = template.clone();
            report.findings = ids.iter().map(|id| {
                let mut finding = template.findings[1].clone();
                finding.fingerprint = format!("{id:032x}");
                finding
            }).collect();
            report
        };
        let mut compared = report(&new);
        prop_assert!(baseline(&[report(&old)]).compare(&mut compared, true));
        let fresh = compared.active_findings().count();
        let known = compared.findings.len() - fresh;
        prop_assert_eq!(known + compared.baseline.unwrap().gone, old.len());
        prop_assert_eq!(known + fresh, new.len());
    }
}
