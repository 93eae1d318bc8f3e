//! A damaged database file: a good one with bytes written over it.
#![no_main]

use std::{fs, path::Path, sync::OnceLock};

use farguard_scan::{
    advisories::{
        AdvisorySource,
        build::{BuildOptions, Input, build},
        database::Database,
    },
    progress::Silent,
};
use libfuzzer_sys::fuzz_target;

fn good() -> &'static [u8] {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/advisories");
        let output = directory.path().join("db");
        let now = jiff::Timestamp::UNIX_EPOCH;
        let options =
            BuildOptions { inputs: vec![Input::local(&sample)], output: output.clone(), now };
        build(&options, &Silent).unwrap();
        fs::read(output).unwrap()
    })
}

fuzz_target!(|edits: Vec<(u32, Vec<u8>)>| {
    let mut bytes = good().to_vec();
    for (offset, data) in &edits {
        let offset = *offset as usize % bytes.len();
        let len = data.len().min(bytes.len() - offset);
        bytes[offset..offset + len].copy_from_slice(&data[..len]);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &bytes).unwrap();
    let Ok(database) = Database::open(file.path()) else { return };
    for (ecosystem, name) in [("PyPI", "django"), ("Debian:12", "glibc"), ("Go", "stdlib")] {
        let _ = database.advisories(ecosystem, name);
    }
    let _ = database.kev("CVE-2023-4863");
    let _ = database.epss("CVE-2021-44228");
});
