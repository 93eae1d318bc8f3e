//! `farguard scan` as a user runs it.

use crate::support::World;

#[test]
fn a_scan_finds_what_the_database_knows() {
    let world = World::new();
    let run = world.farguard(&["scan", "rootfs"]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    for expected in ["CVE-2023-4911", "libc6", "2.36-9+deb12u3", "CVE-2099-0001", "jinja2"] {
        assert!(
            run.stdout.to_lowercase().contains(&expected.to_lowercase()),
            "{expected} not in\n{}",
            run.stdout
        );
    }
    assert_eq!(run.stderr, "");
}

#[test]
fn the_threshold_decides_the_exit_code() {
    let world = World::new();
    let check = |args: &[&str], expect: i32| {
        let mut all = vec!["scan", "rootfs"];
        all.extend(args);
        let run = world.farguard(&all);
        assert_eq!(run.code, expect, "{args:?}\n{}{}", run.stdout, run.stderr);
    };
    check(&["--fail-on", "critical"], 0);
    check(&["--fail-on", "high"], 1);
    check(&["--fail-on", "never"], 0);
    check(&["--fail-on", "medium", "--packages-only"], 0);
    check(&["--fail-on", "severe"], 2);
}

#[test]
fn an_image_for_another_platform_is_refused_if_one_was_asked_for() {
    let world = World::new();
    world.write("manifest.json", r#"[{"Config":"config.json","RepoTags":null,"Layers":[]}]"#);
    world.write(
        "config.json",
        r#"{"os":"linux","architecture":"arm64","rootfs":{"type":"layers","diff_ids":[]}}"#,
    );
    let mut tar = std::process::Command::new("tar");
    tar.arg("-C").arg(world.path("")).arg("-cf").arg(world.path("image.tar"));
    assert!(tar.args(["manifest.json", "config.json"]).status().unwrap().success());
    let check = |args: &[&str], expect: i32| {
        // There is nothing inside, which is a gap of its own.
        let mut all = vec!["scan", "image.tar", "--packages-only", "--allow-gaps"];
        all.extend(args);
        let run = world.farguard(&all);
        assert_eq!(run.code, expect, "{args:?}\n{}{}", run.stdout, run.stderr);
        run.stderr
    };
    check(&[], 0);
    check(&["--platform", "linux/arm64"], 0);
    let error = check(&["--platform", "linux/s390x"], 2);
    assert!(error.contains("no image for `linux/s390x`; there is: `linux/arm64`"), "{error}");
}

#[test]
fn unfixed_findings_can_be_left_out_but_are_still_reported() {
    let world = World::new();
    world.write("advisories/all.jsonl", world.read("advisories/all.jsonl").lines().nth(1).unwrap());
    assert_eq!(world.farguard(&["db", "build", "advisories"]).code, 0);
    // The Debian package has no advisories in this database: a gap, accepted here.
    let check = |args: &[&str], expect: i32| {
        let mut all =
            vec!["scan", "rootfs", "--fail-on", "medium", "--allow-gaps", "--format", "json"];
        all.extend(args);
        let run = world.farguard(&all);
        assert_eq!(run.code, expect, "{args:?}\n{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("CVE-2099-0001"));
    };
    check(&[], 1);
    check(&["--ignore-unfixed"], 0);
}

#[test]
fn several_formats_in_one_run() {
    let world = World::new();
    let run = world.farguard(&[
        "scan",
        "rootfs",
        "--output",
        "sarif=out.sarif",
        "--output",
        "cyclonedx=out.cdx.json",
        "--output",
        "html=out.html",
        "--output",
        "spdx=out.spdx.json",
        "--output",
        "junit=out.xml",
        "--output",
        "markdown=out.md",
        "--output",
        "github=out.github",
        "--output",
        "gitlab=out.gitlab.json",
        "--output",
        "gitlab-codequality=out.quality.json",
    ]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("CVE-2023-4911"), "the table still goes to standard output");
    let others = ["out.github", "out.gitlab.json", "out.quality.json"];
    let files = ["out.sarif", "out.cdx.json", "out.html", "out.spdx.json", "out.xml", "out.md"];
    for file in files.into_iter().chain(others) {
        assert!(world.read(file).contains("CVE-2023-4911"), "{file}");
    }
}

#[test]
fn a_stored_bill_of_materials_gives_the_same_findings() {
    let world = World::new();
    let findings = |target: &str| {
        let run = world.farguard(&["scan", target, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
        let findings = report["reports"][0]["findings"].as_array().expect("findings").clone();
        assert_eq!(findings.len(), 2, "{target}");
        findings
    };
    let direct = findings("rootfs");
    for (format, file) in [("cyclonedx", "stored.cdx.json"), ("spdx", "stored.spdx.json")] {
        let written =
            world.farguard(&["scan", "rootfs", "--packages-only", "-f", format, "-o", file]);
        assert_eq!(written.code, 0, "{}", written.stderr);
        assert_eq!(findings(&format!("sbom:{file}")), direct, "{format}");
    }
}

#[test]
fn without_a_database_nothing_passes() {
    let world = World::new();
    let run = world.farguard_with(&["scan", "rootfs"], &[("FARGUARD_DB", "missing.db")]);
    assert_eq!(run.code, 2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("farguard db update"), "{}", run.stderr);
}

#[test]
fn a_damaged_package_database_is_never_clean() {
    let world = World::new();
    world.write("broken/etc/os-release", "ID=almalinux\nVERSION_ID=9\n");
    world.write("broken/var/lib/rpm/rpmdb.sqlite", "SQLite format 3\0 and then nonsense");
    let run = world.farguard(&["scan", "broken"]);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("rpmdb.sqlite"), "{}", run.stdout);
    assert_eq!(world.farguard(&["scan", "broken", "--allow-gaps"]).code, 0);
}

#[test]
fn an_empty_directory_is_no_pass() {
    let world = World::new();
    world.write("empty/notes.txt", "nothing to see");
    let run = world.farguard(&["scan", "empty"]);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("no package was found"), "{}", run.stdout);
    assert_eq!(world.farguard(&["scan", "empty", "--allow-gaps"]).code, 0);
}

#[test]
fn one_bad_target_does_not_hide_the_others() {
    let world = World::new();
    let run = world.farguard(&["scan", "no/such/dir/", "rootfs"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no/such/dir"), "{}", run.stderr);
    assert!(run.stdout.contains("CVE-2023-4911"));
}

#[test]
fn an_ignore_file_needs_reasons() {
    let world = World::new();
    world.write(
        "ignore.toml",
        "[[ignore]]\nid = \"CVE-2023-4911\"\nreason = \"ld.so is not setuid here\"\nexpires = 2999-01-01\n",
    );
    let run =
        world.farguard(&["scan", "rootfs", "--ignore-file", "ignore.toml", "--fail-on", "high"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    world.write("ignore.toml", "[[ignore]]\nid = \"CVE-2023-4911\"\nreson = \"typo\"\n");
    let run = world.farguard(&["scan", "rootfs", "--ignore-file", "ignore.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("reson") && run.stderr.contains("reason"), "{}", run.stderr);
}

#[test]
fn colour_is_for_terminals() {
    let world = World::new();
    let plain = world.farguard(&["scan", "rootfs"]);
    assert!(!plain.stdout.contains('\u{1b}'));
    let forced = world.farguard(&["scan", "rootfs", "--color", "always"]);
    assert!(forced.stdout.contains('\u{1b}'));
    let environment = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
    assert!(!world.farguard_with(&["scan", "rootfs"], &environment).stdout.contains('\u{1b}'));
}

#[test]
fn a_second_scan_says_the_same() {
    let world = World::new();
    let first = world.farguard(&["scan", "rootfs"]);
    let second = world.farguard(&["scan", "rootfs"]);
    assert_eq!(first.stdout, second.stdout);
}

#[test]
fn completions_and_man_pages_are_written() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish"] {
        let run = world.farguard(&["completions", shell]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains("--fail-on") || run.stdout.contains("fail-on"), "{shell}");
    }
    assert_eq!(world.farguard(&["man", "man1"]).code, 0);
    assert!(world.read("man1/farguard-scan.1").contains("fail\\-on"));
}
