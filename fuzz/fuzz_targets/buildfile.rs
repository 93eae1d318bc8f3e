//! Dockerfiles, and the fixes that rules offer.
#![no_main]

use farguard_buildfile::{Options, Source, check};
use farguard_model::Detail;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let source = Source::new(bytes);
    let checked = check("Dockerfile", bytes, &Options::default());
    for finding in checked.findings {
        let line = finding.location.and_then(|location| location.line);
        assert!(line.is_some_and(|line| line as usize <= source.line_count()));
        if let Detail::Misconfiguration(detail) = finding.detail
            && let Some(edit) = detail.fix
        {
            assert!(source.apply(&edit).is_some(), "{edit:?}");
        }
    }
});
