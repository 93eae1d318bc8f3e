//! Java archives, by their directory and forward.
#![no_main]

use farguard_scan::analyzers::{Harvest, java};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut harvest = Harvest::default();
    let _ = java::read(bytes, "app-1.0.jar", &mut harvest);
    let _ = java::read_forward(bytes, "app-1.0.jar", &mut harvest);
});
