//! The stored bytes of a layer: gzip, zstd or plain.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|stored: &[u8]| {
    let _ = farguard_scan::layer::count_entries(stored);
});
