//! The packages of one stored target, in a form that is quick to read.
//!
//! ```text
//! magic (8) | length of head (4) | xxh3 of head (8) | xxh3 of body (8) | head | body
//! ```
//!
//! Numbers are little endian, the head is postcard, the body is postcard in a zstd frame. A package
//! is stored in two parts: what it is, as bytes of its own, so that equal packages of many images
//! are recognised without being read; and where it is.

use farguard_model::{Os, Package, PackageType, ScanReport, SourcePackage, TargetInfo};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

const MAGIC: [u8; 8] = *b"FGPKGS\0\x01";
const PREFIX_BYTES: usize = 28;
/// Files up to this size are read.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;
/// A body longer than this is none.
const MAX_BODY_BYTES: usize = 512 << 20;
const LEVEL: i32 = 3;

/// What is stored of a target besides its packages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The names under which it was scanned, the latest first.
    pub names: Vec<String>,
    /// Digest of the manifest.
    pub digest: Option<String>,
    /// Digest of the configuration.
    pub image_id: Option<String>,
    /// `linux/amd64`.
    pub platform: Option<String>,
    /// The distribution inside.
    pub os: Option<Os>,
    /// Digests of the uncompressed layers, lowest first.
    pub diff_ids: Vec<String>,
}

/// The packages of a target, borrowed from the bytes of [`Unpacked`].
#[derive(Debug, Serialize, Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    packages: Vec<Stored<'a>>,
}

/// One package of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored<'a> {
    /// What it is: see [`package`].
    pub identity: &'a [u8],
    /// As [`Package::path`].
    pub path: &'a str,
    /// As [`Package::layer`].
    pub layer: Option<u32>,
    /// As [`Package::dev`].
    pub dev: bool,
}

/// What decides which advisories hold for a package.
#[derive(Serialize, Deserialize)]
struct Identity<'a> {
    /// The purl type: the number of a variant would change with the list.
    kind: &'a str,
    name: &'a str,
    version: &'a str,
    arch: Option<&'a str>,
    source: Option<(&'a str, &'a str)>,
}

/// The bytes are no stored packages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PackedError(String);

fn damaged(what: &str) -> PackedError {
    PackedError(format!("it is damaged: {what}"))
}

/// The number of the next of many things.
pub(super) fn index(count: usize) -> Result<u32, PackedError> {
    u32::try_from(count).map_err(|_| PackedError("there are too many packages".to_owned()))
}

/// The bytes of a file for this report.
///
/// # Errors
/// When there is too much of it.
pub fn pack(head: &Head, report: &ScanReport) -> Result<Vec<u8>, PackedError> {
    let failed = |error: postcard::Error| PackedError(error.to_string());
    let identities: Vec<Vec<u8>> =
        report.packages.iter().map(identity).collect::<Result<_, _>>().map_err(failed)?;
    let stored = report.packages.iter().zip(&identities).map(|(package, identity)| Stored {
        identity,
        path: &package.path,
        layer: package.layer,
        dev: package.dev,
    });
    let body = postcard::to_stdvec(&Body { packages: stored.collect() }).map_err(failed)?;
    if body.len() > MAX_BODY_BYTES {
        return Err(PackedError(format!("{} packages are too many", report.packages.len())));
    }
    let body =
        zstd::bulk::compress(&body, LEVEL).map_err(|error| PackedError(error.to_string()))?;
    let head = postcard::to_stdvec(head).map_err(failed)?;
    let head_len = index(head.len())?;
    Ok([
        &MAGIC[..],
        &head_len.to_le_bytes(),
        &xxh3_64(&head).to_le_bytes(),
        &xxh3_64(&body).to_le_bytes(),
        &head,
        &body,
    ]
    .concat())
}

fn identity(package: &Package) -> Result<Vec<u8>, postcard::Error> {
    let source = package.source.as_ref();
    postcard::to_stdvec(&Identity {
        kind: package.kind.as_str(),
        name: &package.name,
        version: &package.version,
        arch: package.arch.as_deref(),
        source: source.map(|source| (source.name.as_str(), source.version.as_str())),
    })
}

