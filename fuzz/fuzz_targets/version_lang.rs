//! Every version order over arbitrary strings: no panic, and what an order promises.
#![no_main]

use std::cmp::Ordering;

use farguard_scan::version::VersionOrder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|versions: (&str, &str, &str)| {
    let (a, b, c) = versions;
    for order in VersionOrder::ALL {
        let (ab, ba) = (order.compare(a, b), order.compare(b, a));
        assert_eq!(ab.is_ok(), order.accepts(a) && order.accepts(b), "{order:?}: `{a}` `{b}`");
        if let (Ok(ab), Ok(ba)) = (ab, ba) {
            assert_eq!(ab, ba.reverse(), "{order:?}: `{a}` `{b}`");
            assert_eq!(order.compare(a, a), Ok(Ordering::Equal), "{order:?}: `{a}`");
            if let (Ok(bc), Ok(ac)) = (order.compare(b, c), order.compare(a, c))
                && ab == bc
            {
                assert_eq!(ab, ac, "{order:?}: `{a}` `{b}` `{c}`");
            }
        }
    }
});
