use std::{collections::BTreeSet, fs};

use farguard_model::{Os, Package, PackageType, ScanReport};
use proptest::{collection::vec, prelude::*};
use tempfile::TempDir;

use super::*;
use crate::{
    inventory::Inventory,
    matcher::{
        match_inventory,
        tests::{Table, advisory, deb, pypi},
    },
    store::tests::{report, time, verdict},
};

fn database() -> DatabaseInfo {
    DatabaseInfo { built: time(9), advisories: 1, sources: vec!["test".into()], sample: false }
}

/// What was known when the images were scanned.
fn yesterday() -> Table {
    Table::default().knowing("PyPI").with("Debian:12", "glibc", advisory("CVE-2025-1", "")).with(
        "PyPI",
        "jinja2",
        advisory("CVE-2025-2", "3.1"),
    )
}

/// What is known today: one has a fix, two are new, one is gone.
fn today() -> Table {
    Table::default()
        .with("Debian:12", "glibc", advisory("CVE-2025-1", "2.36-9+deb12u9"))
        .with("Debian:12", "glibc", advisory("CVE-2025-3", ""))
        .with("PyPI", "flask", advisory("CVE-2025-4", "2.0"))
}

fn options(day: u8) -> MatchOptions {
    MatchOptions::new(time(day))
}

/// A report as a scan makes it.
fn scanned(digit: &str, packages: Vec<Package>, table: &Table, day: u8) -> ScanReport {
    let mut report = report(digit, &format!("shop:{digit}"), time(day));
    report.os = Some(Os { id: "debian".into(), version_id: "12".into(), ..Os::default() });
    report.packages = packages;
    let mut inventory = Inventory::new(report.target.clone());
    inventory.os.clone_from(&report.os);
    inventory.packages.clone_from(&report.packages);
    let matched = match_inventory(&inventory, table, &options(day)).unwrap();
    (report.findings, report.problems) = (matched.findings, matched.problems);
    report.database = Some(database());
    report.scanners = vec![farguard_model::Scanner::Vulnerabilities];
    report
}

fn run(store: &Store, table: &Table, day: u8) -> Rescanned {
    rescan_with(store, table, day, None, false)
}

fn rescan_with(
    store: &Store,
    table: &Table,
    day: u8,
    since: Option<Timestamp>,
    dry_run: bool,
) -> Rescanned {
    let (matching, ignore) = (options(day), IgnoreRules::default());
    let options = RescanOptions { matching: &matching, ignore: &ignore, since, dry_run };
    rescan(store, table, &database(), &options).unwrap()
}

/// Ids of what changed and of what is gone, of one image.
fn said(rescanned: &Rescanned, at: usize) -> String {
    let Some(image) = rescanned.images.get(at) else { return String::new() };
    let changes = image.changes.iter().map(|c| format!("{} {}", c.what.as_str(), c.finding.id));
    let gone = image.gone.iter().map(|stored| format!("gone {}", stored.id));
    changes.chain(gone).collect::<Vec<_>>().join(", ")
}

fn world(packages: Vec<Package>) -> (TempDir, Store) {
    let directory = TempDir::new().unwrap();
    let store = Store::create(directory.path()).unwrap();
    store.put(&scanned("a", packages, &yesterday(), 1), b"{}").unwrap();
    (directory, store)
}

fn glibc_and_more() -> Vec<Package> {
    vec![deb("glibc", "2.36-9", None), pypi("flask", "1.0"), pypi("jinja2", "2.10")]
}

#[test]
fn what_became_known_is_said_once() {
    let (_directory, store) = world(glibc_and_more());
    assert_eq!(said(&run(&store, &yesterday(), 2), 0), "", "nothing changed");
    let dry = rescan_with(&store, &today(), 3, None, true);
    let rescanned = run(&store, &today(), 3);
    assert_eq!(dry.images, rescanned.images);
    let all = "new CVE-2025-4, new CVE-2025-3, fixable CVE-2025-1, gone CVE-2025-2";
    let mut parts: Vec<_> = all.split(", ").collect();
    parts.sort_unstable();
    let said_now = said(&rescanned, 0);
    let mut now: Vec<_> = said_now.split(", ").collect();
    now.sort_unstable();
    assert_eq!(now, parts);
    assert_eq!(said(&run(&store, &today(), 4), 0), "", "it was said");
    assert_eq!(store.last_rescan().unwrap().assessed, time(4));
    let since = rescan_with(&store, &today(), 5, Some(time(3)), true);
    assert_eq!(since.images[0].changes.len(), 2, "{}", said(&since, 0));
    assert_eq!(since.images[0].changes[0].first_seen, time(3));
}

