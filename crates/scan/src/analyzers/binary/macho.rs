//! Load commands of Mach-O files.
//!
//! # Source
//! <https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h>

use super::layout::{Fields, Layout, MAX_HEAD_BYTES, Parsed, Purpose, Region, Segment};

const LC_SEGMENT: u64 = 1;
const LC_SEGMENT_64: u64 = 0x19;

pub(super) fn parse(head: &[u8]) -> Option<Parsed> {
    let (first, last) = (*head.first()?, *head.get(3)?);
    let is_64 = first == 0xcf || last == 0xcf;
    let fields = Fields { bytes: head, big_endian: first == 0xfe };
    let start = if is_64 { 32 } else { 28 };
    let end = start + fields.u32(20)?;
    if end > head.len() as u64 {
        return (end <= MAX_HEAD_BYTES).then_some(Parsed::NeedsHead(end));
    }
    let mut layout = Layout::default();
    let mut at = start;
    for _ in 0..fields.u32(16)? {
        let Some(command) = fields.at(at, 8) else { break };
        let (kind, size) = (command.u32(0)?, command.u32(4)?);
        if size < 8 || at + size > end {
            break;
        }
        if kind == if is_64 { LC_SEGMENT_64 } else { LC_SEGMENT } {
            add_segment(&mut layout, fields.at(at, size)?, is_64)?;
        }
        at += size;
    }
    layout.regions.sort_by_key(|region| region.offset);
    Some(Parsed::Layout(layout))
}

/// Both records have a section of their own in this format.
fn add_segment(layout: &mut Layout, command: Fields<'_>, is_64: bool) -> Option<()> {
    layout.segments.push(Segment {
        address: command.word(is_64, 24, 24)?,
        offset: command.word(is_64, 40, 32)?,
        size: command.word(is_64, 48, 36)?,
    });
    let (mut at, section_size) = if is_64 { (72, 80) } else { (56, 68) };
    while let Some(section) = command.at(at, section_size) {
        let purpose = match section.name(0, 16)? {
            b"__go_buildinfo" => Some(Purpose::Data),
            b".dep-v0" => Some(Purpose::AuditData),
            _ => None,
        };
        if let Some(purpose) = purpose {
            let size = section.word(is_64, 40, 36)?;
            let offset = section.u32(if is_64 { 48 } else { 40 })?;
            layout.regions.push(Region { offset, size, purpose });
        }
        at += section_size;
    }
    Some(())
}
