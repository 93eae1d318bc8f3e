//! OSV records: any bytes are a record, a skipped one, or an error.
#![no_main]

use farguard_scan::advisories::osv;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(osv::Parsed::Record(record)) = osv::parse(bytes) {
        assert!(!record.detail.id.is_empty());
        assert!(record.packages.iter().all(|package| !package.affected.is_empty()));
    }
});
