use super::*;
use crate::sample;

fn by_text(_: PackageType, a: &str, b: &str) -> Option<Ordering> {
    Some(a.cmp(b))
}

#[test]
fn binary_packages_of_one_source_are_one_upgrade() {
    let report = sample::report();
    let groups = groups(&report, Some(by_text));
    let openssl = groups.iter().find(|group| group.names().contains(&"openssl")).unwrap();
    assert_eq!(openssl.names(), ["libssl3", "openssl"]);
    assert_eq!((openssl.rows.len(), openssl.findings), (3, 5));
    assert_eq!(openssl.upgrade, Upgrade::To("3.0.14-1~deb12u1"));
}

#[test]
fn upgrades_need_an_order_of_versions() {
    let report = sample::report();
    let check = |package: &str, compare: Option<CompareVersions>, expect: Upgrade<'_>| {
        let groups = groups(&report, compare);
        let group = groups.iter().find(|group| group.names().contains(&package)).unwrap();
        assert_eq!(group.upgrade, expect, "{package}");
    };
    check("libwebp7", None, Upgrade::To("1.2.4-0.2+deb12u1"));
    check("openssl", None, Upgrade::Several);
    check("openssl", Some(|_, _, _| None), Upgrade::Several);
    check("zlib1g", Some(by_text), Upgrade::Unavailable);
}

#[test]
fn suppressed_findings_are_in_no_group() {
    let report = sample::report();
    let rows: usize = groups(&report, None).iter().map(|group| group.findings).sum();
    assert_eq!(rows + 1, report.findings.len());
}

#[test]
fn a_finding_without_its_package_is_still_shown() {
    let mut report = sample::report();
    report.packages.clear();
    let groups = groups(&report, None);
    assert_eq!(groups.first().unwrap().names(), ["libwebp7"]);
}
