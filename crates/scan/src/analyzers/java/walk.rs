//! The walk through an archive and the archives inside it, within bounds.

use std::io::Read;

use farguard_model::Problem;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive};

use super::{AnalyzeError, ENDINGS, Harvest, corrupt, identity::Evidence};

/// Archives within archives within archives: an EAR with a WAR with a JAR with a shaded JAR is 4.
const MAX_DEPTH: u32 = 5;

/// Entries of one archive and all inside it.
const MAX_ENTRIES: u32 = 1_000_000;

/// Bytes inflated for one archive and all inside it, over time.
const MAX_INFLATED_BYTES: u64 = 1 << 30;

/// Bytes of nested archives that are in memory at the same time.
const MAX_HELD_BYTES: u64 = 64 << 20;

/// A longer manifest or POM is not read: they have a few kilobytes.
const MAX_TEXT_BYTES: u64 = 1 << 20;

/// Longer names of nested archives are not followed: each package carries them in its path.
const MAX_NAME_BYTES: usize = 512;

/// The most packages that one archive may bring.
const MAX_PACKAGES: usize = 20_000;

/// One walk, with what is left of its bounds.
pub(super) struct Walk<'a> {
    harvest: &'a mut Harvest,
    first_package: usize,
    entries: u32,
    inflatable: u64,
    holdable: u64,
    depth: u32,
}

/// What an entry of an archive is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interest {
    None,
    Manifest,
    PomProperties,
    PomXml,
    Archive,
}

impl Interest {
    pub(super) fn in_name(name: &[u8]) -> Self {
        let is_maven = || name.starts_with(b"META-INF/maven/");
        match name.rsplit(|byte| *byte == b'/').next().unwrap_or_default() {
            b"MANIFEST.MF" if name == b"META-INF/MANIFEST.MF" => Self::Manifest,
            b"pom.properties" if is_maven() => Self::PomProperties,
            b"pom.xml" if is_maven() => Self::PomXml,
            file if is_archive(file) => Self::Archive,
            _ => Self::None,
        }
    }
}

fn is_archive(file: &[u8]) -> bool {
    let ending = file.len().checked_sub(4).and_then(|at| file.get(at..)).unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known.as_bytes()))
}

impl<'a> Walk<'a> {
    pub(super) fn new(harvest: &'a mut Harvest) -> Self {
        Self {
            first_package: harvest.packages.len(),
            harvest,
            entries: MAX_ENTRIES,
            inflatable: MAX_INFLATED_BYTES,
            holdable: MAX_HELD_BYTES,
            depth: 0,
        }
    }

    /// Reads an archive by its central directory, and those inside it.
    pub(super) fn archive(&mut self, bytes: &[u8], path: &str) -> Result<(), AnalyzeError> {
        let zip = ZipArchive::from_slice(bytes)
            .map_err(|error| corrupt(format!("not a zip archive: {error}")))?;
        let mut evidence = Evidence::default();
        let mut damage = None;
        let mut entries = zip.entries();
        loop {
            let entry = match entries.next_entry() {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(error) => {
                    damage = Some(corrupt(format!("damaged central directory: {error}")));
                    break;
                }
            };
            self.count_entry()?;
            let name = entry.file_path();
            let name = name.as_ref();
            let interest = Interest::in_name(name);
            if interest == Interest::None {
                continue;
            }
            let result = match zip.get_entry(entry.wayfinder()) {
                Ok(found) => self.entry(
                    found.data(),
                    entry.compression_method(),
                    name,
                    interest,
                    path,
                    &mut evidence,
                ),
                Err(error) => Err(damaged_entry(name, &error.to_string())),
            };
            if let Err(error) = result {
                if error.code == TOO_LARGE {
                    return Err(error);
                }
                damage.get_or_insert(error);
            }
        }
        self.conclude(&evidence, path)?;
        damage.map_or(Ok(()), Err)
    }

    /// Reads one entry that is of interest.
    fn entry(
        &mut self,
        data: &[u8],
        method: CompressionMethod,
        name: &[u8],
        interest: Interest,
        path: &str,
        evidence: &mut Evidence,
    ) -> Result<(), AnalyzeError> {
        let is_nested = interest == Interest::Archive;
        if method == CompressionMethod::STORE {
            if is_nested {
                self.nested(data, name, path);
            } else {
                evidence.add(interest, name, data.get(..1 << 20).unwrap_or(data));
            }
            return Ok(());
        }
        if method != CompressionMethod::DEFLATE {
            return Err(damaged_entry(name, &format!("compression method {method:?}")));
        }
        let content = self.inflate(&mut DeflateDecoder::new(data), name, interest)?;
        if is_nested {
            self.nested_held(&content, name, path);
        } else {
            evidence.add(interest, name, &content);
        }
        Ok(())
    }

