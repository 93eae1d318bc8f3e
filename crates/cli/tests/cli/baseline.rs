//! `farguard scan --baseline`: only what is new counts.

use crate::support::World;

fn with_baseline() -> World {
    let world = World::new();
    let old = world.farguard(&["scan", "rootfs", "--output", "json=old.json"]);
    assert_eq!(old.code, 1, "{}", old.stderr);
    world
}

#[test]
fn what_is_known_does_not_fail_and_is_still_shown() {
    let world = with_baseline();
    let run = world.farguard(&["scan", "rootfs", "--baseline", "old.json", "--fail-on", "unknown"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("suppressed: 2 by old.json"), "{}", run.stdout);
}

#[test]
fn what_is_new_fails_and_what_is_gone_is_said() {
    let world = with_baseline();
    // An upgrade that does not help is nothing new; the other package is gone.
    let status = world.read("rootfs/var/lib/dpkg/status").replace("+deb12u1", "+deb12u2");
    world.write("rootfs/var/lib/dpkg/status", &status);
    world.write(
        "rootfs/usr/local/lib/python3.11/site-packages/jinja2-2.10.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: other\nVersion: 2.10\n\n",
    );
    let args = ["scan", "rootfs", "--baseline", "old.json"];
    let run = world.farguard(&args);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("1 finding of the baseline is gone"), "{}", run.stderr);
    world.write(
        "rootfs/opt/jinja2-2.10.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.10\n\n",
    );
    let run = world.farguard(&[&args[..], &["--fail-on", "unknown"]].concat());
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_file_that_is_no_baseline_stops_the_run() {
    let world = with_baseline();
    world.write("out.sarif", r#"{"version": "2.1.0", "runs": []}"#);
    let check = |file: &str, expect: &str| {
        let run = world.farguard(&["scan", "rootfs", "--baseline", file]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{file}");
        assert!(run.stderr.contains(expect), "{file}: {}", run.stderr);
    };
    check("out.sarif", "baseline `out.sarif` is a SARIF log: give a report of `farguard scan");
    check("missing.json", "cannot read baseline `missing.json`");
}
