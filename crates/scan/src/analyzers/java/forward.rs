//! Archives too large to hold: read forward, by the headers before each entry.
//!
//! # Source
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, sections 4.3.7 and 4.3.9

use std::io::{self, BufRead, Read};

use flate2::bufread::DeflateDecoder;

use super::{
    AnalyzeError, corrupt,
    identity::Evidence,
    walk::{Interest, Walk, damaged_entry},
};
use crate::analyzers::ForwardRead;

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
const DATA_DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
const CENTRAL_HEADER: [u8; 4] = *b"PK\x01\x02";
const END_RECORD: [u8; 4] = *b"PK\x05\x06";
/// Before the list of entries when that is encrypted, or an extra record of old tools.
const EXTRA_DATA: [u8; 4] = *b"PK\x06\x08";

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;
const SIZES_FOLLOW: u16 = 1 << 3;
const ZIP64_FIELD: u16 = 1;
const BUFFER_BYTES: usize = 64 << 10;

/// Reads an archive and those inside it.
pub(super) fn read(
    walk: &mut Walk<'_>,
    body: &mut dyn ForwardRead,
    path: &str,
) -> Result<(), AnalyzeError> {
    let mut input = Buffered { body, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0 };
    let mut evidence = Evidence::default();
    let result = entries(walk, &mut input, &mut evidence, path);
    walk.conclude(&evidence, path)?;
    result
}

fn entries(
    walk: &mut Walk<'_>,
    input: &mut Buffered<'_>,
    evidence: &mut Evidence,
    path: &str,
) -> Result<(), AnalyzeError> {
    loop {
        match input.array()? {
            LOCAL_HEADER => {}
            // The list of entries: all of them have passed.
            CENTRAL_HEADER | END_RECORD | EXTRA_DATA => return Ok(()),
            _ => return Err(corrupt("not a zip archive, or damaged between two entries")),
        }
        walk.count_entry()?;
        let header = Header::read(input)?;
        let interest = Interest::in_name(&header.name);
        let content = if interest == Interest::None {
            pass(walk, input, &header)?;
            continue;
        } else {
            content(walk, input, &header, interest)?
        };
        if interest == Interest::Archive {
            walk.nested_held(&content, &header.name, path);
        } else {
            evidence.add(interest, &header.name, &content);
        }
    }
}

/// What stands before an entry.
struct Header {
    method: u16,
    sizes_follow: bool,
    is_zip64: bool,
    size: u64,
    name: Vec<u8>,
}

impl Header {
    fn read(input: &mut Buffered<'_>) -> Result<Self, AnalyzeError> {
        let [_, _, f0, f1, m0, m1, _, _, _, _, _, _, _, _, sizes @ ..] = input.array::<26>()?;
        let [c0, c1, c2, c3, u0, u1, u2, u3, n0, n1, x0, x1] = sizes;
        let flags = u16::from_le_bytes([f0, f1]);
        let short_size = u32::from_le_bytes([c0, c1, c2, c3]);
        let name = input.bytes(u16::from_le_bytes([n0, n1]).into())?;
        let extra = input.bytes(u16::from_le_bytes([x0, x1]).into())?;
        if flags & ENCRYPTED != 0 {
            return Err(damaged_entry(&name, "it is encrypted"));
        }
        let zip64 = zip64_size(&extra, [u0, u1, u2, u3] == [0xff; 4]);
        let size = zip64.filter(|_| short_size == u32::MAX).unwrap_or(short_size.into());
        Ok(Self {
            method: u16::from_le_bytes([m0, m1]),
            sizes_follow: flags & SIZES_FOLLOW != 0,
            is_zip64: zip64.is_some(),
            size,
            name,
        })
    }
}

/// The compressed size in the field for large entries. The uncompressed one comes first, if it
/// is there.
fn zip64_size(mut extra: &[u8], after_uncompressed: bool) -> Option<u64> {
    loop {
        let ([k0, k1, l0, l1], rest) = extra.split_first_chunk()?;
        let len = usize::from(u16::from_le_bytes([*l0, *l1]));
        let field = rest.get(..len)?;
        if u16::from_le_bytes([*k0, *k1]) == ZIP64_FIELD {
            let field = if after_uncompressed { field.get(8..)? } else { field };
            return field.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        }
        extra = rest.get(len..)?;
    }
}

/// Passes over an entry. Where only its end says how long it was, it has to be inflated.
fn pass(
    walk: &mut Walk<'_>,
    input: &mut Buffered<'_>,
    header: &Header,
) -> Result<(), AnalyzeError> {
    if !header.sizes_follow {
        return input.skip(header.size);
    }
    needs_deflate(header)?;
    let mut inflated = DeflateDecoder::new(&mut *input);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = inflated.read(&mut buffer).map_err(|error| damaged(header, &error))?;
        if read == 0 {
            return pass_descriptor(input, header);
        }
        walk.count_inflated(read as u64)?;
    }
}

fn content(
    walk: &mut Walk<'_>,
    input: &mut Buffered<'_>,
    header: &Header,
    interest: Interest,
) -> Result<Vec<u8>, AnalyzeError> {
    if header.method == STORED && !header.sizes_follow {
        return walk.inflate(&mut input.take(header.size), &header.name, interest);
    }
    needs_deflate(header)?;
    if header.sizes_follow {
        let content =
            walk.inflate(&mut DeflateDecoder::new(&mut *input), &header.name, interest)?;
        pass_descriptor(input, header)?;
        return Ok(content);
    }
    let mut stored = input.take(header.size);
    let content = walk.inflate(&mut DeflateDecoder::new(&mut stored), &header.name, interest)?;
    let rest = stored.limit();
    input.skip(rest)?;
    Ok(content)
}

fn needs_deflate(header: &Header) -> Result<(), AnalyzeError> {
    match header.method {
        DEFLATED => Ok(()),
        STORED => Err(damaged_entry(&header.name, "it is stored without its size")),
        other => Err(damaged_entry(&header.name, &format!("compression method {other}"))),
    }
}

fn damaged(header: &Header, error: &io::Error) -> AnalyzeError {
    damaged_entry(&header.name, &error.to_string())
}

/// Checksum and sizes after an entry, with or without a signature.
fn pass_descriptor(input: &mut Buffered<'_>, header: &Header) -> Result<(), AnalyzeError> {
    let sizes = if header.is_zip64 { 16 } else { 8 };
    let has_signature = input.array()? == DATA_DESCRIPTOR;
    input.skip(if has_signature { 4 + sizes } else { sizes })
}

/// A buffer that still lets us skip cheaply.
struct Buffered<'a> {
    body: &'a mut dyn ForwardRead,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffered<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], AnalyzeError> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes).map_err(cut_off)?;
        Ok(bytes)
    }

    fn bytes(&mut self, len: usize) -> Result<Vec<u8>, AnalyzeError> {
        let mut bytes = vec![0; len];
        self.read_exact(&mut bytes).map_err(cut_off)?;
        Ok(bytes)
    }

    fn skip(&mut self, bytes: u64) -> Result<(), AnalyzeError> {
        let held = (self.end - self.start).min(usize::try_from(bytes).unwrap_or(usize::MAX));
        self.start += held;
        match bytes - held as u64 {
            0 => Ok(()),
            rest => self.body.skip(rest).map_err(cut_off),
        }
    }
}

fn cut_off(error: io::Error) -> AnalyzeError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => corrupt("the archive is cut off"),
        _ => error.into(),
    }
}

impl Read for Buffered<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Buffered<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = self.body.read(&mut self.buffer)?;
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.start = self.start.saturating_add(amount).min(self.end);
    }
}
