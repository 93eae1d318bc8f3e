//! The sample in `fixtures/advisories` builds, and knows what the demo needs.

use std::path::Path;

use farguard_scan::{
    advisories::{
        AdvisorySource,
        build::{BuildOptions, Input, build},
        database::Database,
    },
    progress::Silent,
};

#[test]
fn the_sample_is_whole_and_says_that_it_is_a_sample() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/advisories");
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("advisories.db");
    let now = jiff::Timestamp::UNIX_EPOCH;
    let inputs = vec![Input::local(&fixtures)];
    let built = build(&BuildOptions { inputs, output: output.clone(), now }, &Silent).unwrap();
    assert_eq!(built.problems, []);
    assert!(built.contents.sample);

    let database = Database::open(&output).unwrap();
    let knows =
        |ecosystem: &str, name: &str| !database.advisories(ecosystem, name).unwrap().is_empty();
    for name in ["flask", "requests", "urllib3", "jinja2", "pyyaml", "django", "pillow"] {
        assert!(knows("PyPI", name), "{name}");
    }
    assert!(knows("Debian:12", "glibc") && knows("Go", "stdlib") && knows("npm", "minimist"));
    // Pillow's bundled libwebp: exploited, so that the demo shows what that looks like.
    assert!(database.kev("CVE-2023-4863").unwrap().is_some());
    assert!(database.epss("CVE-2021-44228").unwrap().is_some());
}
