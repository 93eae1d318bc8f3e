//! Text in which secrets are looked for: whole and in chunks, with the same result.
#![no_main]

use farguard_scan::secrets::{Detector, Scan, in_value, mask};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 6] =
    ["app/.env", "app/main.py", "root/.netrc", "etc/shadow", "app/k8s.yaml", "usr/lib/x.conf"];

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, text)) = bytes.split_first() else { return };
    let path = PATHS[usize::from(choice) % PATHS.len()];
    let detector = Detector::builtin().expect("the patterns load");
    let whole = detector.scan(path, text);
    let mut scan = Scan::new(detector, path);
    text.chunks(usize::from(choice) + 1).for_each(|chunk| scan.feed(chunk));
    assert_eq!(scan.finish(), whole);

    let text = String::from_utf8_lossy(text);
    let _ = mask(&text);
    let (name, value) = text.split_once('=').unwrap_or(("PASSWORD", &text));
    let _ = in_value(name, value);
});
