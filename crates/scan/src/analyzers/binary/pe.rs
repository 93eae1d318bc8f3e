//! Headers of Windows executables.
//!
//! # Source
//! <https://learn.microsoft.com/en-us/windows/win32/debug/pe-format>

use super::layout::{Fields, Layout, MAX_HEAD_BYTES, Parsed, Purpose, Region, Segment};

const FILE_HEADER_BYTES: u64 = 24;
const SECTION_HEADER_BYTES: u64 = 40;
const PE32_PLUS: u64 = 0x20b;
/// Executable, readable, writable: only the last two are set for data.
const ACCESS: u64 = 0xe000_0000;
const READ_WRITE: u64 = 0xc000_0000;

pub(super) fn parse(head: &[u8]) -> Option<Parsed> {
    let fields = Fields { bytes: head, big_endian: false };
    let at = fields.u32(0x3c)?;
    if at > MAX_HEAD_BYTES {
        return None;
    }
    let Some(header) = fields.at(at, FILE_HEADER_BYTES) else {
        return Some(Parsed::NeedsHead(at + FILE_HEADER_BYTES));
    };
    if !header.bytes.starts_with(b"PE\0\0") {
        return None;
    }
    let optional_size = header.u16(20)?;
    let table_at = at + FILE_HEADER_BYTES + optional_size;
    let table_end = table_at + header.u16(6)? * SECTION_HEADER_BYTES;
    if table_end > head.len() as u64 {
        return (table_end <= MAX_HEAD_BYTES).then_some(Parsed::NeedsHead(table_end));
    }
    let optional = fields.at(at + FILE_HEADER_BYTES, optional_size)?;
    let base = optional.word(optional.u16(0)? == PE32_PLUS, 24, 28)?;
    let mut layout = Layout::default();
    let sections = fields.at(table_at, table_end - table_at)?;
    for section in sections.bytes.chunks_exact(usize::try_from(SECTION_HEADER_BYTES).ok()?) {
        let section = Fields { bytes: section, big_endian: false };
        let (virtual_size, size, offset) = (section.u32(8)?, section.u32(16)?, section.u32(20)?);
        let address = base.wrapping_add(section.u32(12)?);
        layout.segments.push(Segment { address, offset, size });
        if section.name(0, 8) == Some(b".dep-v0") {
            // The size in the file is rounded up.
            let size = if virtual_size == 0 { size } else { size.min(virtual_size) };
            layout.regions.push(Region { offset, size, purpose: Purpose::AuditData });
        } else if section.u32(36)? & ACCESS == READ_WRITE {
            layout.regions.push(Region { offset, size, purpose: Purpose::Data });
        }
    }
    layout.regions.sort_by_key(|region| region.offset);
    Some(Parsed::Layout(layout))
}
