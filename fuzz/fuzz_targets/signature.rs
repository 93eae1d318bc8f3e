//! Signatures, certificates, log entries, keys and trusted roots.
#![no_main]

use std::sync::LazyLock;

use farguard_scan::signature::{Keyless, Trust, TrustedRoot, fuzz};
use libfuzzer_sys::fuzz_target;

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let root = include_bytes!("../../fixtures/signature/trusted-root.json");
    let keyless = TrustedRoot::parse(root).map(|root| Keyless {
        identities: vec!["*".to_owned()],
        issuer: "https://token.actions.githubusercontent.com".to_owned(),
        root,
    });
    Trust { keys: Vec::new(), keyless: keyless.ok() }
});

fuzz_target!(|bytes: &[u8]| fuzz(bytes, &TRUST));
