//! The fingerprint of a vulnerable package: what stays the same while it is upgraded.

use farguard_model::{Os, Package, fingerprint};

/// The fingerprint of the vulnerability `id` in a package. It names no version, neither of the
/// package nor of the distribution, so that an upgrade which does not help is no new finding.
pub(super) fn vulnerability(id: &str, package: &Package, os: Option<&Os>) -> String {
    in_place(id, &bare_purl(package, os), &package.version, &package.path)
}

/// The purl of a package without versions.
pub(super) fn bare_purl(package: &Package, os: Option<&Os>) -> String {
    let mut bare = Package::new(package.kind, &package.name, "", "");
    bare.arch.clone_from(&package.arch);
    let unversioned = os.map(|os| Os { id: os.id.clone(), ..Os::default() });
    bare.purl(unversioned.as_ref())
}

/// As [`vulnerability`], of a package whose bare purl is known and that is installed at `path`.
pub(super) fn in_place(id: &str, bare_purl: &str, version: &str, path: &str) -> String {
    fingerprint(&["vulnerability", id, bare_purl, &without_last(path, version)])
}

/// The path without the last place that names the version: `jinja2-3.1.2.dist-info/METADATA`.
fn without_last(path: &str, version: &str) -> String {
    match path.rsplit_once(version) {
        Some((before, after)) if !version.is_empty() => format!("{before}{after}"),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use farguard_model::PackageType;

    use super::*;

    fn os(version: &str) -> Os {
        Os { id: "alpine".into(), version_id: version.into(), ..Os::default() }
    }

    #[test]
    fn versions_change_nothing() {
        let check = |kind, name: &str, versions: [&str; 2], paths: [&str; 2], same: bool| {
            let at = |i: usize, os: &Os| {
                let package = Package::new(kind, name, versions[i], paths[i]);
                vulnerability("CVE-2024-1", &package, Some(os))
            };
            assert_eq!(at(0, &os("3.19.1")) == at(1, &os("3.20.0")), same, "{name} {versions:?}");
        };
        let apk = "lib/apk/db/installed";
        check(PackageType::Apk, "busybox", ["1.36.1-r15", "1.36.1-r19"], [apk, apk], true);
        let python = |version| format!("usr/lib/python3.11/jinja2-{version}.dist-info/METADATA");
        let paths = [python("3.1.2"), python("3.1.3")];
        let paths = [paths[0].as_str(), paths[1].as_str()];
        check(PackageType::Pypi, "jinja2", ["3.1.2", "3.1.3"], paths, true);
        let paths = ["app/x-1.jar", "app/x-2.jar"];
        check(PackageType::Maven, "x", ["1", "2"], paths, true);
        check(PackageType::Maven, "x", ["1", "1"], ["app/x-1.jar", "lib/x-1.jar"], false);
        check(PackageType::Maven, "x", ["", ""], ["app/x.jar", "app/x.jar"], true);
    }
}
