//! RPM databases in SQLite.
#![no_main]

use farguard_fuzz::analyze;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let harvest = analyze("rpm", "var/lib/rpm/rpmdb.sqlite", bytes);
    assert!(harvest.packages.len() <= bytes.len());
});
