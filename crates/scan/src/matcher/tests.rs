//! Matching as a whole, against a table of advisories.

use std::collections::HashMap;

use farguard_model::{
    Cvss, Epss, Fix, Kev, Os, Package, PackageType, Severity, SourcePackage, TargetInfo,
    TargetKind, Vulnerability,
};

use super::*;
use crate::advisories::{Advisory, Affected, Candidate, Event, Range, record};

/// Advisories in memory.
#[derive(Default)]
pub(crate) struct Table {
    names: HashMap<(String, String), Vec<u64>>,
    advisories: Vec<Advisory>,
    kev: HashMap<String, Kev>,
    epss: HashMap<String, Epss>,
    also_known: Vec<String>,
}

impl Table {
    pub(crate) fn with(mut self, ecosystem: &str, name: &str, advisory: Advisory) -> Self {
        let place = self.advisories.len() as u64;
        self.names.entry((ecosystem.into(), name.into())).or_default().push(place);
        self.advisories.push(advisory);
        self
    }

    fn at(&self, place: u64) -> &Advisory {
        &self.advisories[usize::try_from(place).unwrap()]
    }

    pub(crate) fn exploited(mut self, cve: &str) -> Self {
        let kev = Kev { date_added: "2025".into(), due_date: "2025".into(), ransomware: false };
        self.kev.insert(cve.into(), kev);
        self
    }

    pub(crate) fn knowing(mut self, ecosystem: &str) -> Self {
        self.also_known.push(ecosystem.into());
        self
    }
}

impl AdvisorySource for Table {
    fn candidates(&self, ecosystem: &str, name: &str) -> Result<Vec<Candidate>, LookupError> {
        let places = self.names.get(&(ecosystem.to_owned(), name.to_owned()));
        let affected = |place: u64| self.at(place).affected.clone();
        let candidate = |place: &u64| Candidate { detail: *place, affected: affected(*place) };
        Ok(places.into_iter().flatten().map(candidate).collect())
    }

    fn detail(&self, place: u64) -> Result<record::Detail, LookupError> {
        let a = self.at(place).clone();
        Ok(record::Detail {
            id: a.id,
            aliases: a.aliases,
            upstream: a.upstream,
            summary: a.summary,
            published: a.published,
            modified: a.modified,
            severity: a.severity,
            rating: a.rating,
            references: a.references,
        })
    }

    fn knows(&self, ecosystem: &str) -> bool {
        self.also_known.iter().any(|known| known == ecosystem)
            || self.names.keys().any(|(known, _)| known == ecosystem)
    }

    fn kev(&self, cve: &str) -> Result<Option<Kev>, LookupError> {
        Ok(self.kev.get(cve).cloned())
    }

    fn epss(&self, cve: &str) -> Result<Option<Epss>, LookupError> {
        Ok(self.epss.get(cve).copied())
    }
}

/// An advisory for everything before `fixed`; `""` is no fix.
pub(crate) fn advisory(id: &str, fixed: &str) -> Advisory {
    let mut events = vec![Event::Introduced("0".into())];
    if !fixed.is_empty() {
        events.push(Event::Fixed(fixed.into()));
    }
    let ranges = vec![Range { semver: false, events }];
    Advisory {
        id: id.into(),
        affected: vec![Affected { ranges, ..Affected::default() }],
        ..Advisory::default()
    }
}

fn aliases(mut advisory: Advisory, aliases: &[&str]) -> Advisory {
    advisory.aliases = aliases.iter().map(|id| (*id).to_owned()).collect();
    advisory
}

fn upstream(mut advisory: Advisory, ids: &[&str]) -> Advisory {
    advisory.upstream = ids.iter().map(|id| (*id).to_owned()).collect();
    advisory
}

pub(crate) fn inventory(os: Option<(&str, &str)>, packages: Vec<Package>) -> Inventory {
    let mut target = TargetInfo::new("docker.io/library/app:1.2", TargetKind::Registry);
    target.digest = Some(format!("sha256:{}", "ab".repeat(32)));
    let mut inventory = Inventory::new(target);
    inventory.os = os.map(|(id, version)| Os {
        id: id.into(),
        version_id: version.into(),
        pretty_name: format!("{id} {version}"),
        ..Os::default()
    });
    inventory.packages = packages;
    inventory
}

