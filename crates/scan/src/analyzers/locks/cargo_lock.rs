//! Rust: `Cargo.lock`, versions 1 to 4.
//!
//! # Source
//! <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>,
//! <https://github.com/rust-lang/cargo/blob/master/src/cargo/core/resolver/encode.rs>

use farguard_model::PackageType;
use serde::Deserialize;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document};

/// Reads `Cargo.lock`.
#[derive(Debug)]
pub(in super::super) struct CargoLock;

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    /// Absent for members of the workspace and other crates in directories.
    source: Option<String>,
}

impl Analyzer for CargoLock {
    fn name(&self) -> &'static str {
        "cargo-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Rust crates locked by Cargo (`Cargo.lock`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("Cargo.lock")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Cargo, file.path());
        let lock: Lock = document::toml(file)?;
        for entry in lock.package.iter().filter(|entry| entry.source.is_some()) {
            locked.add(&entry.name, &entry.version, false);
        }
        locked.finish(harvest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::CargoLock;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&CargoLock, "Cargo.lock", content.as_bytes()), expect);
    }

    #[test]
    fn crates_of_a_registry_or_repository_count_and_members_do_not() {
        check(
            r#"
version = 4
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["libc", "time 0.1.45"]
[[package]]
name = "libc"
version = "0.2.150"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "89"
[[package]]
name = "time"
version = "0.1.45"
source = "git+https://github.com/time-rs/time?tag=v0.1.45#abc"
[[patch.unused]]
name = "rand"
version = "0.1.0"
"#,
            &["libc 0.2.150", "time 0.1.45"],
        );
    }

    #[test]
    fn the_first_version_of_the_format() {
        check(
            r#"
[root]
name = "app"
version = "0.1.0"
[[package]]
name = "libc"
version = "0.2.1"
source = "registry+https://github.com/rust-lang/crates.io-index"
[metadata]
"checksum libc 0.2.1 (registry+https://github.com/rust-lang/crates.io-index)" = "89"
"#,
            &["libc 0.2.1"],
        );
    }

    #[test]
    fn damage_is_an_error() {
        check("[[package]]\nname = \"a\"\n", &["! malformed-toml"]);
        check("version = 3\n[[package", &["! malformed-toml"]);
        check(&"[".repeat(100_000), &["! malformed-toml"]);
    }
}
