//! Gem specifications.
#![no_main]

use farguard_scan::analyzers::ruby;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = ruby::parse(bytes, "specifications/a-1.0.gemspec");
});
