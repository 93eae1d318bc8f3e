//! Amazon Linux `updateinfo.xml`.
#![no_main]

use farguard_scan::advisories::amazon;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = amazon::parse(bytes, |record| assert!(!record.packages.is_empty()));
});
