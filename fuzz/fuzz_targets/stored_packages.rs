//! Packages of a store, their checksums put right, so that damage behind them is reached.
#![no_main]

use farguard_scan::store::packed::{Unpacked, package};
use libfuzzer_sys::fuzz_target;
use xxhash_rust::xxh3::xxh3_64;

/// Where the checksums of head and body are, and where the head begins.
const HEAD_SUM: std::ops::Range<usize> = 12..20;
const BODY_SUM: std::ops::Range<usize> = 20..28;

fuzz_target!(|input: (&[u8], &[u8], bool)| {
    let (head, body, is_plain) = input;
    let _ = package(body);
    let compressed;
    let body = if is_plain {
        compressed = zstd::bulk::compress(body, 1).unwrap_or_default();
        &compressed
    } else {
        body
    };
    let len = u32::try_from(head.len()).unwrap_or_default();
    let mut bytes = [b"FGPKGS\0\x01", &len.to_le_bytes()[..], &[0; 16], head, body].concat();
    bytes[HEAD_SUM].copy_from_slice(&xxh3_64(head).to_le_bytes());
    bytes[BODY_SUM].copy_from_slice(&xxh3_64(body).to_le_bytes());
    if let Ok(unpacked) = Unpacked::read(&bytes) {
        for stored in unpacked.packages().unwrap_or_default() {
            let _ = package(stored.identity);
        }
    }
});
