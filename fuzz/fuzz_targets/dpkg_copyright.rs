//! Licences of Debian packages.
#![no_main]

use farguard_fuzz::analyze;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let harvest = analyze("dpkg-copyright", "usr/share/doc/x/copyright", bytes);
    assert!(harvest.packages.len() <= bytes.len());
});
