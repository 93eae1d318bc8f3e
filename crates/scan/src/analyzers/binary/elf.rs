//! ELF headers.
//!
//! # Source
//! <https://gabi.xinuos.com/elf/02-eheader.html>

use super::{
    AnalyzeError,
    cursor::{Cursor, MAX_AUDIT_BYTES},
    layout::{Fields, Layout, MAX_HEAD_BYTES, Parsed, Purpose, Region, Segment},
};

/// How much of what follows the last segment is kept to find the sections in it: the end of it,
/// since the list of sections is the last thing in a file.
const MAX_TAIL_BYTES: u64 = 8 << 20;

const ET_EXEC: u64 = 2;
const ET_DYN: u64 = 3;
const PT_LOAD: u64 = 1;
const PT_NOTE: u64 = 4;
const PF_X: u64 = 1;
const PF_W: u64 = 2;
/// The note in which Go's linker puts its build id: sizes of name and content, type 4, `Go`.
const GO_NOTE_TYPE: u64 = 4;
const GO_NOTE_NAME: &[u8] = b"Go\0\0";

/// Where the list of sections is.
#[derive(Debug, Clone, Copy)]
pub(super) struct SectionTable {
    is_64: bool,
    big_endian: bool,
    offset: u64,
    entry_size: u64,
    count: u64,
    names: u64,
    /// Where the last segment ends, and what is not loaded begins.
    loaded_end: u64,
}

pub(super) fn parse(head: &[u8]) -> Option<Parsed> {
    let is_64 = *head.get(4)? == 2;
    let fields = Fields { bytes: head, big_endian: *head.get(5)? == 2 };
    if !matches!(fields.u16(16)?, ET_EXEC | ET_DYN) {
        return None;
    }
    let shift = if is_64 { 0 } else { 12 };
    let small = |offset: usize| fields.u16(offset - shift);
    let (program_at, entry_size, count) = (fields.word(is_64, 32, 28)?, small(54)?, small(56)?);
    let program_end = program_at.checked_add(entry_size.checked_mul(count)?)?;
    if program_end > MAX_HEAD_BYTES {
        return None;
    }
    if program_end > head.len() as u64 {
        return Some(Parsed::NeedsHead(program_end));
    }
    let mut layout = Layout::default();
    for index in 0..count {
        let entry = fields.at(program_at + index * entry_size, entry_size)?;
        add_program_header(&mut layout, entry, is_64, head)?;
    }
    layout.regions.sort_by_key(|region| region.offset);
    let ends = layout.segments.iter().map(|segment| segment.offset.saturating_add(segment.size));
    layout.sections = Some(SectionTable {
        is_64,
        big_endian: fields.big_endian,
        offset: fields.word(is_64, 40, 32)?,
        entry_size: small(58)?,
        count: small(60)?,
        names: small(62)?,
        loaded_end: ends.max().unwrap_or_default(),
    });
    Some(Parsed::Layout(layout))
}

fn add_program_header(
    layout: &mut Layout,
    entry: Fields<'_>,
    is_64: bool,
    head: &[u8],
) -> Option<()> {
    let kind = entry.u32(0)?;
    let flags = entry.u32(if is_64 { 4 } else { 24 })?;
    let offset = entry.word(is_64, 8, 4)?;
    let address = entry.word(is_64, 16, 8)?;
    let size = entry.word(is_64, 32, 16)?;
    if kind == PT_LOAD {
        layout.segments.push(Segment { address, offset, size });
        if flags & (PF_W | PF_X) == PF_W {
            layout.regions.push(Region { offset, size, purpose: Purpose::Data });
        }
    }
    if kind == PT_NOTE {
        let note = Fields { bytes: head, big_endian: entry.big_endian }.at(offset, size);
        layout.is_go |= note.is_some_and(|note| {
            note.u32(8) == Some(GO_NOTE_TYPE) && note.bytes.get(12..16) == Some(GO_NOTE_NAME)
        });
    }
    Some(())
}

/// The content of `.dep-v0`.
///
/// The section is not loaded (cargo-auditable clears its flags), so linkers put it behind the
/// segments. So are its name and the list of sections, so that much is kept in memory.
pub(super) fn audit_section(
    table: &SectionTable,
    cursor: &mut Cursor<'_>,
    whole: Option<&[u8]>,
) -> Result<Option<Vec<u8>>, AnalyzeError> {
    let Some(table_size) = table.entry_size.checked_mul(table.count) else { return Ok(None) };
    let table_end = table.offset.saturating_add(table_size);
    if table_size == 0 || table_end > cursor.size() {
        return Ok(None);
    }
    let tail_start = table.loaded_end.max(cursor.position());
    // A list that is not at the end tells nothing of where the sections are.
    let tail_end = if table.offset >= tail_start { table_end } else { cursor.size() };
    let kept_start = tail_start.max(tail_end.saturating_sub(MAX_TAIL_BYTES));
    let kept = match whole {
        Some(_) => Vec::new(),
        None => cursor.read(kept_start, tail_end.saturating_sub(kept_start))?,
    };
    let parts = Parts { head: whole.unwrap_or(cursor.head()), kept: &kept, kept_start };
    let Some((offset, size)) = find_audit_section(table, &parts) else { return Ok(None) };
    let damaged = |message| AnalyzeError::new("corrupt-rust-audit-data", message);
    if size > MAX_AUDIT_BYTES {
        return Err(damaged(format!("the section `.dep-v0` claims to have {size} bytes")));
    }
    match parts.get(offset, size) {
        Some(section) => Ok(Some(section.to_vec())),
        None if offset.saturating_add(size) > cursor.size() => {
            Err(damaged("the section `.dep-v0` reaches beyond the end of the file".to_owned()))
        }
        None => Err(AnalyzeError::needs_whole_file()),
    }
}

fn find_audit_section(table: &SectionTable, parts: &Parts<'_>) -> Option<(u64, u64)> {
    let list = parts.get(table.offset, table.entry_size.checked_mul(table.count)?)?;
    let list = Fields { bytes: list, big_endian: table.big_endian };
    let section = |index: u64| {
        let entry = list.at(index.checked_mul(table.entry_size)?, table.entry_size)?;
        let is_64 = table.is_64;
        Some((entry.u32(0)?, entry.word(is_64, 24, 16)?, entry.word(is_64, 32, 20)?))
    };
    let (_, names_at, names_size) = section(table.names)?;
    let names = parts.get(names_at, names_size)?;
    (0..table.count).filter_map(section).find_map(|(name, offset, size)| {
        let name = names.get(usize::try_from(name).ok()?..)?;
        name.starts_with(b".dep-v0\0").then_some((offset, size))
    })
}

/// The parts of a file that are in memory.
struct Parts<'a> {
    head: &'a [u8],
    kept: &'a [u8],
    kept_start: u64,
}

impl<'a> Parts<'a> {
    fn get(&self, offset: u64, size: u64) -> Option<&'a [u8]> {
        let (part, start) = match offset.checked_sub(self.kept_start) {
            Some(start) if !self.kept.is_empty() => (self.kept, start),
            _ => (self.head, offset),
        };
        let end = usize::try_from(start.checked_add(size)?).ok()?;
        part.get(usize::try_from(start).ok()?..end)
    }
}
