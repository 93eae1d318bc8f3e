//! The orders of distributions: total, over three arbitrary strings.
#![no_main]

use farguard_scan::version::VersionOrder::{Apk, Dpkg, Rpm};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|versions: (&str, &str, &str)| {
    let (a, b, c) = versions;
    for order in [Apk, Dpkg, Rpm] {
        let (Ok(ab), Ok(bc), Ok(ac)) =
            (order.compare(a, b), order.compare(b, c), order.compare(a, c))
        else {
            continue;
        };
        assert_eq!(order.compare(b, a), Ok(ab.reverse()));
        assert!(ab != bc || ab == ac, "{order:?}: `{a}` `{b}` `{c}`");
    }
});