    /// Inflates an entry of interest, as far as the bounds allow.
    pub(super) fn inflate(
        &mut self,
        content: &mut dyn Read,
        name: &[u8],
        interest: Interest,
    ) -> Result<Vec<u8>, AnalyzeError> {
        let limit = match interest {
            Interest::Archive => self.holdable,
            _ => MAX_TEXT_BYTES,
        };
        let limit = limit.min(self.inflatable);
        let mut bytes = Vec::new();
        let result = content.take(limit + 1).read_to_end(&mut bytes);
        self.inflatable = self.inflatable.saturating_sub(bytes.len() as u64);
        result.map_err(|error| damaged_entry(name, &error.to_string()))?;
        if bytes.len() as u64 > limit {
            let name = String::from_utf8_lossy(name);
            let message = format!("entry `{name}` inflates to more than {limit} bytes");
            let code = if self.inflatable == 0 { TOO_LARGE } else { "archive-entry-too-large" };
            return Err(AnalyzeError::new(code, message));
        }
        Ok(bytes)
    }

    /// Walks a nested archive that takes memory of its own.
    pub(super) fn nested_held(&mut self, bytes: &[u8], name: &[u8], path: &str) {
        let held = bytes.len() as u64;
        self.holdable = self.holdable.saturating_sub(held);
        self.nested(bytes, name, path);
        self.holdable += held;
    }

    /// Walks a nested archive. Its damage is a problem of its own, not of the outer one.
    fn nested(&mut self, bytes: &[u8], name: &[u8], path: &str) {
        let shown = name.get(..MAX_NAME_BYTES).unwrap_or(name);
        let nested_path = format!("{path}!/{}", String::from_utf8_lossy(shown));
        let result = if self.depth >= MAX_DEPTH || name.len() > MAX_NAME_BYTES {
            let message = format!("archives are nested more than {MAX_DEPTH} deep");
            Err(AnalyzeError::new("archive-too-deep", message))
        } else {
            self.depth += 1;
            let result = self.archive(bytes, &nested_path);
            self.depth -= 1;
            result
        };
        if let Err(error) = result {
            self.problem(&error, &nested_path);
        }
    }

    fn problem(&mut self, error: &AnalyzeError, path: &str) {
        // A bomb of broken archives needs no message for each of them.
        if self.harvest.problems.len() < MAX_PACKAGES {
            self.harvest.problems.push(Problem::new(error.code, error.message.clone()).at(path));
        }
    }

    /// Counts an entry of any archive.
    pub(super) fn count_entry(&mut self) -> Result<(), AnalyzeError> {
        match self.entries.checked_sub(1) {
            Some(left) => {
                self.entries = left;
                Ok(())
            }
            None => {
                let message = format!("the archive has more than {MAX_ENTRIES} entries");
                Err(AnalyzeError::new(TOO_LARGE, message))
            }
        }
    }

    /// Counts bytes that had to be inflated only to find their end.
    pub(super) fn count_inflated(&mut self, bytes: u64) -> Result<(), AnalyzeError> {
        match self.inflatable.checked_sub(bytes) {
            Some(left) => {
                self.inflatable = left;
                Ok(())
            }
            None => {
                let message =
                    format!("the archive inflates to more than {MAX_INFLATED_BYTES} bytes");
                Err(AnalyzeError::new(TOO_LARGE, message))
            }
        }
    }

    /// Adds the packages that the entries of one archive prove.
    pub(super) fn conclude(&mut self, evidence: &Evidence, path: &str) -> Result<(), AnalyzeError> {
        self.harvest.packages.extend(evidence.packages(path));
        if self.harvest.packages.len() - self.first_package > MAX_PACKAGES {
            self.harvest.packages.truncate(self.first_package + MAX_PACKAGES);
            let message = format!("the archive holds more than {MAX_PACKAGES} packages");
            return Err(AnalyzeError::new(TOO_LARGE, message));
        }
        Ok(())
    }
}

/// The code of errors that end the walk.
const TOO_LARGE: &str = "archive-too-large";

pub(super) fn damaged_entry(name: &[u8], reason: &str) -> AnalyzeError {
    let name = String::from_utf8_lossy(name.get(..MAX_NAME_BYTES).unwrap_or(name));
    corrupt(format!("cannot read entry `{name}`: {reason}"))
}
