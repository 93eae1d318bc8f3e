//! ELF, PE and Mach-O files with Go or Rust records.
#![no_main]

use farguard_scan::analyzers::{Harvest, binary};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut harvest = Harvest::default();
    let _ = binary::read_whole(bytes, "usr/bin/x", &mut harvest);
});
