use std::io::Write;

use jiff::Timestamp;

use super::*;
use crate::{
    advisories::build::{BuildOptions, Input, build},
    progress::Silent,
};

/// A database with `count` packages of one advisory each, and its bytes.
fn database(count: usize) -> (tempfile::TempDir, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for i in 0..count {
        lines += &format!(
            r#"{{"id":"X-{i}","summary":"number {i}","affected":[{{"package":{{"ecosystem":"npm","name":"p{i}"}},"versions":["{i}"]}}]}}"#
        );
        lines.push('\n');
    }
    let input = directory.path().join("in.jsonl");
    std::fs::write(&input, lines).unwrap();
    let output = directory.path().join("db");
    let inputs = vec![Input::local(&input)];
    let options = BuildOptions { inputs, output: output.clone(), now: Timestamp::UNIX_EPOCH };
    build(&options, &Silent).unwrap();
    let bytes = std::fs::read(&output).unwrap();
    (directory, bytes)
}

fn open(bytes: &[u8]) -> Result<(tempfile::NamedTempFile, Database), LookupError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let database = Database::open(file.path())?;
    Ok((file, database))
}

#[test]
fn every_package_of_many_is_found() {
    let (directory, _) = database(3000);
    let database = Database::open(&directory.path().join("db")).unwrap();
    for i in 0..3000 {
        let found = database.advisories("npm", &format!("p{i}")).unwrap();
        let [advisory] = found.as_slice() else { panic!("{i}: {found:?}") };
        assert_eq!(advisory.summary, format!("number {i}"));
        assert_eq!(advisory.affected[0].versions, [i.to_string()]);
    }
    assert!(database.advisories("npm", "p3000").unwrap().is_empty());
}

fn check_open(bytes: &[u8], expect: &str) {
    let error = open(bytes).map(|_| ()).unwrap_err();
    assert!(error.message.starts_with(expect), "{error}");
}

#[test]
fn what_is_not_a_database_is_told() {
    let (_directory, bytes) = database(3);
    check_open(b"", "not an advisory database: shorter than its header");
    check_open(&[0; 100], "not an advisory database: wrong magic at offset 0");
    let mut other = bytes.clone();
    other[8] = 9;
    check_open(&other, "format version 9 at offset 8 is not 1");
    check_open(&bytes[..bytes.len() - 1], "the metadata at offset ");
    let mut broken = bytes.clone();
    *broken.last_mut().unwrap() ^= 1;
    check_open(&broken, "wrong checksum of the metadata at offset ");
}

#[test]
fn any_flipped_bit_is_an_error_or_changes_nothing() {
    let (_directory, bytes) = database(40);
    for position in (0..bytes.len()).step_by(7) {
        let mut broken = bytes.clone();
        broken[position] ^= 0x10;
        let Ok((_file, database)) = open(&broken) else { continue };
        for i in 0..40 {
            let Ok(found) = database.advisories("npm", &format!("p{i}")) else { continue };
            assert_eq!(found.len(), 1, "byte {position}");
            assert_eq!(found[0].id, format!("X-{i}"), "byte {position}");
        }
    }
}
