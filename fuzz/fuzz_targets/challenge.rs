#![no_main]

use farguard_scan::source::registry::Challenge;

libfuzzer_sys::fuzz_target!(|header: &str| {
    let _ = Challenge::parse(header);
});
