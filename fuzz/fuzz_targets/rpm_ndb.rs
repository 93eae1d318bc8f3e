//! RPM databases in RPM's own format.
#![no_main]

use farguard_fuzz::analyze;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let harvest = analyze("rpm", "var/lib/rpm/Packages.db", bytes);
    assert!(harvest.packages.len() <= bytes.len());
});
