//! Dockerfiles as a user scans them.

use crate::support::World;

const FILE: &str = "# farguard ignore=DL3006 pinned by the mirror\nFROM debian\n\
    ENV DB_PASSWORD=correct-horse-battery\nUSER 1000\n\
    RUN apt-get update && \\\n    apt-get install curl=7 && rm -rf /var/lib/apt/lists/*\n";

/// Exit code and output of a scan in a world with build files and no advisories.
fn scan(arguments: &[&str]) -> (i32, String) {
    let world = World::new();
    world.write("app/Dockerfile", FILE);
    world.write("app/deep/er/api.Dockerfile", "FROM debian:latest\nUSER 1000\n");
    world.write("app/deep/.hadolint.yaml", "ignored: [DL3007]\n");
    world.write("app/deep/Containerfile", "FROM debian:latest\nUSER 1000\n");
    world.write("nonsense", "FROM debian:latest\nUSER 1000\n");
    let run = world.farguard(&[&["scan", "--db", "absent.db"], arguments].concat());
    (run.code, run.stdout + &run.stderr)
}

#[test]
fn a_file_is_checked_without_advisories() {
    let (code, text) = scan(&["app/Dockerfile", "--fail-on", "high", "--format", "json"]);
    assert_eq!(code, 1, "{text}");
    assert!(!text.contains("correct-horse"), "{text}");
    for expect in [
        "\"kind\": \"build-file\"",
        "\"id\": \"credential-in-environment\"",
        "\"replacement\": \" --no-install-recommends\"",
        "\"start_line\": 6",
        "\"line\": 6",
        "\"column\": 13",
        "\"pinned by the mirror\"",
    ] {
        assert!(text.contains(expect), "{expect}: {text}");
    }
    assert!(!text.contains("no-packages-found"), "{text}");
}

#[test]
fn source_directories_bring_their_build_files() {
    let (code, text) = scan(&["source:app", "--scanners=checks", "--fail-on=low", "--format=json"]);
    assert_eq!(code, 1, "{text}");
    for expect in ["\"path\": \"Dockerfile\"", "\"path\": \"deep/er/api.Dockerfile\""] {
        assert!(text.contains(expect), "{expect}: {text}");
    }
    // The settings beside `Containerfile` speak for it, and not for what lies deeper.
    assert_eq!(text.matches("\"id\": \"latest-base-image\"").count(), 1, "{text}");
}

#[test]
fn other_names_need_a_prefix() {
    let (code, text) = scan(&["nonsense"]);
    assert_eq!(code, 2, "{text}");
    let (code, text) = scan(&["build-file:nonsense", "--fail-on", "critical"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("latest-base-image"), "{text}");
    let (code, text) = scan(&["build-file:absent"]);
    assert_eq!((code, text.contains("does not exist")), (2, true), "{text}");
}
