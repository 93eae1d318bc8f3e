//! The blocks of a tar, each with the checksum of a header, so that mutations get behind it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|blocks: Vec<u8>| {
    let mut tar = blocks;
    for block in tar.chunks_exact_mut(512).filter(|block| block.iter().any(|byte| *byte != 0)) {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    let _ = farguard_scan::layer::count_entries(&tar);
});
