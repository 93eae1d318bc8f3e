//! Programs that say what they were built from: Go build information and Rust audit data in ELF,
//! PE and Mach-O files.
//!
//! A file is read once, forward, and nearly all of it is skipped: the header says where the
//! writable segments are, in which Go's linker leaves its record, and what follows the last
//! segment holds the sections that are not loaded, among them Rust's.

mod cursor;
mod elf;
mod layout;
mod macho;
mod pe;
#[cfg(test)]
mod tests;

use std::io;

use self::{
    cursor::Cursor,
    layout::{Layout, Parsed, Purpose, Region},
};
use super::{
    AnalyzeError, Analyzer, FileView, Harvest, Scope, Want,
    golang::{self, Located},
    rust,
};

pub(super) use self::layout::Segment;

/// Enough for the headers of nearly every executable, and little to read of a script.
const HEAD_BYTES: u64 = 4 << 10;

/// Reads what compilers leave in executables and shared objects.
#[derive(Debug)]
pub(crate) struct Binary;

impl Analyzer for Binary {
    fn name(&self) -> &'static str {
        "binary"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Go modules and Rust crates built into executables and shared objects (Go build \
         information, `cargo auditable`)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[
            Want::Executable,
            Want::Ending(".so"),
            Want::Ending(".node"),
            Want::Ending(".exe"),
            Want::Ending(".dll"),
            Want::Ending(".dylib"),
        ]
    }

    fn skips(&self) -> bool {
        true
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let (path, size) = (file.path(), file.size());
        if file.is_revisit() {
            return read_whole(file.bytes()?, path, harvest);
        }
        let record = probe(&mut Cursor::new(file.reader(), size), None)?;
        record.map_or(Ok(()), |record| record.harvest(path, harvest))
    }
}

/// Reads the packages in a binary that is in memory.
///
/// # Errors
/// When it holds a record of its packages that is damaged.
pub fn read_whole(binary: &[u8], path: &str, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
    let mut body = binary;
    let record = probe(&mut Cursor::new(&mut body, binary.len() as u64), Some(binary))?;
    record.map_or(Ok(()), |record| record.harvest(path, harvest))
}

/// What a binary says of itself.
enum Record {
    Go(golang::BuildInfo),
    /// The compressed content of `.dep-v0`.
    Rust(Vec<u8>),
}

impl Record {
    fn harvest(&self, path: &str, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        match self {
            Self::Go(info) => info.harvest(path, harvest),
            Self::Rust(section) => rust::harvest(section, path, harvest),
        }
    }
}

/// Finds the record of a binary, if it is one and has one. `whole` is its content, when that is in
/// memory: the few files whose record lies before what has to be read first need it.
fn probe(cursor: &mut Cursor<'_>, whole: Option<&[u8]>) -> Result<Option<Record>, AnalyzeError> {
    let Some(layout) = read_layout(cursor)? else { return Ok(None) };
    for region in &layout.regions {
        let record = match region.purpose {
            Purpose::AuditData => Some(Record::Rust(cursor.audit_data(region)?)),
            Purpose::Data => go_record(cursor, region, &layout, whole)?.map(Record::Go),
        };
        if record.is_some() {
            return Ok(record);
        }
    }
    if layout.is_go {
        let message = "a Go binary without readable build information";
        return Err(AnalyzeError::new("go-build-info-missing", message));
    }
    match &layout.sections {
        Some(table) => Ok(elf::audit_section(table, cursor, whole)?.map(Record::Rust)),
        None => Ok(None),
    }
}

/// Reads the headers; `None` when it is not a program.
fn read_layout(cursor: &mut Cursor<'_>) -> io::Result<Option<Layout>> {
    let mut wanted = HEAD_BYTES;
    loop {
        let head = cursor.read_head(wanted)?;
        match layout::parse(head) {
            Parsed::Layout(layout) => return Ok(Some(layout)),
            Parsed::NeedsHead(bytes) if bytes > wanted && bytes <= cursor.size() => wanted = bytes,
            Parsed::NeedsHead(_) | Parsed::Unknown => return Ok(None),
        }
    }
}

fn go_record(
    cursor: &mut Cursor<'_>,
    region: &Region,
    layout: &Layout,
    whole: Option<&[u8]>,
) -> Result<Option<golang::BuildInfo>, AnalyzeError> {
    let Some(mut found) = cursor.find(region, golang::MAGIC)? else { return Ok(None) };
    match golang::Located::read(&mut found)? {
        Located::Inline(info) => Ok(Some(info)),
        Located::Pointers(pointers) => match whole {
            Some(bytes) => Ok(Some(pointers.resolve(bytes, &layout.segments)?)),
            None => Err(AnalyzeError::needs_whole_file()),
        },
    }
}
