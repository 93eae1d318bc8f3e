//! Writes a database file in bounded memory.
//!
//! Records come in any order. They are sorted by package in temporary files, so that details which
//! one look-up needs lie side by side and compress well.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    Affected, Candidate,
    block::{BlockWriter, ValueRef},
    contents::{Contents, EcosystemContents, Layout, Metadata, Section},
    layout::{HEADER_BYTES, PackageValue, encode_header, package_key},
    record::Record,
    sorter::{Merge, Sorter},
    table::{self, Row, TablePlace, damaged},
};

mod samples;

use samples::Samples;

/// Raw size at which a block is closed: small blocks are cheap to read, large ones compress well.
const DETAIL_BLOCK_BYTES: usize = 4 << 10;
const PACKAGE_BLOCK_BYTES: usize = 4 << 10;

/// Collects records, then writes them as a database.
#[derive(Debug)]
pub(crate) struct Writer {
    details: Sorter,
    packages: Sorter,
    detail_samples: Samples,
    package_samples: Samples,
    ids: HashMap<String, u32>,
    /// By number of the id: the record that counts.
    newest: Vec<Version>,
    /// By number of the record.
    versions: Vec<(u32, Timestamp)>,
    kev: Vec<Row>,
    epss: Vec<Row>,
}

/// Which record of an id counts.
#[derive(Debug, Clone, Copy)]
struct Version {
    modified: Timestamp,
    record: u32,
}

impl Writer {
    /// A writer that keeps its temporary files, which nobody else can see, in `directory`.
    pub(crate) fn new(directory: &Path) -> Self {
        Self {
            details: Sorter::new(directory),
            packages: Sorter::new(directory),
            detail_samples: Samples::default(),
            package_samples: Samples::default(),
            ids: HashMap::new(),
            newest: Vec::new(),
            versions: Vec::new(),
            kev: Vec::new(),
            epss: Vec::new(),
        }
    }

    /// Adds a record. Of several with one id the newest counts; when they are equally new, each
    /// may know other packages (one file for each ecosystem), and all count.
    pub(crate) fn add(&mut self, record: &Record) -> io::Result<()> {
        let number = number_of(self.versions.len())?;
        let version = Version { modified: record.modified, record: number };
        let id = match self.ids.get(&record.detail.id) {
            Some(id) => *id,
            None => {
                let id = number_of(self.newest.len())?;
                self.ids.insert(record.detail.id.clone(), id);
                self.newest.push(version);
                id
            }
        };
        if let Some(newest) = self.newest.get_mut(id as usize)
            && version.modified > newest.modified
        {
            *newest = version;
        }
        self.versions.push((id, record.modified));

        let Some(first) = record.packages.first() else { return Ok(()) };
        let detail = encode(&record.detail)?;
        let key = sort_key(&[&first.ecosystem, &first.name, &record.detail.id], number);
        self.details.push(&key, &detail)?;
        self.detail_samples.offer(&detail);
        for package in &record.packages {
            let key = sort_key(&[&package.ecosystem, &package.name, &record.detail.id], number);
            let affected = encode(&package.affected)?;
            self.packages.push(&key, &affected)?;
            self.package_samples.offer(&affected);
        }
        Ok(())
    }

    /// Adds an entry of the catalogue of exploited vulnerabilities.
    pub(crate) fn add_kev(&mut self, key: u64, value: u64) {
        self.kev.push((key, value));
    }

    /// Adds a score.
    pub(crate) fn add_epss(&mut self, key: u64, value: u64) {
        self.epss.push((key, value));
    }

