//! `docs/reference/fuzzing.md` lists every fuzz target, and `fuzz/Cargo.toml` builds each.
//! `UPDATE_DOCS=1` rewrites the page.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test panics when what it reads is missing"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const HEAD: &str = "# What is fuzzed\n\n\
    `make fuzz` runs every target for a minute; `fuzz/run.sh SECONDS TARGET...` runs some for as \
    long as you like. It fails when one panics, overflows, takes ten seconds or a gigabyte. What \
    it finds becomes a unit test beside the cause.\n\n\
    Made from the first line of each target: `UPDATE_DOCS=1 cargo test -p farguard-scan --test \
    fuzz_docs` rewrites this page.\n\n\
    | target | what it reads |\n|---|---|\n";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The targets and what their first lines say.
fn targets() -> BTreeMap<String, String> {
    let directory = repository().join("fuzz/fuzz_targets");
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| (name(&file), about(&file))).collect()
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn about(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().next().and_then(|line| line.strip_prefix("//! "));
    let sentence = line.unwrap_or_else(|| panic!("{} starts with `//! `", file.display()));
    sentence.strip_suffix('.').expect("one sentence on one line").to_owned()
}

#[test]
fn every_target_is_built_and_they_are_sorted() {
    let manifest = fs::read_to_string(repository().join("fuzz/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let bins = manifest["bin"].as_array().unwrap();
    let names: Vec<&str> = bins.iter().map(|bin| bin["name"].as_str().unwrap()).collect();
    assert_eq!(names, targets().keys().collect::<Vec<_>>());
    for bin in bins {
        let path = format!("fuzz_targets/{}.rs", bin["name"].as_str().unwrap());
        assert_eq!(bin["path"].as_str(), Some(path.as_str()));
    }
}

#[test]
fn the_page_is_up_to_date() {
    let path = repository().join("docs/reference/fuzzing.md");
    let rows = targets().into_iter().map(|(name, about)| format!("| `{name}` | {about} |\n"));
    let page = HEAD.to_owned() + &rows.collect::<String>();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stored, page, "run `UPDATE_DOCS=1 cargo test -p farguard-scan --test fuzz_docs`");
}
