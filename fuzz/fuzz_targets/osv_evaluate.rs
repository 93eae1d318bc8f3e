//! The evaluation of arbitrary events for arbitrary versions.
#![no_main]

use farguard_scan::{
    advisories::{Affected, Event, Range},
    matcher::affected::evaluate,
    version::VersionOrder,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str, Vec<&str>, Vec<Vec<(u8, &str)>>)| {
    let (order, version, listed, ranges) = input;
    let order = VersionOrder::ALL[usize::from(order) % VersionOrder::ALL.len()];
    let event = |(kind, at): &(u8, &str)| match kind % 4 {
        0 => Event::Introduced((*at).to_owned()),
        1 => Event::Fixed((*at).to_owned()),
        2 => Event::LastAffected((*at).to_owned()),
        _ => Event::Limit((*at).to_owned()),
    };
    let range = |events: &Vec<(u8, &str)>| Range {
        semver: false,
        events: events.iter().map(event).collect(),
    };
    let entry = Affected {
        ranges: ranges.iter().map(range).collect(),
        versions: listed.iter().map(|version| (*version).to_owned()).collect(),
        ..Affected::default()
    };
    let verdict = evaluate(&[entry], version, order);
    if listed.contains(&version) {
        assert!(verdict.is_affected(), "an enumerated version is affected");
    }
    for fix in &verdict.fixes {
        assert!(order.compare(fix, version).is_ok_and(|order| order.is_gt()));
    }
});