/// The package of an identity, without a place.
///
/// # Errors
/// When the bytes are none.
pub fn package(identity: &[u8]) -> Result<Package, PackedError> {
    let what: Identity<'_> =
        postcard::from_bytes(identity).map_err(|_| damaged("a package cannot be read"))?;
    let kind = PackageType::from_purl_type(what.kind)
        .ok_or_else(|| PackedError(format!("`{}` is no type of packages", what.kind)))?;
    let mut package = Package::new(kind, what.name, what.version, "");
    package.arch = what.arch.map(str::to_owned);
    package.source = what.source.map(|(name, version)| SourcePackage {
        name: name.to_owned(),
        version: version.to_owned(),
    });
    Ok(package)
}

/// Head and, still packed, body of a file.
struct Parts<'a> {
    head: &'a [u8],
    head_sum: u64,
    body: &'a [u8],
    body_sum: u64,
}

fn parts(bytes: &[u8]) -> Result<Parts<'_>, PackedError> {
    let cut = || damaged("it ends too early");
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or_else(cut)?;
    if *magic != MAGIC {
        return Err(PackedError("it holds no packages of this version of Farguard".to_owned()));
    }
    let (head_len, rest) = rest.split_first_chunk().ok_or_else(cut)?;
    let (head_sum, rest) = rest.split_first_chunk().ok_or_else(cut)?;
    let (body_sum, rest) = rest.split_first_chunk().ok_or_else(cut)?;
    let head_len = usize::try_from(u32::from_le_bytes(*head_len)).map_err(|_| cut())?;
    let (head, body) = rest.split_at_checked(head_len).ok_or_else(cut)?;
    let (head_sum, body_sum) = (u64::from_le_bytes(*head_sum), u64::from_le_bytes(*body_sum));
    Ok(Parts { head, head_sum, body, body_sum })
}

/// How many bytes of a file [`head`] needs, by its first [`PREFIX_BYTES`].
pub(super) fn head_end(prefix: &[u8]) -> Option<usize> {
    let len = prefix.get(8..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*len)).ok()?.checked_add(PREFIX_BYTES)
}

/// Reads the head of a file, of which the rest may be missing.
///
/// # Errors
/// When the bytes are damaged or of another version.
pub fn head(bytes: &[u8]) -> Result<Head, PackedError> {
    let parts = parts(bytes)?;
    if xxh3_64(parts.head) != parts.head_sum {
        return Err(damaged("the checksum of its head is wrong"));
    }
    postcard::from_bytes(parts.head).map_err(|_| damaged("its head cannot be read"))
}

/// A file whose body is inflated.
#[derive(Debug)]
pub struct Unpacked {
    /// What is stored besides the packages.
    pub head: Head,
    body: Vec<u8>,
}

impl Unpacked {
    /// Checks and inflates the bytes of a file.
    ///
    /// # Errors
    /// When they are damaged or of another version.
    pub fn read(bytes: &[u8]) -> Result<Self, PackedError> {
        let head = head(bytes)?;
        let parts = parts(bytes)?;
        if xxh3_64(parts.body) != parts.body_sum {
            return Err(damaged("the checksum of its packages is wrong"));
        }
        let body = zstd::bulk::decompress(parts.body, MAX_BODY_BYTES)
            .map_err(|error| damaged(&error.to_string()))?;
        Ok(Self { head, body })
    }

    /// The packages, in their order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn packages(&self) -> Result<Vec<Stored<'_>>, PackedError> {
        let body: Body<'_> =
            postcard::from_bytes(&self.body).map_err(|_| damaged("its packages cannot be read"))?;
        Ok(body.packages)
    }
}

impl Head {
    /// What is kept of a target that was scanned as `names`.
    pub(super) fn of(report: &ScanReport, names: Vec<String>) -> Self {
        Self {
            names,
            digest: report.target.digest.clone(),
            image_id: report.target.image_id.clone(),
            platform: report.target.platform.clone(),
            os: report.os.clone(),
            diff_ids: report.layers.iter().map(|layer| layer.diff_id.clone()).collect(),
        }
    }

    /// The target as it was scanned last; labels and age are not kept.
    pub(super) fn target(&self) -> TargetInfo {
        let name = self.names.first().cloned().unwrap_or_default();
        let mut target = TargetInfo::new(name, farguard_model::TargetKind::Sbom);
        target.digest.clone_from(&self.digest);
        target.image_id.clone_from(&self.image_id);
        target.platform.clone_from(&self.platform);
        target
    }
}

#[cfg(test)]
mod tests;
