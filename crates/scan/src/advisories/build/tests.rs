use std::{fs, io::Write};

use super::*;
use crate::{
    advisories::{Advisory, AdvisorySource, database::Database},
    progress::Silent,
};

fn advisory(id: &str, modified: &str, ecosystem: &str, name: &str, fixed: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"{modified}","affected":[{{"package":{{"ecosystem":"{ecosystem}",
        "name":"{name}"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
    .replace('\n', " ")
}

const KEV: &str = r#"{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-2021-44228",
"dateAdded":"2021-12-10","dueDate":"2021-12-24","knownRansomwareCampaignUse":"Known"}]}"#;
const EPSS: &str = "#model_version:v2025.03.14\ncve,epss,percentile\nCVE-2021-44228,0.94,0.99\nx\n";

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, data) in entries {
        let method = rawzip::CompressionMethod::DEFLATE;
        let (mut entry, config) =
            archive.new_file(name).compression_method(method).start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(data).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// Builds from a directory with these files.
fn build_files(files: &[(&str, &[u8])]) -> (Built, Database) {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = directory.path().join("in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let options = BuildOptions {
        inputs: vec![Input::local(&directory.path().join("in"))],
        output: directory.path().join("out/advisories.db"),
        now: "2026-01-02T03:04:05Z".parse().unwrap(),
    };
    let built = build(&options, &Silent).unwrap();
    let database = Database::open(&options.output).unwrap();
    assert_eq!(&built.contents, database.contents());
    (built, database)
}

fn fixed_in(database: &Database, ecosystem: &str, name: &str) -> Vec<(String, Vec<String>)> {
    let fixed = |advisory: Advisory| {
        let events = advisory.affected.into_iter().flat_map(|a| a.ranges).flat_map(|r| r.events);
        let fixed = events.filter_map(|event| match event {
            crate::advisories::Event::Fixed(version) => Some(version),
            _ => None,
        });
        (advisory.id, fixed.collect())
    };
    database.advisories(ecosystem, name).unwrap().into_iter().map(fixed).collect()
}

#[test]
fn every_form_is_read() {
    let time = "2025-01-01T00:00:00Z";
    let one = advisory("A-1", time, "PyPI", "One", "1");
    let two = advisory("A-2", time, "PyPI", "two", "2").replacen('{', "{\n", 1);
    let three = advisory("A-3", time, "Debian:12", "three", "3");
    let four = advisory("A-4", time, "npm", "four", "4");
    let five = advisory("A-5", time, "Go", "five", "5");
    let lines = format!("{one}\n\n{three}\n");
    let zipped = zip(&[("A-4.json", four.as_bytes()), ("README", b"no")]);
    let (built, database) = build_files(&[
        ("lines.jsonl", lines.as_bytes()),
        ("pretty/A-2.json", two.as_bytes()),
        ("npm/all.zip", &zipped),
        ("Go.jsonl.zst", &zstd::encode_all(five.as_bytes(), 3).unwrap()),
        ("kev.json.gz", &gzip(KEV.as_bytes())),
        ("epss.csv.gz", &gzip(EPSS.as_bytes())),
        ("README.md", b"not data"),
    ]);
    let check = |ecosystem: &str, name: &str, id: &str, fixed: &str| {
        let expect = [(id.to_owned(), vec![fixed.to_owned()])];
        assert_eq!(fixed_in(&database, ecosystem, name), expect);
        assert!(database.knows(ecosystem));
    };
    check("PyPI", "one", "A-1", "1");
    check("PyPI", "two", "A-2", "2");
    check("Debian:12", "three", "A-3", "3");
    check("npm", "four", "A-4", "4");
    check("Go", "five", "A-5", "5");
    assert!(database.advisories("PyPI", "three").unwrap().is_empty());
    assert!(!database.knows("Debian:11"));
    assert!(database.kev("CVE-2021-44228").unwrap().unwrap().ransomware);
    assert_eq!(database.epss("CVE-2021-44228").unwrap().unwrap().score, 0.94);
    assert_eq!(database.kev("CVE-2021-44229").unwrap(), None);
    let Contents { records, packages, kev, epss, sample, .. } = built.contents;
    assert_eq!((records, packages, kev, epss, sample), (5, 5, 1, 1, false));
    // The line of the scores that is none.
    assert_eq!(built.problems.len(), 1, "{:?}", built.problems);
}

#[test]
fn a_bad_record_loses_no_other_and_names_its_line() {
    let good = advisory("A-1", "2025-01-01T00:00:00Z", "PyPI", "one", "1");
    let lines = format!("{{\"id\":\n{good}\n{{\"id\":\"A-2\",\"affected\":7}}\n");
    let cut = gzip(lines.as_bytes());
    let (built, database) =
        build_files(&[("a.jsonl", lines.as_bytes()), ("b.jsonl.gz", &cut[..cut.len() - 12])]);
    assert_eq!(fixed_in(&database, "PyPI", "one").len(), 1);
    let problems: Vec<_> = built
        .problems
        .iter()
        .map(|p| (p.code.as_str(), p.path.as_deref().unwrap().rsplit('/').next().unwrap()))
        .collect();
    assert!(problems.contains(&("unreadable-advisory", "a.jsonl:1")), "{problems:?}");
    assert!(problems.contains(&("unreadable-advisory", "a.jsonl:3")), "{problems:?}");
    assert!(problems.contains(&("unreadable-advisory-file", "b.jsonl.gz")), "{problems:?}");
}

#[test]
fn the_newest_of_one_id_counts_and_equally_new_ones_are_joined() {
    let old = advisory("A-1", "2024-01-01T00:00:00Z", "PyPI", "one", "1");
    let new = advisory("A-1", "2025-01-01T00:00:00Z", "PyPI", "two", "2");
    let same = advisory("A-1", "2025-01-01T00:00:00Z", "npm", "three", "3");
    let (built, database) = build_files(&[
        ("1.json", new.as_bytes()),
        ("2.json", old.as_bytes()),
        ("3.json", same.as_bytes()),
        ("4.json", same.as_bytes()),
        ("sample.json", b"{}"),
    ]);
    assert!(fixed_in(&database, "PyPI", "one").is_empty());
    let a1 = |fixed: &str| [("A-1".to_owned(), vec![fixed.to_owned()])];
    assert_eq!(fixed_in(&database, "PyPI", "two"), a1("2"));
    assert_eq!(fixed_in(&database, "npm", "three"), a1("3"));
    assert_eq!((built.contents.records, built.contents.sample), (1, true));
    assert_eq!(built.contents.skipped.superseded, 1);
    assert!(database.info().sample);
}

#[test]
fn nothing_to_build_from_is_an_error_and_keeps_the_old_database() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("advisories.db");
    fs::write(&output, "old").unwrap();
    let check = |input: &str, expect: &str| {
        let inputs = vec![Input::local(&directory.path().join(input))];
        let now = Timestamp::UNIX_EPOCH;
        let options = BuildOptions { inputs, output: output.clone(), now };
        let error = build(&options, &Silent).unwrap_err().to_string();
        assert!(error.starts_with(expect), "{error}");
        assert_eq!(fs::read(&output).unwrap(), b"old");
    };
    fs::create_dir(directory.path().join("empty")).unwrap();
    fs::write(directory.path().join("bad.json"), "{").unwrap();
    check("bad.json", "no advisories found in `");
    check("empty", "no advisories found in `");
    check("missing", "cannot read advisories from `");
}