pub(crate) fn pypi(name: &str, version: &str) -> Package {
    let path = format!("usr/lib/python3/{name}/METADATA");
    Package::new(PackageType::Pypi, name, version, path)
}

pub(crate) fn deb(name: &str, version: &str, source: Option<(&str, &str)>) -> Package {
    let mut package = Package::new(PackageType::Deb, name, version, "var/lib/dpkg/status");
    package.arch = Some("amd64".into());
    package.source =
        source.map(|(name, version)| SourcePackage { name: name.into(), version: version.into() });
    package
}

pub(crate) fn options() -> MatchOptions {
    MatchOptions::new("2025-01-01T00:00:00Z".parse().unwrap())
}

pub(crate) fn run(inventory: &Inventory, table: &Table) -> Matched {
    match_inventory(inventory, table, &options()).unwrap()
}

fn vulnerability(finding: &Finding) -> &Vulnerability {
    finding.vulnerability().unwrap()
}

fn ids(matched: &Matched) -> Vec<&str> {
    matched.findings.iter().map(|finding| finding.id.as_str()).collect()
}

fn codes(matched: &Matched) -> Vec<&str> {
    matched.problems.iter().map(|problem| problem.code.as_str()).collect()
}

#[test]
fn records_that_are_aliases_are_one_finding() {
    let table = Table::default()
        .with("PyPI", "jinja2", aliases(advisory("PYSEC-1", "3.0"), &["GHSA-a"]))
        .with("PyPI", "jinja2", aliases(advisory("GHSA-a", "3.0"), &["CVE-2024-1"]))
        .with("PyPI", "jinja2", aliases(advisory("GHSA-b", "2.11"), &["CVE-2024-2"]));
    let matched = run(&inventory(None, vec![pypi("Jinja2", "2.10")]), &table);
    assert_eq!(ids(&matched), ["CVE-2024-1", "CVE-2024-2"]);
    let first = vulnerability(&matched.findings[0]);
    assert_eq!(first.aliases, ["GHSA-a", "PYSEC-1"]);
    assert_eq!(first.advisories, ["GHSA-a", "PYSEC-1"]);
    assert_eq!(matched.problems, []);
}

#[test]
fn an_update_of_a_distribution_is_proof_for_each_of_its_cves() {
    let dsa = upstream(advisory("DSA-1-1", "1.1.1n-0+deb12u1"), &["CVE-2024-1", "CVE-2024-2"]);
    let cve = upstream(advisory("DEBIAN-CVE-2024-1", "1.1.1n-0+deb12u1"), &["CVE-2024-1"]);
    let table =
        Table::default().with("Debian:12", "openssl", dsa).with("Debian:12", "openssl", cve);
    let package = deb("libssl1.1", "1.1.1n-0", Some(("openssl", "1.1.1n-0")));
    let matched = run(&inventory(Some(("debian", "12")), vec![package]), &table);
    assert_eq!(ids(&matched), ["CVE-2024-1", "CVE-2024-2"]);
    let first = &matched.findings[0];
    assert_eq!(vulnerability(first).advisories, ["DEBIAN-CVE-2024-1", "DSA-1-1"]);
    assert_eq!(vulnerability(&matched.findings[1]).aliases, ["DSA-1-1"]);
    assert_eq!(
        first.evidence,
        "`openssl` 1.1.1n-0 (the source of `libssl1.1`) is older than 1.1.1n-0+deb12u1, where \
         DEBIAN-CVE-2024-1 fixes it"
    );
    assert_eq!(first.remediation.as_deref(), Some("upgrade `libssl1.1` to 1.1.1n-0+deb12u1"));
    assert_eq!(
        first.docs.as_deref(),
        Some("https://security-tracker.debian.org/tracker/CVE-2024-1")
    );
    assert_eq!(first.subject.id, "pkg:deb/debian/libssl1.1@1.1.1n-0?arch=amd64&distro=debian-12");
}

