//! Packages of distroless Azure Linux and Mariner images, which have no database of RPM but a list
//! of what was installed.
//!
//! Each line is what `rpm -qa` prints with the columns name, version-release, install time, build
//! time, vendor, epoch, size, architecture, epoch again and source package, separated by tabs.

use farguard_model::Package;

use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want, damage::Damage, rpm};

/// More than Azure Linux has in all.
const MAX_PACKAGES: usize = 1 << 17;

/// Reads the list of installed packages.
#[derive(Debug)]
pub(super) struct RpmManifest;

impl Analyzer for RpmManifest {
    fn name(&self) -> &'static str {
        "rpm-manifest"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "packages of distroless Azure Linux, from `var/lib/rpmmanifest/container-manifest-2`"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Path("var/lib/rpmmanifest/container-manifest-2")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        let text = String::from_utf8_lossy(file.bytes()?);
        let mut damage = Damage::default();
        for (index, line) in text.lines().enumerate().take(MAX_PACKAGES) {
            if line.trim().is_empty() {
                continue;
            }
            match package(line, path) {
                Some(package) => harvest.packages.push(package),
                None => damage.note(index + 1, "no package"),
            }
        }
        harvest.problems.extend(damage.problem("damaged-rpm-manifest", path));
        if text.lines().nth(MAX_PACKAGES).is_some() {
            let message = format!("more than {MAX_PACKAGES} lines, the rest was not read");
            return Err(AnalyzeError::new("too-many-packages", message));
        }
        Ok(())
    }
}

fn package(line: &str, path: &str) -> Option<Package> {
    let columns: Vec<&str> = line.split('\t').map(str::trim).take(10).collect();
    let [name, version, _, _, _, _, _, arch, epoch, source] = *columns.as_slice() else {
        return None;
    };
    if name.is_empty() || version.is_empty() {
        return None;
    }
    let mut package = rpm::named(name, version, epoch.parse().ok(), Some(source), path);
    package.arch = Some(arch.to_owned()).filter(|arch| !arch.is_empty() && arch != "(none)");
    Some(package)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::run;

    #[test]
    fn each_line_is_a_package() {
        let text = "\
glibc\t2.38-8.azl3\t1722000000\t1721000000\tMicrosoft Corporation\t(none)\t10\tx86_64\t0\tglibc-2.38-8.azl3.src.rpm
openssl-libs\t3.3.0-2.azl3\t1\t1\tMicrosoft Corporation\t1\t10\tx86_64\t1\topenssl-3.3.0-2.azl3.src.rpm

not a package
";
        let path = "var/lib/rpmmanifest/container-manifest-2";
        let (harvest, result) = run(&RpmManifest, path, text.as_bytes());
        result.unwrap();
        let [glibc, openssl] = harvest.packages.as_slice() else { panic!("{harvest:?}") };
        assert_eq!((glibc.name.as_str(), glibc.version.as_str()), ("glibc", "2.38-8.azl3"));
        assert_eq!((glibc.arch.as_deref(), &glibc.source), (Some("x86_64"), &None));
        assert_eq!(openssl.version, "1:3.3.0-2.azl3");
        let source = openssl.source.as_ref().unwrap();
        assert_eq!((source.name.as_str(), source.version.as_str()), ("openssl", "1:3.3.0-2.azl3"));
        let [problem] = harvest.problems.as_slice() else { panic!("{harvest:?}") };
        assert_eq!(problem.message, "line 4 has no package (damaged places in all: 1)");
    }
}
