use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    inventory::Inventory,
    matcher::{
        match_inventory, rank,
        tests::{Table, advisory, inventory, options, pypi},
    },
};

fn advisories() -> Table {
    Table::default()
        .with("Debian:12", "glibc", advisory("DSA-1", "2.36-9+deb12u3"))
        .with("Debian:12", "glibc", advisory("CVE-2099-1", ""))
        .with("PyPI", "jinja2", advisory("GHSA-1", "3.1"))
        .with("PyPI", "flask", advisory("GHSA-2", "2.0"))
}

/// A package out of a small pool, so that targets share some and differ in others.
fn package(choice: (u8, u8, u8)) -> Package {
    let (name, version, place) = choice;
    let mut package = match name % 4 {
        0 => Package::new(PackageType::Deb, "glibc", format!("2.36-9+deb12u{version}"), ""),
        1 => pypi("jinja2", &format!("{version}.0")),
        2 => pypi("flask", "not a version"),
        _ => pypi("requests", "2.0"),
    };
    package.path = format!("place/{}", place % 3);
    package.layer = (place > 1).then(|| place.into());
    package.dev = place == 3;
    package
}

/// The findings of one target, made from what is known of all packages of all targets.
fn from_answers(target: &Inventory, distinct: &[Package], answers: &Answers) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, package) in target.packages.iter().enumerate() {
        let known =
            distinct.iter().position(|p| p.version == package.version && p.name == package.name);
        let Some(answer) = answers.of(known.unwrap()) else { continue };
        for (fingerprint, found) in answer.findings(&package.path) {
            findings.push(placed(found, fingerprint, index, package));
        }
    }
    super::super::suppress::apply(&mut findings, target, &options());
    rank::sort(&mut findings);
    findings
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn targets_have_the_findings_that_they_have_alone(
        targets in vec(vec((0u8..4, 0u8..5, 0u8..4), 0..8), 1..6),
    ) {
        let targets: Vec<Inventory> = targets
            .into_iter()
            .map(|choices| inventory(Some(("debian", "12")), choices.into_iter().map(package).collect()))
            .collect();
        let mut distinct: Vec<Package> = Vec::new();
        for package in targets.iter().flat_map(|target| &target.packages) {
            if !distinct.iter().any(|p| p.name == package.name && p.version == package.version) {
                let mut package = package.clone();
                package.path.clear();
                distinct.push(package);
            }
        }
        let (table, now) = (advisories(), options().now);
        let os = targets.first().and_then(|target| target.os.clone());
        let answers = match_distinct(os.as_ref(), &distinct, &table, now).unwrap();
        for target in &targets {
            let alone = match_inventory(target, &table, &options()).unwrap();
            prop_assert_eq!(from_answers(target, &distinct, &answers), alone.findings);
        }
    }
}

#[test]
fn what_cannot_be_compared_is_said_where_it_is() {
    let table = advisories();
    let package = package((2, 0, 2));
    let answers = match_distinct(None, std::slice::from_ref(&package), &table, options().now);
    let problem = answers.unwrap().of(0).unwrap().unparsable(&package).unwrap();
    assert_eq!((problem.path.as_deref(), problem.layer), (Some("place/2"), Some(2)));
    let gaps = Gaps::new(&table, options().now).unwrap();
    assert_eq!(
        gaps.of(None, [PackageType::Npm].into_iter())[0].code,
        "no-advisories-for-ecosystem"
    );
    assert_eq!(gaps.of(None, [PackageType::Pypi].into_iter()), []);
}