#[test]
fn source_and_binary_versions_are_not_mixed_up() {
    let table = Table::default().with("Debian:12", "util-linux", advisory("CVE-2024-1", "2.38-5"));
    let fixed = deb("bsdutils", "1:2.38-5", Some(("util-linux", "2.38-5")));
    let old = deb("bsdutils", "1:2.38-4", Some(("util-linux", "2.38-4")));
    let matched = run(&inventory(Some(("debian", "12")), vec![fixed, old]), &table);
    assert_eq!(matched.findings.len(), 1);
    let remediation = matched.findings[0].remediation.as_deref();
    assert_eq!(remediation, Some("upgrade `bsdutils` to a build of `util-linux` 2.38-5"));
    // A binary package with the name of another's source is another package.
    let table =
        Table::default().with("AlmaLinux:9", "openssl", advisory("ALSA-1", "1:3.0.7-2.el9"));
    let mut libs = Package::new(PackageType::Rpm, "openssl-libs", "1:3.0.7-1.el9", "rpmdb");
    libs.source = Some(SourcePackage { name: "openssl".into(), version: "1:3.0.7-1.el9".into() });
    let matched = run(&inventory(Some(("almalinux", "9.2")), vec![libs]), &table);
    assert_eq!(ids(&matched), [] as [&str; 0]);
}

#[test]
fn packages_of_ubuntu_pro_are_compared_with_its_fixes() {
    let free = upstream(advisory("UBUNTU-CVE-1", ""), &["CVE-2024-1"]);
    let pro = upstream(advisory("USN-1", "1.0-1ubuntu1+esm1"), &["CVE-2024-1"]);
    let table = Table::default().with("Ubuntu:22.04", "x", free).with("Ubuntu:Pro:22.04", "x", pro);
    let check = |version: &str, expect: Option<&str>| {
        let inventory = inventory(Some(("ubuntu", "22.04")), vec![deb("x", version, None)]);
        let matched = run(&inventory, &table);
        let found = matched.findings.first().and_then(|f| f.remediation.clone());
        assert_eq!(found.as_deref(), expect, "{version}");
    };
    check("1.0-1ubuntu1", Some("upgrade `x` to 1.0-1ubuntu1+esm1 (needs Ubuntu Pro)"));
    check("1.0-1ubuntu1+esm1", None);
}

#[test]
fn a_fix_is_a_version_that_every_record_calls_fixed() {
    let table = Table::default()
        .with("PyPI", "x", aliases(advisory("PYSEC-1", "1.4"), &["CVE-2024-1"]))
        .with("PyPI", "x", aliases(advisory("GHSA-1", "1.5"), &["CVE-2024-1"]));
    let matched = run(&inventory(None, vec![pypi("x", "1.0")]), &table);
    assert_eq!(
        vulnerability(&matched.findings[0]).fix,
        Fix::Fixed { versions: vec!["1.5".into()] }
    );
    assert!(matched.findings[0].evidence.ends_with("is older than 1.5, where GHSA-1 fixes it"));
}

#[test]
fn what_the_distribution_will_not_fix() {
    let mut refused = advisory("CVE-2024-1", "");
    refused.affected[0].fix_state = "end-of-life".into();
    let mut unimportant = advisory("CVE-2024-2", "");
    unimportant.affected[0].rating = "unimportant".into();
    let table = Table::default()
        .with("Debian:12", "x", refused)
        .with("Debian:12", "x", unimportant)
        .with("Debian:12", "x", advisory("CVE-2024-3", ""));
    let matched = run(&inventory(Some(("debian", "12")), vec![deb("x", "1", None)]), &table);
    let fixes: HashMap<_, _> =
        matched.findings.iter().map(|f| (f.id.as_str(), &vulnerability(f).fix)).collect();
    assert_eq!(fixes["CVE-2024-1"], &Fix::WontFix);
    assert_eq!(fixes["CVE-2024-2"], &Fix::WontFix);
    assert_eq!(fixes["CVE-2024-3"], &Fix::NotFixed);
}

