//! Lock files: every analyzer of them over the same bytes.
#![no_main]

use farguard_fuzz::analyze_all;
use farguard_scan::analyzers::Scope;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| analyze_all(Scope::Source, bytes));
