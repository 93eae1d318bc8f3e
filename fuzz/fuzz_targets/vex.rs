//! VEX documents and CVSS vectors.
#![no_main]

use farguard_scan::matcher::{cvss, vex::VexDocument};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = VexDocument::parse("fuzz", bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        for kind in ["CVSS_V2", "CVSS_V3", "CVSS_V4"] {
            if let Some(cvss) = cvss::score(kind, text) {
                assert!((0.0..=10.0).contains(&cvss.score), "{text}: {}", cvss.score);
            }
        }
    }
});
