//! Databases of apk.
#![no_main]

use farguard_fuzz::analyze;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let harvest = analyze("apk", "lib/apk/db/installed", bytes);
    assert!(harvest.packages.len() <= bytes.len());
});
