//! The version orders of languages, each over three lines.
#![no_main]

use farguard_fuzz::check_order;
use farguard_scan::version::VersionOrder::{Composer, Gem, Go, Maven, Nuget, Pep440, Semver};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for order in [Composer, Gem, Go, Maven, Nuget, Pep440, Semver] {
        check_order(order, text);
    }
});
