//! Owners files: rules or mistakes with a place, and an answer for any path and image.
#![no_main]

use farguard_policy::owners::Owners;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (text, name) = input;
    let parsed = Owners::parse("CODEOWNERS", text);
    assert!(parsed.owners.is_some() || !parsed.diagnostics.is_empty());
    if let Some(owners) = parsed.owners {
        let _ = (owners.of_path(name), owners.of_image(name, Some(name)));
    }
});