#[test]
fn the_distribution_is_believed_over_cvss_and_cvss_over_the_database() {
    let worst = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H";
    let mut record = aliases(advisory("GHSA-1", "2"), &["CVE-2024-1"]);
    record.rating = "LOW".into();
    let check = |os, package: Package, record: &Advisory, expect: (Severity, &str)| {
        let ecosystem = if os { "Debian:12" } else { "PyPI" };
        let table = Table::default().with(ecosystem, "x", record.clone());
        let matched = run(&inventory(Some(("debian", "12")), vec![package]), &table);
        let finding = &matched.findings[0];
        let source = vulnerability(finding).severity_source.as_str();
        assert_eq!((finding.severity, source), expect);
        vulnerability(finding).cvss.clone()
    };
    check(false, pypi("x", "1"), &record, (Severity::Low, "ghsa"));
    record.severity.push(("CVSS_V2".into(), "AV:N/AC:L/Au:N/C:C/I:C/A:C".into()));
    check(false, pypi("x", "1"), &record, (Severity::High, "cvss-v2.0"));
    record.severity.push(("CVSS_V3".into(), worst.into()));
    record.severity.push(("CVSS_V3".into(), "nonsense".into()));
    let cvss = check(false, pypi("x", "1"), &record, (Severity::Critical, "cvss-v3.1"));
    let expect = Cvss { version: "3.1".into(), vector: worst.into(), score: 10.0 };
    assert_eq!(cvss[0], expect);
    assert_eq!(cvss.len(), 2);
    check(true, deb("x", "1", None), &record, (Severity::Low, "debian"));
    record.rating = "not a word".into();
    check(true, deb("x", "1", None), &record, (Severity::Critical, "cvss-v3.1"));
    check(true, deb("x", "1", None), &advisory("CVE-1-1", "2"), (Severity::Unknown, ""));
}

#[test]
fn exploited_comes_first() {
    let mut mild = aliases(advisory("GHSA-1", "2"), &["CVE-2024-1"]);
    mild.rating = "LOW".into();
    let mut bad = aliases(advisory("GHSA-2", "2"), &["CVE-2024-2"]);
    bad.rating = "CRITICAL".into();
    let mut table = Table::default().with("PyPI", "x", mild).with("PyPI", "x", bad);
    let packages = || inventory(None, vec![pypi("x", "1")]);
    assert_eq!(ids(&run(&packages(), &table)), ["CVE-2024-2", "CVE-2024-1"]);
    let kev =
        Kev { date_added: "2024-01-01".into(), due_date: "2024-02-01".into(), ransomware: false };
    table.kev.insert("CVE-2024-1".into(), kev.clone());
    table.epss.insert("CVE-2024-1".into(), Epss { score: 0.9, percentile: 0.99 });
    let matched = run(&packages(), &table);
    assert_eq!(ids(&matched), ["CVE-2024-1", "CVE-2024-2"]);
    assert_eq!(vulnerability(&matched.findings[0]).kev, Some(kev));
}

#[test]
fn silence_is_not_taken_for_health() {
    let deb = || vec![deb("x", "1", None)];
    let known = Table::default().knowing("Debian:12");
    let check = |os, packages, table: &Table, expect: &[&str]| {
        assert_eq!(codes(&run(&inventory(os, packages), table)), expect, "{os:?}");
    };
    check(Some(("debian", "12")), deb(), &known, &[]);
    check(Some(("debian", "13")), deb(), &known, &["no-advisories-for-distribution"]);
    check(Some(("slackware", "15")), deb(), &known, &["no-advisories-for-distribution"]);
    check(Some(("fedora", "43")), deb(), &known, &["no-advisories-for-distribution"]);
    check(None, deb(), &known, &["no-advisories-for-distribution"]);
    check(Some(("debian", "")), deb(), &known, &["no-advisories-for-distribution"]);
    let old = Table::default().knowing("Debian:10");
    check(Some(("debian", "10")), deb(), &old, &["distribution-end-of-support"]);
    // Nothing of the distribution is there to be checked.
    check(Some(("slackware", "15")), vec![], &known, &[]);
    check(None, vec![pypi("x", "1")], &known, &["no-advisories-for-ecosystem"]);
}

#[test]
fn what_cannot_be_compared_is_a_problem() {
    let table = Table::default().with("PyPI", "x", advisory("GHSA-1", "2")).with(
        "PyPI",
        "x",
        advisory("GHSA-2", ">=2"),
    );
    let matched = run(&inventory(None, vec![pypi("x", "2004d")]), &table);
    assert_eq!(ids(&matched), [] as [&str; 0]);
    assert_eq!(codes(&matched), ["unparsable-version"]);
    assert_eq!(
        matched.problems[0].message,
        "the version `2004d` of `x` is not a PEP 440 version: 2 advisories could not be compared \
         with it"
    );
    let matched = run(&inventory(None, vec![pypi("x", "1"), pypi("x", "1.1")]), &table);
    assert_eq!(ids(&matched), ["GHSA-1", "GHSA-1"]);
    assert_eq!(
        matched.problems[0].message,
        "advisory `GHSA-2` gives `>=2` as a version of `x`, which is not a PEP 440 version: that \
         range was left out"
    );
    assert_eq!(matched.problems.len(), 1);
    let empty = run(&inventory(None, vec![pypi("x", "")]), &table);
    assert_eq!(codes(&empty), ["unparsable-version"]);
}

