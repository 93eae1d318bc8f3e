//! From the header of an installed package to what we report of it.

use std::borrow::Cow;

use farguard_model::{Package, PackageType, SourcePackage};

use super::header::{self, Header};
use crate::analyzers::path_budget::PathBudget;

/// Far more than any package has.
const MAX_DIRECTORIES: usize = 1 << 17;

const FILE_TYPE: u16 = 0o170_000;
const DIRECTORY: u16 = 0o040_000;

/// Reads one header. `Ok(None)` for the keys that RPM stores as if they were packages.
pub(super) fn read(
    blob: &[u8],
    path: &str,
    budget: &mut PathBudget,
) -> Result<Option<Package>, &'static str> {
    let header = Header::parse(blob).ok_or("a header that is larger than its record")?;
    let name = header.text(header::NAME).ok_or("a package without a name")?;
    if name == "gpg-pubkey" {
        return Ok(None);
    }
    let version = header.text(header::VERSION).ok_or("a package without a version")?;
    let release = header.text(header::RELEASE).ok_or("a package without a release")?;
    let epoch = header.numbers32(header::EPOCH).next();
    let source = header.text(header::SOURCE_RPM);
    let mut package = named(&name, &format!("{version}-{release}"), epoch, source.as_deref(), path);
    package.arch = header.text(header::ARCH).map(Cow::into_owned);
    package.licenses.extend(header.text(header::LICENSE).map(Cow::into_owned));
    package.files = files(header, budget);
    Ok(Some(package))
}

/// A package with its version and source package.
pub(in crate::analyzers) fn named(
    name: &str,
    version_and_release: &str,
    epoch: Option<u32>,
    source_rpm: Option<&str>,
    path: &str,
) -> Package {
    let epoch = epoch.filter(|epoch| *epoch > 0);
    let version = with_epoch(epoch, version_and_release);
    let source = source_rpm.and_then(|file| source(file, &version, epoch));
    let source = source.filter(|source| source.name != name || source.version != version);
    let mut package = Package::new(PackageType::Rpm, name, version, path);
    package.source = source;
    package
}

fn with_epoch(epoch: Option<u32>, version: &str) -> String {
    epoch.map_or_else(|| version.to_owned(), |epoch| format!("{epoch}:{version}"))
}

/// Takes `NAME-VERSION-RELEASE.src.rpm` apart.
///
/// The file name has no epoch. Binary packages of the same version and release come from the same
/// lines of the same recipe, so theirs is taken; for others it is unknown and left out.
fn source(file: &str, full: &str, epoch: Option<u32>) -> Option<SourcePackage> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let version = format!("{version}-{release}");
    let with_same_epoch = with_epoch(epoch, &version);
    let version = if with_same_epoch == full { with_same_epoch } else { version };
    (!name.is_empty()).then(|| SourcePackage { name: name.to_owned(), version })
}

/// The files, without directories, as far as the budget goes.
fn files(header: Header<'_>, budget: &mut PathBudget) -> Vec<String> {
    let directories: Vec<_> = header.texts(header::DIR_NAMES).take(MAX_DIRECTORIES).collect();
    let mut modes = header.numbers16(header::FILE_MODES);
    let mut files = Vec::new();
    for (name, index) in header.texts(header::BASE_NAMES).zip(header.numbers32(header::DIR_INDEXES))
    {
        let is_directory = modes.next().is_some_and(|mode| mode & FILE_TYPE == DIRECTORY);
        let directory = usize::try_from(index).ok().and_then(|index| directories.get(index));
        let Some(directory) = directory.filter(|_| !is_directory) else { continue };
        let directory = directory.trim_start_matches('/');
        if !budget.spend(directory.len() + name.len()) {
            break;
        }
        files.push(format!("{directory}{name}"));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, full: &str, epoch: Option<u32>, expect: Option<(&str, &str)>) {
        let read = source(file, full, epoch);
        assert_eq!(read.as_ref().map(|s| (s.name.as_str(), s.version.as_str())), expect);
    }

    #[test]
    fn source_packages_take_the_epoch_of_the_same_recipe() {
        let name = "openssl-3.0.7-27.el9.src.rpm";
        check(name, "1:3.0.7-27.el9", Some(1), Some(("openssl", "1:3.0.7-27.el9")));
        let name = "perl-5.32.1-481.el9.src.rpm";
        check(name, "4:1.30-481.el9", Some(4), Some(("perl", "5.32.1-481.el9")));
        let name = "java-17-openjdk-17.0.9-1.nosrc.rpm";
        check(name, "1.0-1", None, Some(("java-17-openjdk", "17.0.9-1")));
        check("(none)", "1.0-1", None, None);
        check("a-1.src.rpm", "1.0-1", None, None);
    }
}
