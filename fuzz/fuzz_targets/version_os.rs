//! The version orders of distributions, each over three lines.
#![no_main]

use farguard_fuzz::check_order;
use farguard_scan::version::VersionOrder::{Apk, Dpkg, Rpm};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for order in [Apk, Dpkg, Rpm] {
        check_order(order, text);
    }
});
