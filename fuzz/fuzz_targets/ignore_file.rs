//! Ignore files of both forms: an error or rules, never a panic.
#![no_main]

use farguard_scan::matcher::ignore::IgnoreRules;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = IgnoreRules::parse(".farguardignore", text);
    let _ = IgnoreRules::parse(".trivyignore", text);
});
