//! Earlier JSON reports, given as a baseline: an error or fingerprints, never a panic.
#![no_main]

use farguard_model::{ScanReport, Scanner, TargetInfo, TargetKind};
use farguard_report::Baseline;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(baseline) = Baseline::parse("old.json", bytes) else { return };
    let target = TargetInfo::new("app:1", TargetKind::Registry);
    let mut report = ScanReport::new(Timestamp::UNIX_EPOCH, target);
    report.scanners = Scanner::ALL.to_vec();
    baseline.compare(&mut report, true);
});
