//! Core metadata of Python distributions.
#![no_main]

use farguard_scan::analyzers::python;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = python::parse(bytes, "a-1.dist-info/METADATA");
});
