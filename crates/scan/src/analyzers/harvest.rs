//! What analyzers bring home.

use farguard_model::{Os, Package, PackageType, Problem};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// What the files of one layer say. Layers are merged later; nothing here knows of other layers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Harvest {
    /// Packages, each with the path of the file that proves it.
    pub packages: Vec<Package>,
    /// The `os-release` files, with their path.
    pub os: Vec<(String, Os)>,
    /// Hashes ([`path_hash`]) of the paths that OS packages own.
    pub owned: Vec<u64>,
    /// Licences that another file than the package's own states: type, package name, licences
    /// (Debian keeps them in `usr/share/doc/NAME/copyright`).
    pub licenses: Vec<(PackageType, String, Vec<String>)>,
    /// Files that OS packages installed, when another file than the package's own lists them:
    /// type, package name (`libc6:amd64` for multi-arch dpkg), paths.
    pub files: Vec<(PackageType, String, Vec<String>)>,
    /// Accounts of the operating system.
    pub accounts: Vec<Account>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// An account of the operating system, as one file tells of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account {
    /// Login name.
    pub name: String,
    /// User id; `None` where the file does not tell it (`etc/shadow`).
    pub uid: Option<u32>,
    /// Whether everybody can log in as it: its password is empty.
    pub has_no_password: bool,
}

impl Harvest {
    /// Notes that an OS package owns `path` (leading `/` or `./` allowed).
    pub fn owns(&mut self, path: &str) {
        self.owned.push(path_hash(path));
    }
}

/// The hash of a path for ownership and layer merging.
///
/// Leading `/` and `./` do not count. `usr/bin`, `usr/sbin` and `usr/lib*` hash like `bin`, `sbin`
/// and `lib*`: distributions have merged them, and their package lists name either.
#[must_use]
pub fn path_hash(path: &str) -> u64 {
    let path = path.trim_start_matches("./").trim_start_matches('/');
    let merged = path.strip_prefix("usr/").filter(|rest| {
        rest.starts_with("bin/") || rest.starts_with("sbin/") || rest.starts_with("lib")
    });
    xxh3_64(merged.unwrap_or(path).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_usr_paths_are_the_same_path() {
        assert_eq!(path_hash("/usr/lib/x.so"), path_hash("lib/x.so"));
        assert_eq!(path_hash("./usr/bin/go"), path_hash("bin/go"));
        assert_ne!(path_hash("usr/share/x"), path_hash("share/x"));
    }
}
