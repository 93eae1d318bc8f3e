//! Reads a database file.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::Path,
    sync::{Mutex, PoisonError},
};

use farguard_model::{DatabaseInfo, Epss, Kev};
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    AdvisorySource, Candidate, LookupError,
    block::{BlockReader, ValueRef},
    contents::{Contents, Layout, Metadata, Section},
    epss, kev,
    layout::{HEADER_BYTES, PackageValue, cve_key, decode_header, package_key},
    record::Detail,
    table::{Table, damaged},
};

/// More metadata than any database has: a few hundred ecosystems and sources.
const MAX_METADATA_BYTES: u64 = 16 << 20;
const MAX_DICTIONARY_BYTES: u64 = 1 << 20;

/// An open advisory database. Look-ups may come from several threads.
#[derive(Debug)]
pub struct Database {
    path: String,
    file: File,
    contents: Contents,
    info: DatabaseInfo,
    layout: Layout,
    packages: Table,
    kev: Table,
    epss: Table,
    package_blocks: Readers,
    detail_blocks: Readers,
}

/// Readers of one kind of blocks that nobody uses at the moment. As many are made as threads ask
/// at once, so that no thread waits for the decompression of another.
type Readers = Mutex<Vec<BlockReader>>;

impl Database {
    /// Opens a database; only its header and its metadata are read.
    ///
    /// # Errors
    /// When there is no such file, or it is not a database of this version, or it is damaged
    /// there.
    pub fn open(path: &Path) -> Result<Self, LookupError> {
        let name = path.display().to_string();
        Self::open_inner(path, name.clone())
            .map_err(|error| LookupError { path: name, message: error.to_string() })
    }

    fn open_inner(path: &Path, name: String) -> io::Result<Self> {
        let file = File::open(path)?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact_at(&mut header, 0).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                damaged("not an advisory database: shorter than its header".to_owned())
            }
            _ => error,
        })?;
        let place = decode_header(&header).map_err(damaged)?;
        let json = read_section(&file, place, "metadata", MAX_METADATA_BYTES)?;
        let Metadata { contents, layout } = serde_json::from_slice(&json).map_err(|error| {
            damaged(format!("malformed metadata at offset {}: {error}", place.offset))
        })?;
        Ok(Self {
            path: name,
            file,
            info: info(&contents),
            contents,
            packages: Table::new(layout.packages),
            kev: Table::new(layout.kev),
            epss: Table::new(layout.epss),
            layout,
            package_blocks: Readers::default(),
            detail_blocks: Readers::default(),
        })
    }

    /// What reports say of it.
    #[must_use]
    pub fn info(&self) -> &DatabaseInfo {
        &self.info
    }

    /// What is inside.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Size of the file.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }

    fn lookup(&self, ecosystem: &str, name: &str) -> io::Result<Vec<Candidate>> {
        let mut candidates = Vec::new();
        for place in self.packages.get(&self.file, package_key(ecosystem, name))? {
            let package: PackageValue = self.package_value(ValueRef(place))?;
            // Two packages may share a hash.
            if package.ecosystem == ecosystem && package.name == name {
                candidates.extend(package.advisories);
            }
        }
        Ok(candidates)
    }

    fn package_value(&self, place: ValueRef) -> io::Result<PackageValue> {
        let dictionary = (self.layout.package_dictionary, "package dictionary");
        self.value(&self.package_blocks, dictionary, place, "package")
    }

    fn detail_value(&self, place: ValueRef) -> io::Result<Detail> {
        let dictionary = (self.layout.detail_dictionary, "advisory dictionary");
        self.value(&self.detail_blocks, dictionary, place, "advisory")
    }

    fn value<T: DeserializeOwned>(
        &self,
        readers: &Readers,
        (dictionary, dictionary_name): (Section, &str),
        place: ValueRef,
        what: &str,
    ) -> io::Result<T> {
        let idle = || readers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let mut reader = match known {
            Some(reader) => reader,
            None => BlockReader::new(&read_section(
                &self.file,
                dictionary,
                dictionary_name,
                MAX_DICTIONARY_BYTES,
            )?)?,
        };
        let value = reader.with_value(&self.file, place, |value| {
            postcard::from_bytes(value).map_err(|error| malformed(what, place, &error))
        });
        idle().push(reader);
        value?
    }

    fn cve_value(&self, table: &Table, cve: &str) -> Result<Option<u64>, LookupError> {
        let Some(key) = cve_key(cve) else { return Ok(None) };
        let values = table.get(&self.file, key).map_err(|error| self.error(&error))?;
        Ok(values.first().copied())
    }

    fn error(&self, error: &io::Error) -> LookupError {
        LookupError { path: self.path.clone(), message: error.to_string() }
    }
}

impl AdvisorySource for Database {
    fn knows(&self, ecosystem: &str) -> bool {
        self.contents.ecosystems.binary_search_by(|e| e.name.as_str().cmp(ecosystem)).is_ok()
    }

    fn candidates(&self, ecosystem: &str, name: &str) -> Result<Vec<Candidate>, LookupError> {
        self.lookup(ecosystem, name).map_err(|error| self.error(&error))
    }

    fn detail(&self, place: u64) -> Result<Detail, LookupError> {
        self.detail_value(ValueRef(place)).map_err(|error| self.error(&error))
    }

    fn kev(&self, cve: &str) -> Result<Option<Kev>, LookupError> {
        Ok(self.cve_value(&self.kev, cve)?.map(kev::unpack))
    }

    fn epss(&self, cve: &str) -> Result<Option<Epss>, LookupError> {
        Ok(self.cve_value(&self.epss, cve)?.map(epss::unpack))
    }
}

fn info(contents: &Contents) -> DatabaseInfo {
    let mut sources: Vec<_> = contents.sources.iter().map(|source| source.name.clone()).collect();
    sources.sort();
    sources.dedup();
    DatabaseInfo {
        built: contents.built,
        advisories: contents.records,
        sources,
        sample: contents.sample,
    }
}

fn read_section(file: &File, place: Section, what: &str, max: u64) -> io::Result<Vec<u8>> {
    let Section { offset, len, checksum } = place;
    let end = offset.checked_add(len);
    if len > max || end.is_none_or(|end| file.metadata().map_or(true, |m| m.len() < end)) {
        return Err(damaged(format!("the {what} at offset {offset} does not fit the file")));
    }
    let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
    file.read_exact_at(&mut bytes, offset)?;
    if xxh3_64(&bytes) != checksum {
        return Err(damaged(format!("wrong checksum of the {what} at offset {offset}")));
    }
    Ok(bytes)
}

fn malformed(what: &str, place: ValueRef, error: &postcard::Error) -> io::Error {
    damaged(format!("malformed {what} in the block at offset {}: {error}", place.offset()))
}

#[cfg(test)]
mod tests;
