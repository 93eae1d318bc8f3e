//! Image references: what is accepted reads the same when written out.
#![no_main]

use farguard_scan::source::registry::Reference;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(reference) = text.parse::<Reference>() {
        let canonical = reference.to_string();
        let again = canonical.parse::<Reference>().map(|reference| reference.to_string());
        assert_eq!(again, Ok(canonical));
    }
});
