use farguard_model::{
    LayerInfo, Package, PackageType, Secret, SecretPlace, Severity, Subject, TargetInfo,
    TargetKind, fingerprint,
};
use tempfile::TempDir;

use super::{verdict::StoredVerdict, *};

pub(super) fn time(day: u8) -> Timestamp {
    format!("2025-01-{day:02}T00:00:00Z").parse().unwrap()
}

/// An image, by a digit that its digest is made of.
pub(super) fn report(digit: &str, name: &str, created: Timestamp) -> ScanReport {
    let mut target = TargetInfo::new(name, TargetKind::Registry);
    target.digest = Some(format!("sha256:{}", digit.repeat(64)));
    let mut report = ScanReport::new(created, target);
    report.packages = vec![Package::new(PackageType::Pypi, "jinja2", "2.10", "METADATA")];
    let layer = |diff_id: &str| LayerInfo {
        digest: None,
        diff_id: diff_id.to_owned(),
        created_by: Some("RUN curl -u admin:hunter2 example.com".to_owned()),
        size_bytes: 1,
    };
    report.layers = vec![layer("sha256:base"), layer(&format!("sha256:{digit}"))];
    report.target.labels = vec![("password".to_owned(), "hunter2".to_owned())];
    report
}

fn secret(id: &str) -> farguard_model::Finding {
    let subject = Subject { id: "x".into(), name: "x".into() };
    let detail = farguard_model::Detail::Secret(Secret {
        provider: "AWS".into(),
        masked: "hunter2".into(),
        place: SecretPlace::File,
        removed_by_layer: None,
    });
    farguard_model::Finding::new(id, Severity::High, subject, fingerprint(&[id]), detail)
}

pub(super) fn verdict(store: &Store, digit: &str) -> StoredVerdict {
    store.entry(&format!("sha256-{}", digit.repeat(64))).verdict().unwrap()
}

#[test]
fn images_are_kept_by_digest_with_all_their_names() {
    let directory = TempDir::new().unwrap();
    let store = Store::create(directory.path()).unwrap();
    store.put(&report("a", "shop:1", time(1)), b"{}").unwrap();
    store.put(&report("b", "shop:2", time(2)), b"{}").unwrap();
    store.put(&report("a", "shop:latest", time(3)), b"{}").unwrap();
    let store = Store::open(directory.path()).unwrap();
    let images: Vec<_> = store.images().collect();
    assert_eq!(images.len(), 2);
    assert_eq!(images[0].names, ["shop:latest", "shop:1"]);
    assert_eq!(images[0].diff_ids, ["sha256:base", "sha256:a"]);
    let names = verdict(&store, "a").names;
    assert_eq!((names[1].name.as_str(), names[1].last_seen), ("shop:1", time(1)));
}

#[test]
fn nothing_that_may_be_a_secret_is_written() {
    let directory = TempDir::new().unwrap();
    let store = Store::create(directory.path()).unwrap();
    let mut report = report("a", "shop:1", time(1));
    report.findings = vec![secret("aws-access-key")];
    store.put(&report, b"{}").unwrap();
    let entry = store.entry(&format!("sha256-{}", "a".repeat(64)));
    let unpacked = entry.packages().unwrap();
    let verdict = fs::read_to_string(entry.path(entry::VERDICT)).unwrap();
    assert!(verdict.contains("aws-access-key") && !verdict.contains("hunter2"), "{verdict}");
    assert!(!format!("{:?}{:?}", unpacked.head, unpacked.packages()).contains("hunter2"));
}

#[test]
fn a_scan_knows_since_when_and_keeps_what_it_did_not_look_for() {
    let directory = TempDir::new().unwrap();
    let store = Store::create(directory.path()).unwrap();
    let mut first = report("a", "shop:1", time(1));
    first.scanners = vec![farguard_model::Scanner::Secrets];
    first.findings = vec![secret("aws-access-key")];
    store.put(&first, b"{}").unwrap();
    let mut second = report("a", "shop:1", time(2));
    second.scanners = vec![farguard_model::Scanner::Checks];
    store.put(&second, b"{}").unwrap();
    assert_eq!(verdict(&store, "a").findings.len(), 1, "nobody looked for secrets");
    second.scanners = first.scanners.clone();
    second.findings = vec![secret("aws-access-key"), secret("github-token")];
    store.put(&second, b"{}").unwrap();
    let since: Vec<_> = verdict(&store, "a").findings.iter().map(|f| f.first_seen).collect();
    assert_eq!(since, [time(1), time(2)]);
}

#[test]
fn other_directories_are_left_alone() {
    let directory = TempDir::new().unwrap();
    let check = |path: &Path, expect: &str| {
        let message = Store::open(path).unwrap_err().to_string();
        assert!(message.contains(expect), "{message}");
    };
    check(&directory.path().join("none"), "it is no store");
    fs::write(directory.path().join("main.rs"), "").unwrap();
    let message = Store::create(directory.path()).unwrap_err().to_string();
    assert!(message.contains("not empty"), "{message}");
    fs::write(directory.path().join(MARKER), r#"{"format": 99}"#).unwrap();
    check(directory.path(), "it has format 99");
    fs::write(directory.path().join(MARKER), "{").unwrap();
    check(directory.path(), "store.json");
}

#[test]
fn many_scans_share_one_store() {
    let directory = TempDir::new().unwrap();
    let store = Store::create(directory.path()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8u8 {
            let store = &store;
            scope.spawn(move || {
                for round in 0..10 {
                    let name = format!("shop:{thread}-{round}");
                    store.put(&report("a", &name, time(1)), b"{}").unwrap();
                }
            });
        }
    });
    // No name is lost, though all of them mean the same image.
    assert_eq!(verdict(&store, "a").names.len(), 80);
    let leftovers = fs::read_dir(directory.path().join(IMAGES)).unwrap().flatten();
    let files = leftovers.flat_map(|entry| fs::read_dir(entry.path()).unwrap().flatten());
    assert_eq!(files.count(), 3);
}
