//! Real records, rough as they are, when they lie beside the repository.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test says why it is skipped")]

use std::{env, fs, path::PathBuf};

use bumpalo::Bump;
use farguard_rules::{Arg, Source, Value};
use farguard_trail::{CloudTrail, Key, Reader, Trail};

fn directory() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = env::var_os("FARGUARD_CONFORMANCE").map_or_else(|| beside.into(), PathBuf::from);
    let directory = shared.join("data/cloudtrail");
    if !directory.is_dir() {
        eprintln!("skipped: {} is not there", directory.display());
        return None;
    }
    Some(directory)
}

#[test]
fn every_line_is_a_record_with_the_values_that_serde_finds() {
    let Some(directory) = directory() else { return };
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.extension().is_some_and(|it| it == "gz")) {
        let mut text = String::new();
        let bytes = fs::read(&path).unwrap();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*bytes), &mut text)
            .unwrap();
        let mut lines = text.lines();
        let tally = Reader::new().file(&bytes, &mut |record| {
            let line: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
            let expect = line.get("event").unwrap_or(&line);
            assert_eq!(
                &serde_json::from_slice::<serde_json::Value>(record.bytes()).unwrap(),
                expect
            );
            for key in Key::ALL {
                let found = record.get(*key).map(|value| value.raw().unwrap());
                let found =
                    found.map(|raw| serde_json::from_slice::<serde_json::Value>(raw).unwrap());
                if let Some(expect) = expect.get(key.text()) {
                    assert_eq!(found.as_ref(), Some(expect));
                }
            }
            let (arena, arg) = (Bump::new(), Arg::new("/requestParameters"));
            let event = Trail { record, number: 1 };
            let filled = CloudTrail::fields()
                .iter()
                .filter(|field| (field.extract)(event, &arg, &arena) != Value::Null);
            assert!(filled.count() > 20, "{record:?}");
        });
        assert_eq!((tally.losses, lines.next()), (0, None), "{}", path.display());
    }
}