    /// Writes everything to `file`, which is empty. Counts in `contents` are filled in.
    pub(crate) fn finish(self, file: &File, mut contents: Contents) -> io::Result<Contents> {
        let mut out = Counted { inner: BufWriter::with_capacity(1 << 20, file), offset: 0 };
        out.write_all(&[0; HEADER_BYTES])?;
        let detail_dictionary = self.detail_samples.train();
        let package_dictionary = self.package_samples.train();
        let kept = Kept { newest: self.newest, versions: self.versions };
        contents.records = kept.newest.len() as u64;
        contents.skipped.superseded = kept.superseded();

        let refs = write_details(self.details.finish()?, &kept, &detail_dictionary, &mut out)?;
        let rows = PackagePass {
            kept: &kept,
            refs: &refs,
            seen_in: vec![u32::MAX; refs.len()],
            writer: BlockWriter::new(&package_dictionary, out.offset, PACKAGE_BLOCK_BYTES)?,
            rows: Vec::new(),
            ecosystems: Vec::new(),
        };
        let (rows, ecosystems) = rows.run(self.packages.finish()?, &mut out)?;
        contents.packages = rows.len() as u64;
        contents.ecosystems = ecosystems;

        let (kev, epss) = (unique(self.kev), unique(self.epss));
        contents.kev = kev.len() as u64;
        contents.epss = epss.len() as u64;
        let layout = Layout {
            packages: write_table(rows, &mut out)?,
            kev: write_table(kev, &mut out)?,
            epss: write_table(epss, &mut out)?,
            package_dictionary: write_section(&package_dictionary, &mut out)?,
            detail_dictionary: write_section(&detail_dictionary, &mut out)?,
        };
        let metadata = Metadata { contents, layout };
        let place = write_section(&serde_json::to_vec(&metadata)?, &mut out)?;
        out.inner.flush()?;
        std::os::unix::fs::FileExt::write_all_at(file, &encode_header(place), 0)?;
        Ok(metadata.contents)
    }
}

/// Which records count.
struct Kept {
    newest: Vec<Version>,
    versions: Vec<(u32, Timestamp)>,
}

impl Kept {
    /// The record that stands for this one: itself, or an equally new one of the same id. `None`
    /// when a newer one counts.
    fn stand_in(&self, record: u32) -> Option<u32> {
        let (id, modified) = self.versions.get(record as usize)?;
        let newest = self.newest.get(*id as usize)?;
        (newest.modified == *modified).then_some(newest.record)
    }

    /// Number of records of which a newer one counts.
    fn superseded(&self) -> u64 {
        let old = |(id, modified): &&(u32, Timestamp)| {
            self.newest.get(*id as usize).is_some_and(|newest| newest.modified > *modified)
        };
        self.versions.iter().filter(old).count() as u64
    }

    fn modified(&self, record: u32) -> Option<Timestamp> {
        let (_, modified) = self.versions.get(record as usize)?;
        (*modified != Timestamp::MIN).then_some(*modified)
    }
}

/// Writes the details of records that count; gives their places by number of the record.
fn write_details(
    mut merge: Merge,
    kept: &Kept,
    dictionary: &[u8],
    out: &mut Counted<'_>,
) -> io::Result<Vec<u64>> {
    let mut refs = vec![0; kept.versions.len()];
    let mut writer = BlockWriter::new(dictionary, out.offset, DETAIL_BLOCK_BYTES)?;
    while let Some((key, detail)) = merge.next()? {
        let (_, number) = split_key(&key)?;
        if kept.stand_in(number) == Some(number) {
            let ValueRef(place) = writer.push(&detail, out)?;
            if let Some(slot) = refs.get_mut(number as usize) {
                *slot = place;
            }
        }
    }
    writer.finish(out)?;
    Ok(refs)
}

/// Gathers the sorted entries of each package and writes them.
struct PackagePass<'a> {
    kept: &'a Kept,
    refs: &'a [u64],
    /// By number of the record: number of the last ecosystem that counted it.
    seen_in: Vec<u32>,
    writer: BlockWriter,
    rows: Vec<Row>,
    ecosystems: Vec<EcosystemContents>,
}

