//! Digest files of CloudTrail, names of files, and checkpoints.
#![no_main]

use farguard_trail::{
    checkpoint::Checkpoint,
    digest::{Chain, Fetched, PublicKeys},
    layout::{FileName, Folder},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let keys = PublicKeys::parse(bytes).unwrap_or_default();
    let mut chain = Chain::new(keys.into(), true, None);
    for content in bytes.split(|byte| *byte == 0) {
        chain.next(&Fetched { place: "", bucket: None, content, signature: None });
    }
    let _ = chain.finish();
    let checkpoint = serde_json::from_slice::<Checkpoint>(bytes).ok();
    if let Some(mut checkpoint) = checkpoint.and_then(|read| read.of("fuzz").ok()) {
        checkpoint.done("x", 1);
        assert!(checkpoint.is_done("x", 1));
    }
    if let Ok(path) = std::str::from_utf8(bytes) {
        let _ = (FileName::parse(path), Folder::parse(path));
    }
});
