//! The entries of a zip archive: the form of the OSV bucket.

use std::{fs::File, io::Read};

use rawzip::{CompressionMethod, RECOMMENDED_BUFFER_SIZE, ReaderAt, ZipArchive};

use super::{Feed, Limited, MAX_FILE_BYTES, Place, Stop, damaged, text};

/// Most entries; OSV's largest archive has below a million.
const MAX_ENTRIES: u64 = 8 << 20;

/// Reads every entry whose name promises advisories.
pub(super) fn entries(file: File, place: &Place, feed: &mut Feed) -> Result<(), Stop> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(|e| damaged(&e))?;
    let expected = archive.entries_hint();
    let mut entries = archive.entries(&mut buffer);
    let (mut count, mut bytes_left) = (0, MAX_FILE_BYTES);
    while let Some(entry) = entries.next_entry().map_err(|e| damaged(&e))? {
        count += 1;
        if count > MAX_ENTRIES {
            return Err(damaged("too many entries").into());
        }
        let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        if entry.is_dir() || !name.to_ascii_lowercase().ends_with(".json") {
            continue;
        }
        let inner = Place { file: format!("{}!/{name}", place.file).into(), line: 0 };
        let (method, wayfinder) = (entry.compression_method(), entry.wayfinder());
        match one_entry(&archive, wayfinder, method, &inner, feed, &mut bytes_left) {
            Err(Stop::Damage(error)) => feed.problem(&inner, format!("cannot read on: {error}"))?,
            other => other?,
        }
    }
    if count < expected {
        return Err(damaged(format!("{count} entries of {expected}")).into());
    }
    Ok(())
}

fn one_entry<R: ReaderAt>(
    archive: &ZipArchive<R>,
    wayfinder: rawzip::ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    place: &Place,
    feed: &mut Feed,
    bytes_left: &mut u64,
) -> Result<(), Stop> {
    let entry = archive.get_entry(wayfinder).map_err(|e| damaged(&e))?;
    let stored = entry.reader();
    let inflated: Box<dyn Read + '_> = match method {
        CompressionMethod::STORE => Box::new(entry.verifying_reader(stored)),
        CompressionMethod::DEFLATE => {
            Box::new(entry.verifying_reader(flate2::read::DeflateDecoder::new(stored)))
        }
        other => {
            return Err(damaged(format!("unknown compression method {}", other.as_u16())).into());
        }
    };
    let mut limited = Limited { inner: inflated, left: *bytes_left };
    let result = text(&mut limited, place, feed);
    *bytes_left = limited.left;
    result
}
