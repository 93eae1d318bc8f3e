//! The challenges of registries: `WWW-Authenticate`.
#![no_main]

use farguard_scan::source::registry::Challenge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &str| {
    let _ = Challenge::parse(header);
});
