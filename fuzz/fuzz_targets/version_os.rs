//! The version orders of distributions, over versions, one a line.
#![no_main]

use farguard_fuzz::check_orders;
use farguard_scan::version::VersionOrder::{Apk, Dpkg, Rpm};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| check_orders(&[Apk, Dpkg, Rpm], bytes));
