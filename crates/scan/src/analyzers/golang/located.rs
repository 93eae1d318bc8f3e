//! Go build information at the place where it was found.

use std::io::{self, Read};

use super::{AnalyzeError, BuildInfo, corrupt};
use crate::analyzers::binary::Segment;

/// Starts the header.
pub(crate) const MAGIC: &[u8] = b"\xff Go buildinf:";

const HEADER_BYTES: usize = 32;
const POINTER_SIZE_AT: usize = 14;
const FLAGS_AT: usize = 15;
const POINTERS_AT: usize = 16;
const BIG_ENDIAN: u8 = 1;
const INLINE: u8 = 2;

/// More than any list of modules takes: Kubernetes needs 40 KiB.
const MAX_TEXT_BYTES: u64 = 8 << 20;

/// The module text is framed by two marks of this length.
const FRAME_BYTES: usize = 16;

/// Build information as its header describes it.
#[derive(Debug)]
pub(crate) enum Located {
    /// The texts follow the header (Go 1.18 and later).
    Inline(BuildInfo),
    /// The header has the addresses of the texts (before Go 1.18).
    Pointers(Pointers),
}

impl Located {
    /// Reads what follows from the first byte of the magic.
    ///
    /// # Errors
    /// When it ends early or claims impossible lengths.
    pub(crate) fn read(found: &mut impl Read) -> Result<Self, AnalyzeError> {
        let mut header = [0; HEADER_BYTES];
        found.read_exact(&mut header).map_err(cut_off)?;
        let (flags, pointer_size) = (header[FLAGS_AT], header[POINTER_SIZE_AT]);
        if flags & INLINE == 0 {
            return Ok(Self::Pointers(Pointers {
                header,
                wide: match pointer_size {
                    4 => false,
                    8 => true,
                    other => return Err(corrupt(format!("Go pointers of {other} bytes"))),
                },
                big_endian: flags & BIG_ENDIAN != 0,
            }));
        }
        let go_version = read_text(found)?;
        let modules = read_text(found)?;
        BuildInfo::from_texts(go_version, &modules).map(Self::Inline)
    }
}

fn cut_off(error: io::Error) -> AnalyzeError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => corrupt("the Go build information is cut off"),
        _ => error.into(),
    }
}

/// A text after its length.
fn read_text(from: &mut impl Read) -> Result<Vec<u8>, AnalyzeError> {
    let len = read_varint(from)?;
    if len > MAX_TEXT_BYTES {
        return Err(corrupt(format!("the Go build information claims to have {len} bytes")));
    }
    let mut text = Vec::new();
    from.take(len).read_to_end(&mut text)?;
    if text.len() as u64 != len {
        return Err(corrupt("the Go build information is cut off"));
    }
    Ok(text)
}

/// An integer in groups of seven bits, lowest first.
fn read_varint(from: &mut impl Read) -> Result<u64, AnalyzeError> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let mut byte = [0];
        from.read_exact(&mut byte).map_err(cut_off)?;
        value |= u64::from(byte[0] & 0x7f) << shift;
        if byte[0] & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(corrupt("a length in the Go build information has no end"))
}

impl BuildInfo {
    fn from_texts(go_version: Vec<u8>, modules: &[u8]) -> Result<Self, AnalyzeError> {
        let go_version =
            String::from_utf8(go_version).map_err(|_| corrupt("the Go version is not text"))?;
        if go_version.is_empty() {
            return Err(corrupt("the Go build information names no Go version"));
        }
        // A program built without modules has no framed text.
        let framed = modules.len().checked_sub(FRAME_BYTES);
        let modules = framed.and_then(|end| modules.get(FRAME_BYTES..end)).unwrap_or_default();
        Ok(Self { go_version, modules: String::from_utf8_lossy(modules).into_owned() })
    }
}

/// The addresses of two Go strings.
#[derive(Debug)]
pub(crate) struct Pointers {
    header: [u8; HEADER_BYTES],
    wide: bool,
    big_endian: bool,
}

impl Pointers {
    /// Follows the addresses through the whole file.
    ///
    /// # Errors
    /// When they lead out of it.
    pub(crate) fn resolve(
        &self,
        file: &[u8],
        segments: &[Segment],
    ) -> Result<BuildInfo, AnalyzeError> {
        let memory = Memory { file, segments };
        let width = if self.wide { 8 } else { 4 };
        let text = |index: usize| {
            let address = self.word(self.header.get(POINTERS_AT + index * width..)?)?;
            // No modules: no pointer.
            if address == 0 {
                return Some(Vec::new());
            }
            let string = memory.get(address, 2 * width as u64)?;
            let (data, len) = (self.word(string)?, self.word(string.get(width..)?)?);
            (len <= MAX_TEXT_BYTES).then(|| memory.get(data, len).map(<[u8]>::to_vec))?
        };
        let (Some(go_version), Some(modules)) = (text(0), text(1)) else {
            return Err(corrupt("the Go build information points out of the file"));
        };
        BuildInfo::from_texts(go_version, &modules)
    }

    fn word(&self, bytes: &[u8]) -> Option<u64> {
        Some(match (self.wide, self.big_endian) {
            (true, true) => u64::from_be_bytes(*bytes.first_chunk()?),
            (true, false) => u64::from_le_bytes(*bytes.first_chunk()?),
            (false, true) => u32::from_be_bytes(*bytes.first_chunk()?).into(),
            (false, false) => u32::from_le_bytes(*bytes.first_chunk()?).into(),
        })
    }
}

/// A file as it would be mapped.
struct Memory<'a> {
    file: &'a [u8],
    segments: &'a [Segment],
}

impl<'a> Memory<'a> {
    fn get(&self, address: u64, len: u64) -> Option<&'a [u8]> {
        self.segments.iter().find_map(|segment| {
            let at = address.checked_sub(segment.address)?;
            if at.checked_add(len)? > segment.size {
                return None;
            }
            let start = usize::try_from(segment.offset.checked_add(at)?).ok()?;
            self.file.get(start..start.checked_add(usize::try_from(len).ok()?)?)
        })
    }
}
