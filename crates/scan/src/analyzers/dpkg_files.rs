//! Which files Debian packages own: the lists that dpkg keeps beside its status.
//!
//! `info/NAME.list` names every path of a package. Distroless images have
//! `status.d/NAME.md5sums` instead, with the regular files only.

use std::collections::HashSet;

use farguard_model::PackageType;

use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// More than the largest Debian package has.
const MAX_PATHS: usize = 1 << 18;

/// Reads the file lists.
#[derive(Debug)]
pub(super) struct DpkgFiles;

impl Analyzer for DpkgFiles {
    fn name(&self) -> &'static str {
        "dpkg-files"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "files of Debian packages, from `var/lib/dpkg/info/*.list` and `status.d/*.md5sums`"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::In("var/lib/dpkg/info"), Want::In("var/lib/dpkg/status.d")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let Some((directory, name)) = file.path().rsplit_once('/') else { return Ok(()) };
        let in_info = directory.ends_with("/info");
        let Some(package) = name.strip_suffix(if in_info { ".list" } else { ".md5sums" }) else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(file.bytes()?);
        let paths: Vec<&str> =
            if in_info { listed(&text) } else { text.lines().filter_map(summed).collect() };
        for path in paths.iter().take(MAX_PATHS) {
            harvest.owns(path);
        }
        let files = paths.iter().take(MAX_PATHS).map(|&path| path.to_owned()).collect();
        harvest.files.push((PackageType::Deb, package.to_owned(), files));
        if paths.len() > MAX_PATHS {
            let message = format!("more than {MAX_PATHS} paths, the rest was not read");
            return Err(AnalyzeError::new("too-many-paths", message));
        }
        Ok(())
    }
}

/// The paths of a `.list` that are not directories of others: it names both and does not say
/// which is which.
fn listed(text: &str) -> Vec<&str> {
    let lines = || text.lines().take(MAX_PATHS + 1);
    let paths = || lines().filter_map(|line| line.trim_end().strip_prefix('/'));
    let parents: HashSet<&str> =
        paths().filter_map(|path| path.rsplit_once('/')).map(|(parent, _)| parent).collect();
    let is_file = |path: &&str| !path.is_empty() && *path != "." && !parents.contains(path);
    paths().filter(is_file).collect()
}

/// The path of a line `digest  path`.
fn summed(line: &str) -> Option<&str> {
    let (_, path) = line.split_once("  ")?;
    Some(path.trim_end().trim_start_matches("./").trim_start_matches('/')).filter(|p| !p.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::{path_hash, testing::run};

    fn check(path: &str, text: &str, expect: Option<(&str, &[&str])>) {
        let (harvest, result) = run(&DpkgFiles, path, text.as_bytes());
        result.unwrap();
        let Some((package, files)) = expect else {
            assert_eq!(harvest, Harvest::default());
            return;
        };
        let [(PackageType::Deb, name, paths)] = harvest.files.as_slice() else {
            panic!("{harvest:?}")
        };
        assert_eq!((name.as_str(), paths.as_slice()), (package, files.map_owned().as_slice()));
        assert_eq!(harvest.owned, files.iter().map(|p| path_hash(p)).collect::<Vec<_>>());
    }

    trait MapOwned {
        fn map_owned(&self) -> Vec<String>;
    }

    impl MapOwned for &[&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|&text| text.to_owned()).collect()
        }
    }

    #[test]
    fn directories_of_listed_files_are_left_out() {
        let list = "/.\n/usr\n/usr/lib\n/usr/lib/libz.so.1\n/usr/lib/libz.so.1.2\n\
                    /usr/share\n/usr/share/doc\n/usr/share/doc/zlib1g\n\
                    /usr/share/doc/zlib1g/copyright\n";
        let files = ["usr/lib/libz.so.1", "usr/lib/libz.so.1.2", "usr/share/doc/zlib1g/copyright"];
        check("var/lib/dpkg/info/zlib1g:amd64.list", list, Some(("zlib1g:amd64", &files)));
        check("var/lib/dpkg/info/empty.list", "", Some(("empty", &[])));
    }

    #[test]
    fn sums_of_distroless_packages() {
        let sums = "d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\nnonsense\n\
                    d41d8cd98f00b204e9800998ecf8427e  ./usr/share/two words\n";
        let files = ["usr/share/zoneinfo/UTC", "usr/share/two words"];
        check("var/lib/dpkg/status.d/tzdata.md5sums", sums, Some(("tzdata", &files)));
    }

    #[test]
    fn other_files_beside_them_are_not_read() {
        check("var/lib/dpkg/info/bash.postinst", "/x\n", None);
        check("var/lib/dpkg/info/bash.md5sums", "0  x\n", None);
        check("var/lib/dpkg/status.d/bash", "Package: bash\n", None);
    }
}
