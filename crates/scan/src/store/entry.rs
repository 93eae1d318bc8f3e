//! The three files of one stored target.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use farguard_model::ScanReport;

use super::{
    StoreError, file,
    packed::{self, Head, Unpacked},
    verdict::StoredVerdict,
};

pub(super) const PACKAGES: &str = "packages.bin";
pub(super) const VERDICT: &str = "verdict.json";
const SBOM: &str = "sbom.cdx.json";

const MAX_VERDICT_BYTES: u64 = 256 << 20;
/// Heads are mostly shorter than this: names and the digests of layers.
const HEAD_GUESS_BYTES: usize = 4 << 10;

/// The directory of one stored target.
pub(super) struct Entry {
    pub(super) directory: PathBuf,
}

impl Entry {
    /// Writes all files. The verdict comes last: an entry without one is not complete.
    pub(super) fn put(
        &self,
        report: &ScanReport,
        sbom: &[u8],
        earlier: Option<&StoredVerdict>,
    ) -> Result<(), StoreError> {
        let verdict = StoredVerdict::of(report, earlier);
        let names = verdict.names.iter().map(|seen| seen.name.clone()).collect();
        let packages = packed::pack(&Head::of(report, names), report)
            .map_err(|error| StoreError::new("write", &self.path(PACKAGES), &error))?;
        self.replace(SBOM, sbom)?;
        self.replace(PACKAGES, &packages)?;
        self.set_verdict(&verdict)
    }

    pub(super) fn set_verdict(&self, verdict: &StoredVerdict) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec_pretty(verdict)
            .map_err(|error| StoreError::new("write", &self.path(VERDICT), &error))?;
        self.replace(VERDICT, &bytes)
    }

    /// Reads the verdict.
    pub(super) fn verdict(&self) -> Result<StoredVerdict, StoreError> {
        let path = self.path(VERDICT);
        let bytes = file::read(&path, MAX_VERDICT_BYTES).map_err(|error| missing(&path, &error))?;
        StoredVerdict::read(&bytes).map_err(|why| StoreError::new("read", &path, &why))
    }

    /// Reads everything that matching needs.
    pub(super) fn packages(&self) -> Result<Unpacked, StoreError> {
        let path = self.path(PACKAGES);
        let bytes =
            file::read(&path, packed::MAX_FILE_BYTES).map_err(|error| missing(&path, &error))?;
        Unpacked::read(&bytes).map_err(|error| StoreError::new("read", &path, &error))
    }

    /// Reads the head only.
    pub(super) fn head(&self) -> Result<Head, StoreError> {
        let path = self.path(PACKAGES);
        let read = |path: &Path| -> io::Result<Vec<u8>> {
            let mut file = File::open(path)?.take(packed::MAX_FILE_BYTES);
            let mut bytes = Vec::new();
            (&mut file).take(HEAD_GUESS_BYTES as u64).read_to_end(&mut bytes)?;
            if packed::head_end(&bytes).is_some_and(|end| end > bytes.len()) {
                file.read_to_end(&mut bytes)?;
            }
            Ok(bytes)
        };
        let bytes = read(&path).map_err(|error| StoreError::new("read", &path, &error))?;
        packed::head(&bytes).map_err(|error| StoreError::new("read", &path, &error))
    }

    /// Whether this is an entry at all, and not a file that something else left there.
    pub(super) fn is_directory(&self) -> bool {
        fs::metadata(&self.directory).is_ok_and(|meta| meta.is_dir())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(name);
        file::replace(&path, bytes).map_err(|error| StoreError::new("write", &path, &error))
    }
}

/// An entry without a file was not written to its end.
fn missing(path: &Path, error: &io::Error) -> StoreError {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "it is missing: scan the image again".to_owned(),
        _ => error.to_string(),
    };
    StoreError::new("read", path, &why)
}
