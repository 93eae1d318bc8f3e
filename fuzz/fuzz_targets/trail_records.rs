//! CloudTrail records in any shape, whole and in small pieces, with every field of each.
#![no_main]

use std::io::{self, Read};

use farguard_rules::{Arg, Source};
use farguard_trail::{CloudTrail, Reader, Trail};
use libfuzzer_sys::fuzz_target;

/// Gives three bytes at a time.
struct Drops<'b>(&'b [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = buffer.len().min(3);
        (&mut self.0).take(3).read(&mut buffer[..size])
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut reader = Reader::with_limit(1 << 20);
    let arg = Arg::new("/requestParameters/0");
    let mut number = 0;
    let tally = reader.file(bytes, &mut |record| {
        number += 1;
        let arena = bumpalo::Bump::new();
        for field in CloudTrail::fields() {
            let _ = (field.extract)(Trail { record, number }, &arg, &arena);
        }
    });
    assert_eq!(tally.records, number);
    let streamed = reader.stream(Drops(bytes), &mut |_| {});
    // Damaged gzip is read as far as it goes, which depends on how much is inflated at a time.
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        assert_eq!((tally.records, tally.losses), (streamed.records, streamed.losses));
    }
});
