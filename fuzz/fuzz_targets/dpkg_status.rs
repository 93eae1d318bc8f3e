//! Status files of dpkg.
#![no_main]

use farguard_fuzz::analyze;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let harvest = analyze("dpkg", "var/lib/dpkg/status", bytes);
    assert!(harvest.packages.len() <= bytes.len());
});
