//! The version orders of languages, over versions, one a line.
#![no_main]

use farguard_fuzz::check_orders;
use farguard_scan::version::VersionOrder::{Composer, Gem, Go, Maven, Nuget, Pep440, Semver};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| check_orders(
    &[Composer, Gem, Go, Maven, Nuget, Pep440, Semver],
    bytes
));
