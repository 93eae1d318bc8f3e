//! The same files, judged by us and by hadolint: every rule that both have says the same of the
//! same line, apart from a list of differences with their reasons.
//!
//! `tests/setup.sh` installs hadolint; without it the test says so and ends. With
//! `HADOLINT_FILES=DIRECTORY` other files are compared as well, and every difference is printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test panics when what it reads is missing"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use farguard_buildfile::{Instruction, Options, Source, check, parse, rules};
use serde::Deserialize;

/// What is wrong where: file, line of the instruction, rule of hadolint.
type Place = (String, u32, String);

#[derive(Deserialize)]
struct Differences {
    difference: Vec<Difference>,
    unreadable: Vec<Unreadable>,
}

#[derive(Deserialize)]
struct Difference {
    reason: String,
    /// Places that only we report: `file:line rule`.
    #[serde(default)]
    ours: Vec<String>,
    /// Places that only hadolint reports.
    #[serde(default)]
    theirs: Vec<String>,
}

/// A file that hadolint cannot parse.
#[derive(Deserialize)]
struct Unreadable {
    file: String,
    reason: String,
}

#[derive(Deserialize)]
struct Report {
    file: String,
    line: u32,
    code: String,
}

#[test]
fn shared_rules_agree_with_hadolint() {
    let Some(hadolint) = hadolint() else { return };
    let directory = root().join("fixtures/buildfiles");
    let known: Differences =
        toml::from_str(&fs::read_to_string(directory.join("differences.toml")).unwrap()).unwrap();
    let files = files(&directory);
    assert!(files.len() >= 40, "{} files", files.len());
    let (ours, theirs, unreadable) = compare(&hadolint, &files);

    let expected: BTreeSet<&str> = known.unreadable.iter().map(|file| file.file.as_str()).collect();
    let found: BTreeSet<&str> = unreadable.iter().map(String::as_str).collect();
    assert_eq!(found, expected, "files that hadolint cannot parse");
    let listed = |side: fn(&Difference) -> &Vec<String>| -> BTreeSet<String> {
        known.difference.iter().flat_map(side).cloned().collect()
    };
    let only_ours = unlisted(&told(ours.difference(&theirs)), &listed(|known| &known.ours));
    let only_theirs = unlisted(&told(theirs.difference(&ours)), &listed(|known| &known.theirs));
    assert!(
        only_ours.is_empty() && only_theirs.is_empty(),
        "only we report:\n{only_ours}only hadolint reports:\n{only_theirs}"
    );
    assert!(ours.intersection(&theirs).count() > 200);
    for reason in known.difference.iter().map(|known| &known.reason) {
        assert!(reason.ends_with('.'), "{reason}");
    }
    assert!(known.unreadable.iter().all(|file| file.reason.ends_with('.')));
}

