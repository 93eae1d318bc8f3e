//! RPM headers, each as the only package of a database in RPM's own format.
#![no_main]

use farguard_fuzz::analyze;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &[u8]| {
    let harvest = analyze("rpm", "var/lib/rpm/Packages.db", &database(header));
    assert!(harvest.packages.len() <= 1);
});

/// A page of slots, of which the first is used, and the package without its checksum.
fn database(header: &[u8]) -> Vec<u8> {
    let blocks = (16 + header.len() + 12).div_ceil(16);
    let mut file = Vec::new();
    let mut put = |magic: &[u8], words: [u32; 3]| {
        file.extend_from_slice(magic);
        file.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    };
    put(b"RpmP", [0, 1, 1]);
    put(&[0; 4], [0, 0, 0]);
    put(b"Slot", [1, 256, blocks as u32]);
    (3..256).for_each(|_| put(b"Slot", [0, 0, 0]));
    put(b"BlbS", [1, 1, header.len() as u32]);
    file.extend_from_slice(header);
    file.resize(4096 + blocks * 16, 0);
    file
}