#[test]
fn a_revision_of_bitnami_is_not_a_pre_release() {
    let table = Table::default().with("Bitnami", "redis", advisory("BIT-redis-1", "7.0.5"));
    let check = |version: &str, expect: usize| {
        let package = Package::new(PackageType::Bitnami, "redis", version, "opt/x");
        assert_eq!(
            run(&inventory(None, vec![package]), &table).findings.len(),
            expect,
            "{version}"
        );
    };
    check("7.0.4-3", 1);
    check("7.0.5-0", 0);
    check("7.0.5-rc1", 1);
}

#[test]
fn unfixed_findings_are_suppressed_on_request_and_come_last() {
    let table = Table::default().with("PyPI", "x", advisory("CVE-2024-1", "")).with(
        "PyPI",
        "x",
        advisory("CVE-2024-2", "2"),
    );
    let options = MatchOptions { ignore_unfixed: true, ..options() };
    let packages = inventory(None, vec![pypi("x", "1")]);
    let matched = match_inventory(&packages, &table, &options).unwrap();
    assert_eq!(ids(&matched), ["CVE-2024-2", "CVE-2024-1"]);
    let suppression = matched.findings[1].suppression.as_ref().unwrap();
    assert_eq!(suppression.source, "--ignore-unfixed");
    assert_eq!(matched.findings[0].suppression, None);
}

#[test]
fn what_is_needed_to_build_or_test_only_counts_on_request() {
    let table = Table::default().with("PyPI", "x", advisory("CVE-2024-1", "2"));
    let check = |include_dev, counts| {
        let package = Package { dev: true, ..pypi("x", "1") };
        let options = MatchOptions { include_dev, ..options() };
        let matched = match_inventory(&inventory(None, vec![package]), &table, &options).unwrap();
        assert_eq!(matched.findings[0].suppression.is_none(), counts);
    };
    check(false, false);
    check(true, true);
}

#[test]
fn fingerprints_survive_an_upgrade_that_does_not_help() {
    let table = Table::default().with("PyPI", "x", advisory("CVE-2024-1", "3"));
    let print = |version| {
        let matched = run(&inventory(None, vec![pypi("x", version)]), &table);
        matched.findings[0].fingerprint.clone()
    };
    assert_eq!(print("1"), print("2"));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut table = Table::default();
    let mut packages = Vec::new();
    for i in 0..20 {
        let name = format!("p{}", i % 7);
        table = table.with("PyPI", &name, advisory(&format!("CVE-2024-{i}"), "2")).with(
            "PyPI",
            &name,
            advisory(&format!("CVE-2023-{i}"), "not a version"),
        );
        packages.push(pypi(&name, ["1", "3", "what"][i % 3]));
    }
    let kinds = packages.iter().map(|package| package.kind);
    let coverage = coverage::Coverage::new(kinds, None, None, &table, options().now);
    let workers = Workers { os: None, packages: &packages, source: &table, coverage: &coverage };
    let run = |threads| {
        let Run { findings, unparsable, mut remarks } = workers.run(threads).unwrap();
        remarks.sort();
        remarks.dedup();
        (findings, unparsable, remarks)
    };
    let one = run(1);
    assert!(!one.0.is_empty() && !one.1.is_empty() && !one.2.is_empty());
    for threads in [2, 3, 19, 20, 64] {
        assert_eq!(run(threads), one, "{threads} threads");
    }
}

#[test]
fn many_packages_take_milliseconds() {
    let mut table = Table::default().knowing("PyPI");
    let mut packages = Vec::new();
    for i in 0..2_000 {
        let name = format!("p{i}");
        for j in 0..5 {
            let fixed = if j == 0 { "2" } else { "0.5" };
            table = table.with("PyPI", &name, advisory(&format!("CVE-{i}-{j}"), fixed));
        }
        packages.push(pypi(&name, "1.0"));
    }
    let inventory = inventory(None, packages);
    let start = std::time::Instant::now();
    assert_eq!(run(&inventory, &table).findings.len(), 2_000);
    println!("matched in {:?}", start.elapsed());
    // Quadratic work would take minutes.
    assert!(start.elapsed().as_secs() < 20);
}
