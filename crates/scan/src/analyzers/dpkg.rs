//! Packages of Debian and its relatives: the status file of dpkg.
//!
//! Distroless images have no status file, but one file with a paragraph for each package in
//! `status.d`, which carries no `Status` field.
//!
//! # Source
//! <https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html>, "Package states";
//! <https://manpages.debian.org/bookworm/dpkg-dev/deb-src-control.5.en.html>

use farguard_model::{Package, PackageType, SourcePackage};

use super::{
    AnalyzeError, Analyzer, FileView, Harvest, Scope, Want,
    damage::Damage,
    deb822::{Paragraph, paragraphs},
};

/// More than Debian has in all: a file with more was made to fill our memory.
const MAX_PACKAGES: usize = 1 << 17;

/// Reads the database of installed packages.
#[derive(Debug)]
pub(super) struct Dpkg;

impl Analyzer for Dpkg {
    fn name(&self) -> &'static str {
        "dpkg"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Debian packages, from `var/lib/dpkg/status` and, in distroless images, `status.d`"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Path("var/lib/dpkg/status"), Want::In("var/lib/dpkg/status.d")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        // These lie beside the paragraphs of `status.d`, and `dpkg-files` reads them.
        if path.ends_with(".md5sums") {
            return Ok(());
        }
        let text = String::from_utf8_lossy(file.bytes()?);
        let mut damage = Damage::default();
        for (index, paragraph) in paragraphs(&text).enumerate() {
            if index == MAX_PACKAGES {
                let message = format!("more than {MAX_PACKAGES} paragraphs, the rest was not read");
                return Err(AnalyzeError::new("too-many-packages", message));
            }
            harvest.packages.extend(package(paragraph, path, &mut damage));
        }
        harvest.problems.extend(damage.problem("damaged-dpkg-status", path));
        Ok(())
    }
}

/// The fields that matter, empty where absent.
#[derive(Default)]
struct Fields<'a> {
    name: &'a str,
    version: &'a str,
    status: &'a str,
    source: &'a str,
    arch: &'a str,
}

fn package(paragraph: Paragraph<'_>, path: &str, damage: &mut Damage) -> Option<Package> {
    let mut fields = Fields::default();
    for field in paragraph.fields() {
        match field {
            Ok(f) if f.is("Package") => fields.name = f.value,
            Ok(f) if f.is("Version") => fields.version = f.value,
            Ok(f) if f.is("Status") => fields.status = f.value,
            Ok(f) if f.is("Source") => fields.source = f.value,
            Ok(f) if f.is("Architecture") => fields.arch = f.value,
            Ok(_) => {}
            Err(line) => damage.note(line, "neither field nor continuation"),
        }
    }
    if !has_files(fields.status) {
        return None;
    }
    if fields.name.is_empty() || fields.version.is_empty() {
        damage.note(paragraph.line, "a package without name or version");
        return None;
    }
    let mut package = Package::new(PackageType::Deb, fields.name, fields.version, path);
    package.arch = Some(fields.arch.to_owned()).filter(|arch| !arch.is_empty());
    package.source = source(&fields);
    Some(package)
}

/// Whether the package has files on disk.
///
/// That is so in every state but these two, also when its scripts have failed or have yet to run
/// (`unpacked`, `half-configured`): the code is there, and what is wrong with it counts.
fn has_files(status: &str) -> bool {
    // "wanted flag state": what is wanted does not matter, only what is.
    !matches!(status.split_whitespace().nth(2), Some("not-installed" | "config-files"))
}

/// `Source: name` or `Source: name (version)`; absent when it is the same as the binary package.
fn source(fields: &Fields<'_>) -> Option<SourcePackage> {
    let (name, version) = match fields.source.split_once('(') {
        Some((name, version)) => (name.trim(), version.trim_end_matches(')').trim()),
        None => (fields.source, fields.version),
    };
    let name = if name.is_empty() { fields.name } else { name };
    let version = if version.is_empty() { fields.version } else { version };
    let same = name == fields.name && version == fields.version;
    (!same).then(|| SourcePackage { name: name.to_owned(), version: version.to_owned() })
}

#[cfg(test)]
mod tests;
