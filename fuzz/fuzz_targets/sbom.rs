//! Bills of materials, CycloneDX and SPDX.
#![no_main]

use farguard_scan::source::sbom;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = sbom::read(data, "fuzz");
});
