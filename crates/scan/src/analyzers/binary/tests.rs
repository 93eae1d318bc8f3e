//! Small binaries, built byte by byte.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::*;
use crate::analyzers::testing::lines;

/// Writes integers in the byte order and width of one kind of binary.
#[derive(Clone, Copy)]
struct Shape {
    wide: bool,
    big_endian: bool,
}

impl Shape {
    const ALL: [Self; 4] = [
        Self { wide: true, big_endian: false },
        Self { wide: true, big_endian: true },
        Self { wide: false, big_endian: false },
        Self { wide: false, big_endian: true },
    ];

    fn put(self, out: &mut Vec<u8>, value: u64, width: usize) {
        let bytes = value.to_le_bytes();
        if self.big_endian {
            out.extend(bytes[..width].iter().rev());
        } else {
            out.extend(&bytes[..width]);
        }
    }

    fn word(self, out: &mut Vec<u8>, value: u64) {
        self.put(out, value, if self.wide { 8 } else { 4 });
    }
}

const DATA_AT: u64 = 0x1000;
const TEXT_ADDRESS: u64 = 0x40_0000;
const DATA_ADDRESS: u64 = 0x50_0000;

/// An executable: a page of headers and code, a writable segment, and behind it the sections that
/// are not loaded.
fn elf(shape: Shape, data: &[u8], audit: &[u8]) -> Vec<u8> {
    let mut out = vec![0x7f, b'E', b'L', b'F'];
    out.extend([if shape.wide { 2 } else { 1 }, if shape.big_endian { 2 } else { 1 }, 1]);
    out.resize(16, 0);
    let (header, program, section) = if shape.wide { (64, 56, 64) } else { (52, 32, 40) };
    let audit_at = DATA_AT + data.len() as u64;
    let names = b"\0.dep-v0\0.shstrtab\0";
    let names_at = audit_at + audit.len() as u64;
    let table_at = names_at + names.len() as u64;
    shape.put(&mut out, 2, 2);
    shape.put(&mut out, 62, 2);
    shape.put(&mut out, 1, 4);
    for value in [TEXT_ADDRESS, header, table_at] {
        shape.word(&mut out, value);
    }
    shape.put(&mut out, 0, 4);
    for value in [header, program, 2, section, 3, 2] {
        shape.put(&mut out, value, 2);
    }
    for (flags, offset, address, size) in
        [(5, 0, TEXT_ADDRESS, DATA_AT), (6, DATA_AT, DATA_ADDRESS, data.len() as u64)]
    {
        shape.put(&mut out, 1, 4);
        if shape.wide {
            shape.put(&mut out, flags, 4);
        }
        for value in [offset, address, address, size, size] {
            shape.word(&mut out, value);
        }
        if !shape.wide {
            shape.put(&mut out, flags, 4);
        }
        shape.word(&mut out, 0x1000);
    }
    out.resize(0x1000, 0);
    out.extend(data);
    out.extend(audit);
    out.extend(names);
    for (name, offset, size) in [
        (0, 0, 0),
        (u64::from(!audit.is_empty()), audit_at, audit.len() as u64),
        (9, names_at, names.len() as u64),
    ] {
        shape.put(&mut out, name, 4);
        shape.put(&mut out, 1, 4);
        for value in [0, 0, offset, size] {
            shape.word(&mut out, value);
        }
        shape.put(&mut out, 0, 8);
        shape.word(&mut out, 1);
        shape.word(&mut out, 0);
    }
    out
}

fn pe(name: &[u8], characteristics: u64, content: &[u8]) -> Vec<u8> {
    let shape = Shape { wide: false, big_endian: false };
    let mut out = b"MZ".to_vec();
    out.resize(0x3c, 0);
    shape.put(&mut out, 0x80, 4);
    out.resize(0x80, 0);
    out.extend(b"PE\0\0");
    shape.put(&mut out, 0x8664, 2);
    shape.put(&mut out, 1, 2);
    out.resize(0x80 + 20, 0);
    shape.put(&mut out, 240, 2);
    shape.put(&mut out, 0x22, 2);
    shape.put(&mut out, 0x20b, 2);
    out.resize(0x80 + 24 + 240, 0);
    out.extend(name);
    out.resize(0x80 + 24 + 240 + 8, 0);
    let padded = content.len().next_multiple_of(512);
    for value in [content.len() as u64, 0x1000, padded as u64, 0x400, 0, 0, 0, characteristics] {
        shape.put(&mut out, value, 4);
    }
    out.resize(0x400, 0);
    out.extend(content);
    out.resize(0x400 + padded, 0);
    out
}

fn macho(section: &[u8], content: &[u8]) -> Vec<u8> {
    let shape = Shape { wide: true, big_endian: false };
    let mut out = vec![0xcf, 0xfa, 0xed, 0xfe];
    for value in [0x0100_0007, 3, 2, 2, 16 + 72 + 80, 0, 0, 0x32, 16, 0, 0, 0x19, 72 + 80] {
        shape.put(&mut out, value, 4);
    }
    out.extend(b"__DATA\0\0\0\0\0\0\0\0\0\0");
    for value in [0x4000, 0x1000, 0x1000, content.len() as u64] {
        shape.word(&mut out, value);
    }
    for value in [3, 3, 1, 0] {
        shape.put(&mut out, value, 4);
    }
    out.extend(section);
    out.resize(32 + 16 + 72 + 16, 0);
    out.extend(b"__DATA\0\0\0\0\0\0\0\0\0\0");
    shape.word(&mut out, 0x4000);
    shape.word(&mut out, content.len() as u64);
    shape.put(&mut out, 0x1000, 4);
    out.resize(0x1000, 0);
    out.extend(content);
    out
}