#[test]
fn what_is_exploited_now_is_worse_than_it_was() {
    let (_directory, store) = world(glibc_and_more());
    let rescanned = run(&store, &yesterday().exploited("CVE-2025-1"), 2);
    assert_eq!(said(&rescanned, 0), "exploited CVE-2025-1");
    assert_eq!(rescanned.images[0].changes[0].version, "2.36-9");
    assert!(verdict(&store, "a").findings.iter().any(|finding| finding.exploited));
}

#[test]
fn advisories_that_know_less_make_nothing_go_away() {
    let (_directory, store) = world(glibc_and_more());
    let before = verdict(&store, "a");
    let rescanned = run(&store, &Table::default(), 2);
    assert_eq!(said(&rescanned, 0), "");
    assert_eq!(rescanned.images[0].gaps.len(), 2, "{:?}", rescanned.images[0].gaps);
    assert_eq!(verdict(&store, "a"), before);
}

#[test]
fn what_is_not_for_production_and_what_is_ignored_is_not_said_but_known() {
    let mut packages = glibc_and_more();
    packages[1].dev = true;
    let (_directory, store) = world(packages);
    let (matching, rules) =
        (options(3), "[[ignore]]\nid = \"CVE-2025-3\"\nreason = \"not reachable\"\n");
    let ignore = IgnoreRules::parse("ignore", rules).unwrap();
    let options =
        RescanOptions { matching: &matching, ignore: &ignore, since: None, dry_run: false };
    let rescanned = rescan(&store, &today(), &database(), &options).unwrap();
    assert_eq!(said(&rescanned, 0), "fixable CVE-2025-1, gone CVE-2025-2");
    assert_eq!(rescanned.images[0].suppressed, 2);
    assert_eq!(said(&run(&store, &today(), 4), 0), "");
}

#[test]
fn damaged_entries_are_named_and_the_others_read() {
    let (directory, store) = world(glibc_and_more());
    for digit in ["b", "c", "d"] {
        let packages = vec![pypi("flask", "1.0")];
        store.put(&scanned(digit, packages, &yesterday(), 1), b"{}").unwrap();
    }
    let file = |digit: &str, name: &str| {
        directory.path().join(format!("images/sha256-{}/{name}", digit.repeat(64)))
    };
    fs::write(file("b", "packages.bin"), "FGPK").unwrap();
    fs::write(file("c", "verdict.json"), r#"{"schema_version": "2.0"}"#).unwrap();
    fs::remove_file(file("d", "verdict.json")).unwrap();
    fs::write(directory.path().join("images/stray"), "").unwrap();
    let rescanned = run(&store, &today(), 2);
    assert_eq!(rescanned.images.len(), 1);
    let problems: Vec<_> = rescanned.problems.iter().map(|p| p.path.clone().unwrap()).collect();
    assert_eq!(problems.len(), 4, "{:?}", rescanned.problems);
    for (path, name) in
        problems.iter().zip(["packages.bin", "verdict.json", "verdict.json", "stray"])
    {
        assert!(path.ends_with(name), "{path}");
    }
    assert!(rescanned.problems[1].message.contains("version `2.0`"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn images_have_the_findings_that_they_have_alone(
        images in vec(vec((0u8..4, 0u8..4, 0u8..3), 0..8), 1..9),
    ) {
        let directory = TempDir::new().unwrap();
        let store = Store::create(directory.path()).unwrap();
        let mut alone = Vec::new();
        for (number, choices) in images.into_iter().enumerate() {
            let packages = choices.into_iter().map(|(name, version, place)| {
                let mut package = match name {
                    0 => deb("glibc", &format!("2.36-9+deb12u{}", version * 4), None),
                    1 => pypi("jinja2", &format!("{version}.0")),
                    2 => Package::new(PackageType::Npm, "left-pad", "1.0.0", ""),
                    _ => pypi("flask", &format!("{version}.0")),
                };
                package.path = format!("place/{place}");
                package
            });
            let mut packages: Vec<_> = packages.collect();
            packages.dedup();
            let digit = format!("{number:x}");
            // Never assessed: all that is found is new.
            let mut first = scanned(&digit, packages.clone(), &today(), 1);
            let found = first.findings.drain(..).map(|finding| (finding.fingerprint, finding.severity));
            alone.push((first.target.name.clone(), found.collect::<BTreeSet<_>>()));
            first.database = None;
            store.put(&first, b"{}").unwrap();
        }
        let rescanned = run(&store, &today(), 2);
        prop_assert!(rescanned.problems.is_empty());
        for (name, findings) in alone {
            let image = rescanned.images.iter().find(|image| image.names[0] == name);
            let changes = image.map_or(&[][..], |image| &image.changes);
            prop_assert!(changes.iter().all(|change| change.what == What::New));
            let found = changes.iter().map(|c| (c.fingerprint.clone(), c.finding.severity));
            prop_assert_eq!(found.collect::<BTreeSet<_>>(), findings);
        }
    }
}