/// Every shared rule is seen to find something in the corpus, and to agree in it.
#[test]
fn the_corpus_covers_every_shared_rule() {
    let files = files(&root().join("fixtures/buildfiles"));
    let seen: BTreeSet<String> = ours(&files).into_iter().map(|(_, _, rule)| rule).collect();
    // Needs settings; upgrades that hadolint no longer reports; a rule of a later version.
    let without = ["DL3026", "DL4007", "DL3005", "DL3017"];
    let shared =
        rules().iter().flat_map(|rule| rule.aliases).filter(|name| !without.contains(name));
    let missing: Vec<_> = shared.filter(|name| !seen.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn other_files_are_compared_on_request() {
    let (Some(hadolint), Some(directory)) = (hadolint(), std::env::var_os("HADOLINT_FILES")) else {
        return;
    };
    let files = files(Path::new(&directory));
    let (ours, theirs, unreadable) = compare(&hadolint, &files);
    println!("{} files, {} that hadolint cannot parse", files.len(), unreadable.len());
    println!("{} places agree", ours.intersection(&theirs).count());
    told(ours.difference(&theirs)).iter().for_each(|place| println!("only farguard: {place}"));
    told(theirs.difference(&ours)).iter().for_each(|place| println!("only hadolint: {place}"));
}

/// Places that are not as the list says, one a line.
fn unlisted(found: &BTreeSet<String>, listed: &BTreeSet<String>) -> String {
    let new = found.difference(listed).map(|place| format!("    \"{place}\",\n"));
    let gone = listed.difference(found).map(|place| format!("    listed, not so: {place}\n"));
    new.chain(gone).collect()
}

fn told<'a>(places: impl Iterator<Item = &'a Place>) -> BTreeSet<String> {
    places.map(|(file, line, rule)| format!("{file}:{line} {rule}")).collect()
}

/// What both report, of files that hadolint can parse, and the files that it cannot.
fn compare(
    hadolint: &Path,
    files: &[PathBuf],
) -> (BTreeSet<Place>, BTreeSet<Place>, BTreeSet<String>) {
    let output = Command::new(hadolint)
        .args(["--no-fail", "--format", "json", "--info", "DL3057"])
        .args(files)
        .output()
        .expect("hadolint runs");
    let reports: Vec<Report> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let named = |path: &str| Path::new(path).file_name().unwrap().to_str().unwrap().to_owned();
    let unreadable: BTreeSet<String> =
        reports.iter().filter(|r| r.code == "DL1000").map(|r| named(&r.file)).collect();
    let shared: BTreeSet<&str> = rules().iter().flat_map(|rule| rule.aliases).copied().collect();
    let theirs = reports
        .iter()
        .map(|report| (named(&report.file), report.line, report.code.clone()))
        .filter(|(file, _, code)| shared.contains(code.as_str()) && !unreadable.contains(file))
        .collect();
    let ours = ours(files).into_iter().filter(|(file, ..)| !unreadable.contains(file)).collect();
    (ours, theirs, unreadable)
}

fn ours(files: &[PathBuf]) -> BTreeSet<Place> {
    files.iter().flat_map(|path| judged(path)).collect()
}

fn judged(path: &Path) -> Vec<Place> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let bytes = fs::read(path).unwrap();
    let source = Source::new(&bytes);
    let file = parse(&source);
    // hadolint names the line in which an instruction begins.
    let starts: BTreeMap<u32, u32> = file
        .instructions
        .iter()
        .flat_map(|instruction| {
            let first = source.position(instruction.span.start).line;
            (first..=last_line(&source, instruction)).map(move |line| (line, first))
        })
        .collect();
    let aliases: BTreeMap<&str, &[&str]> =
        rules().iter().map(|rule| (rule.id, rule.aliases)).collect();
    let found = check(name, &bytes, &Options::default()).findings;
    let found = found.into_iter().filter(|finding| finding.suppression.is_none());
    found
        .flat_map(|finding| {
            let line = finding.location.and_then(|location| location.line).unwrap();
            let line = starts.get(&line).copied().unwrap_or(line);
            let names = aliases.get(finding.id.as_str()).copied().unwrap_or_default();
            names.iter().map(move |alias| (name.to_owned(), line, (*alias).to_owned()))
        })
        .collect()
}

fn last_line(source: &Source, instruction: &Instruction) -> u32 {
    let end = instruction.heredocs.last().map_or(instruction.span.end, |heredoc| heredoc.span.end);
    source.position(end).line
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let is_build_file = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(farguard_buildfile::is_build_file_name)
    };
    let mut files: Vec<PathBuf> = entries.filter(is_build_file).collect();
    files.sort();
    files
}

/// hadolint, if it is installed.
fn hadolint() -> Option<PathBuf> {
    let path = root().join("target/test-venv/bin/hadolint");
    if !path.is_file() {
        eprintln!("skipped: {} is not there; tests/setup.sh installs it", path.display());
        return None;
    }
    Some(path)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
