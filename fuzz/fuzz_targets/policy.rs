//! Policies: an error with its place or rules that can be applied, never a panic.
#![no_main]

use farguard_model::{ScanReport, TargetInfo, TargetKind};
use farguard_policy::{Context, Known, Policy, apply, explain};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = Policy::parse("policy.yaml", text, &Known::default());
    if let Some(policy) = parsed.policy {
        let target = TargetInfo::new("registry.example/team/app:1", TargetKind::Registry);
        let mut report = ScanReport::new(jiff::Timestamp::UNIX_EPOCH, target);
        apply(std::slice::from_ref(&policy), &mut report, &Context::default());
        let _ = explain(&policy, &report, &Context::default());
    }
});