const MODULES: &str = "path\tx\nmod\tx.org/a\tv1.0.0\th1:x\ndep\ty.org/b\tv2.0.0\th1:y\n";

fn framed() -> Vec<u8> {
    [&[b'<'; 16], MODULES.as_bytes(), &[b'>'; 16]].concat()
}

fn inline_info() -> Vec<u8> {
    let mut info = golang::MAGIC.to_vec();
    info.extend([8, 2]);
    info.resize(32, 0);
    info.push(8);
    info.extend(b"go1.21.6");
    info.push(u8::try_from(framed().len()).unwrap());
    info.extend(framed());
    info
}

/// The format before Go 1.18, at the start of the data segment of an [`elf`].
fn pointer_info(shape: Shape) -> Vec<u8> {
    let mut info = golang::MAGIC.to_vec();
    info.extend([if shape.wide { 8 } else { 4 }, u8::from(shape.big_endian)]);
    shape.word(&mut info, DATA_ADDRESS + 32);
    shape.word(&mut info, DATA_ADDRESS + 48);
    info.resize(32, 0);
    shape.word(&mut info, DATA_ADDRESS + 64);
    shape.word(&mut info, 8);
    info.resize(48, 0);
    shape.word(&mut info, DATA_ADDRESS + 72);
    shape.word(&mut info, framed().len() as u64);
    info.resize(64, 0);
    info.extend(b"go1.17.8");
    info.extend(framed());
    info
}

fn audit_data() -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(br#"{"packages":[{"name":"a","version":"1.0.0","source":"crates.io"}]}"#)
        .unwrap();
    encoder.finish().unwrap()
}

const GO: [&str; 3] = ["stdlib 1.21.6", "x.org/a v1.0.0", "y.org/b v2.0.0"];

fn check(binary: &[u8], expect: &[&str]) {
    assert_eq!(lines(&Binary, "usr/bin/x", binary), expect);
}

fn check_whole(binary: &[u8], expect: &[&str]) {
    let mut harvest = Harvest::default();
    let result = read_whole(binary, "usr/bin/x", &mut harvest);
    let packages = harvest.packages.iter().map(|p| format!("{} {}", p.name, p.version));
    let errors = result.err().map(|error| format!("! {}", error.code));
    let found: Vec<String> = packages.chain(errors).collect();
    assert_eq!(found, expect);
}

#[test]
fn go_programs_of_every_format() {
    for shape in Shape::ALL {
        check(&elf(shape, &inline_info(), b""), &GO);
    }
    check(&pe(b".data", 0xc000_0040, &inline_info()), &GO);
    check(&macho(b"__go_buildinfo", &inline_info()), &GO);
}

#[test]
fn go_information_may_be_anywhere_in_the_data_if_it_is_aligned() {
    let padding = |bytes: usize| [vec![7; bytes], inline_info()].concat();
    // The last two put header and text across the chunks of the search.
    for bytes in [16, 4096, (256 << 10) - 16, (256 << 10) - 64] {
        check(&elf(Shape::ALL[0], &padding(bytes), b""), &GO);
    }
    check(&elf(Shape::ALL[0], &padding(8), b""), &[]);
}

#[test]
fn old_go_programs_need_a_second_look() {
    for shape in Shape::ALL {
        let binary = elf(shape, &pointer_info(shape), b"");
        check(&binary, &["! needs-whole-file"]);
        check_whole(&binary, &["stdlib 1.17.8", "x.org/a v1.0.0", "y.org/b v2.0.0"]);
    }
}

#[test]
fn rust_programs_of_every_format() {
    for shape in Shape::ALL {
        check(&elf(shape, &[0; 64], &audit_data()), &["a 1.0.0"]);
        check_whole(&elf(shape, &[0; 64], &audit_data()), &["a 1.0.0"]);
    }
    check(&pe(b".dep-v0", 0x4000_0040, &audit_data()), &["a 1.0.0"]);
    check(&macho(b".dep-v0", &audit_data()), &["a 1.0.0"]);
}

#[test]
fn other_files_are_passed_over() {
    check(b"#!/bin/sh\n", &[]);
    check(b"", &[]);
    check(b"\x7fELF", &[]);
    check(b"MZ", &[]);
    let object = {
        let mut bytes = elf(Shape::ALL[0], &inline_info(), b"");
        bytes[16] = 1;
        bytes
    };
    check(&object, &[]);
}

#[test]
fn damaged_records_are_problems() {
    let mut endless = inline_info();
    endless[32..42].fill(0xff);
    check(&elf(Shape::ALL[0], &endless, b""), &["! corrupt-go-build-info"]);
    let mut long = inline_info();
    long.splice(41..42, [0xff, 0xff, 0x7f]);
    check(&elf(Shape::ALL[0], &long, b""), &["! corrupt-go-build-info"]);
    check(&elf(Shape::ALL[0], &inline_info()[..40], b""), &["! corrupt-go-build-info"]);
    check(&elf(Shape::ALL[0], &[0; 64], b"nonsense"), &["! corrupt-rust-audit-data"]);
    let mut wild = pointer_info(Shape::ALL[0]);
    wild[16..24].fill(0xee);
    check_whole(&elf(Shape::ALL[0], &wild, b""), &["! corrupt-go-build-info"]);
}

#[test]
fn no_cut_makes_it_fail_in_another_way() {
    let binary = elf(Shape::ALL[0], &inline_info(), &audit_data());
    for end in 0..binary.len() {
        for line in lines(&Binary, "x", &binary[..end]) {
            assert!(GO.contains(&line.as_str()) || line.starts_with("! corrupt-"), "{end}: {line}");
        }
    }
}
