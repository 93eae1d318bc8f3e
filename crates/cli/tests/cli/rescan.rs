//! `farguard scan --store` and `farguard rescan` as a user runs them.

use std::fs;

use crate::support::World;

/// A world whose root file system is in a store, and where one more advisory is known since.
fn stored() -> World {
    let world = World::new();
    let scan = world.farguard(&["scan", "rootfs", "--store", "store", "--owner", "@web"]);
    assert_eq!(scan.code, 1, "{}", scan.stderr);
    world
}

fn learn(world: &World, advisories: &[&str]) {
    let mut all = world.read("advisories/all.jsonl");
    all += &advisories.join("\n");
    world.write("advisories/all.jsonl", &all);
    assert_eq!(world.farguard(&["db", "build", "advisories"]).code, 0);
}

const NEW: &str = r#"{"id":"CVE-2099-0002","modified":"2026-01-01T00:00:00Z","summary":"glibc: new","affected":[{"package":{"ecosystem":"Debian:12","name":"glibc"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.36-9+deb12u9"}]}],"ecosystem_specific":{"urgency":"high"}}]}"#;

#[test]
fn what_became_known_is_reported_once() {
    let world = stored();
    let quiet = world.farguard(&["rescan", "store"]);
    assert_eq!(quiet.code, 0, "{}{}", quiet.stdout, quiet.stderr);
    assert!(quiet.stdout.contains("nothing new in 1 image"), "{}", quiet.stdout);
    learn(&world, &[NEW]);
    let dry = world.farguard(&["rescan", "store", "--dry-run"]);
    let run = world.farguard(&["rescan", "store"]);
    assert_eq!((dry.code, run.code), (1, 1), "{}{}", run.stdout, run.stderr);
    for expected in ["rootfs", "owner @web", "new", "CVE-2099-0002", "libc6", "2.36-9+deb12u9"] {
        assert!(run.stdout.contains(expected), "{expected} not in\n{}", run.stdout);
    }
    assert!(!run.stdout.contains("CVE-2023-4911"), "it was known: {}", run.stdout);
    assert_eq!(world.farguard(&["rescan", "store"]).code, 0);
    let again = world.farguard(&["rescan", "store", "--since", "1h", "--fail-on", "never"]);
    assert_eq!(again.code, 0);
    assert!(again.stdout.contains("CVE-2099-0002"), "{}", again.stdout);
}

#[test]
fn the_json_holds_what_programs_need() {
    let world = stored();
    learn(&world, &[NEW]);
    let run = world.farguard(&["rescan", "store", "--format", "json", "--output", "out.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    let answer: serde_json::Value = serde_json::from_str(&world.read("out.json")).unwrap();
    assert_eq!(answer["schema_version"], "1.0");
    assert_eq!(answer["summary"]["new"], 1);
    let image = &answer["images"][0];
    assert_eq!(image["owner"]["name"], "@web");
    let change = &image["changes"][0];
    assert_eq!(
        (change["change"].as_str(), change["id"].as_str()),
        (Some("new"), Some("CVE-2099-0002"))
    );
    assert_eq!(change["package"]["version"], "2.36-9+deb12u1");
    assert_eq!(change["fixed_in"], "2.36-9+deb12u9");
    // A scan of the same target knows the finding under the same fingerprint.
    let scan = world.farguard(&["scan", "rootfs", "--format", "json"]);
    assert!(scan.stdout.contains(change["fingerprint"].as_str().unwrap()));
}

#[test]
fn the_bill_of_materials_can_be_scanned_and_holds_no_findings() {
    let world = stored();
    let entry = fs::read_dir(world.path("store/images")).unwrap().next().unwrap().unwrap();
    let sbom = entry.path().join("sbom.cdx.json");
    assert!(!fs::read_to_string(&sbom).unwrap().contains("CVE-"));
    let run = world.farguard(&["scan", &format!("sbom:{}", sbom.display())]);
    assert!(run.stdout.contains("CVE-2023-4911"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn entries_that_cannot_be_read_are_no_pass() {
    let world = stored();
    let entry = fs::read_dir(world.path("store/images")).unwrap().next().unwrap().unwrap();
    fs::write(entry.path().join("packages.bin"), "FG").unwrap();
    let run = world.farguard(&["rescan", "store"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stdout.contains("1 entry could not be read"), "{}", run.stdout);
    assert!(run.stdout.contains("packages.bin: it is damaged"), "{}", run.stdout);
}

#[test]
fn advisories_that_know_less_are_no_pass() {
    let world = stored();
    let only_python = world.read("advisories/all.jsonl").lines().nth(1).unwrap().to_owned();
    world.write("advisories/all.jsonl", &only_python);
    assert_eq!(world.farguard(&["db", "build", "advisories"]).code, 0);
    let run = world.farguard(&["rescan", "store"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stdout.contains("not assessed: "), "{}", run.stdout);
    assert!(!run.stdout.contains("no longer found"), "{}", run.stdout);
}

#[test]
fn what_is_no_store_is_refused_before_anything_is_scanned() {
    let world = World::new();
    let check = |args: &[&str], expect: &str| {
        let run = world.farguard(args);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(expect), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    };
    check(&["rescan", "rootfs"], "`rootfs`: it is no store: `farguard scan --store` makes one");
    check(
        &["scan", "rootfs", "--store", "advisories"],
        "`advisories`: it is no store, and not empty",
    );
}
