//! Lines of EPSS scores.
#![no_main]

use farguard_scan::advisories::epss;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for line in bytes.split(|byte| *byte == b'\n') {
        let _ = epss::parse_line(line);
    }
});