impl PackagePass<'_> {
    fn run(
        mut self,
        mut merge: Merge,
        out: &mut Counted<'_>,
    ) -> io::Result<(Vec<Row>, Vec<EcosystemContents>)> {
        let mut package = PackageValue::default();
        let mut last_record = None;
        while let Some((key, value)) = merge.next()? {
            let ([ecosystem, name, _], number) = split_key(&key)?;
            let Some(record) = self.kept.stand_in(number) else { continue };
            let affected: Vec<Affected> = postcard::from_bytes(&value).map_err(io::Error::other)?;
            if package.ecosystem != ecosystem || package.name != name {
                let next = PackageValue {
                    ecosystem: ecosystem.to_owned(),
                    name: name.to_owned(),
                    advisories: Vec::new(),
                };
                self.write(&std::mem::replace(&mut package, next), out)?;
                self.enter(ecosystem);
                last_record = None;
            }
            match package.advisories.last_mut() {
                Some(last) if last_record == Some(record) => {
                    let new = affected.into_iter().filter(|a| !last.affected.contains(a));
                    let new: Vec<_> = new.collect();
                    last.affected.extend(new);
                }
                _ => {
                    let detail = self.refs.get(record as usize).copied().unwrap_or_default();
                    package.advisories.push(Candidate { detail, affected });
                    self.count(record);
                }
            }
            last_record = Some(record);
        }
        self.write(&package, out)?;
        self.writer.finish(out)?;
        Ok((self.rows, self.ecosystems))
    }

    fn write(&mut self, package: &PackageValue, out: &mut Counted<'_>) -> io::Result<()> {
        if package.advisories.is_empty() {
            return Ok(());
        }
        let ValueRef(place) = self.writer.push(&encode(package)?, out)?;
        self.rows.push((package_key(&package.ecosystem, &package.name), place));
        if let Some(ecosystem) = self.ecosystems.last_mut() {
            ecosystem.packages += 1;
        }
        Ok(())
    }

    fn enter(&mut self, ecosystem: &str) {
        if self.ecosystems.last().is_none_or(|last| last.name != ecosystem) {
            let name = ecosystem.to_owned();
            self.ecosystems.push(EcosystemContents { name, records: 0, packages: 0, newest: None });
        }
    }

    fn count(&mut self, record: u32) {
        let number = u32::try_from(self.ecosystems.len()).unwrap_or(u32::MAX - 1);
        let Some(ecosystem) = self.ecosystems.last_mut() else { return };
        if let Some(seen) = self.seen_in.get_mut(record as usize)
            && *seen != number
        {
            *seen = number;
            ecosystem.records += 1;
            ecosystem.newest = ecosystem.newest.max(self.kept.modified(record));
        }
    }
}

/// Counts what goes through, so that sections know their offsets.
struct Counted<'a> {
    inner: BufWriter<&'a File>,
    offset: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.offset += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn write_section(bytes: &[u8], out: &mut Counted<'_>) -> io::Result<Section> {
    let offset = out.offset;
    out.write_all(bytes)?;
    Ok(Section { offset, len: bytes.len() as u64, checksum: xxh3_64(bytes) })
}

fn write_table(rows: Vec<Row>, out: &mut Counted<'_>) -> io::Result<TablePlace> {
    let place = TablePlace { offset: out.offset, rows: rows.len() as u64 };
    out.write_all(&table::encode(rows))?;
    Ok(place)
}

/// One row for each key: of several, the last one given.
fn unique(mut rows: Vec<Row>) -> Vec<Row> {
    rows.reverse();
    rows.sort_by_key(|(key, _)| *key);
    rows.dedup_by_key(|(key, _)| *key);
    rows
}

/// Parts separated by NUL, so that they sort part by part, and the number of the record.
fn sort_key(parts: &[&str], number: u32) -> Vec<u8> {
    let mut key = Vec::new();
    for part in parts {
        key.extend_from_slice(part.as_bytes());
        key.push(0);
    }
    key.extend_from_slice(&number.to_be_bytes());
    key
}

fn split_key(key: &[u8]) -> io::Result<([&str; 3], u32)> {
    let broken = || damaged("damaged sort key in a temporary file".to_owned());
    let (text, number) = key.split_last_chunk::<4>().ok_or_else(broken)?;
    let text = std::str::from_utf8(text).map_err(|_| broken())?;
    let mut parts = text.splitn(4, '\0');
    let mut part = || parts.next().ok_or_else(broken);
    Ok(([part()?, part()?, part()?], u32::from_be_bytes(*number)))
}

fn encode(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(io::Error::other)
}

fn number_of(index: usize) -> io::Result<u32> {
    u32::try_from(index).map_err(|_| damaged("more than 4 billion records".to_owned()))
}
