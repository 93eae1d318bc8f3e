//! Python: `pdm.lock`.
//!
//! # Source
//! <https://pdm-project.org/en/latest/usage/lockfile/>

use farguard_model::PackageType;
use serde::Deserialize;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document};

/// Reads `pdm.lock`.
#[derive(Debug)]
pub(in super::super) struct PdmLock;

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    /// Groups that need it. Extras and development groups share this list; only the name `dev` is
    /// certain to be the latter.
    #[serde(default)]
    groups: Vec<String>,
    /// Set for directories.
    path: Option<String>,
}

impl Analyzer for PdmLock {
    fn name(&self) -> &'static str {
        "pdm-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Python packages locked by PDM (`pdm.lock`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("pdm.lock")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Pypi, file.path());
        let lock: Lock = document::toml(file)?;
        for entry in lock.package.iter().filter(|entry| entry.path.is_none()) {
            let dev = !entry.groups.is_empty() && entry.groups.iter().all(|group| group == "dev");
            locked.add(&entry.name, &entry.version, dev);
        }
        locked.finish(harvest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::*;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&PdmLock, "pdm.lock", content.as_bytes()), expect);
    }

    #[test]
    fn groups_and_extras() {
        check(
            r#"
[metadata]
groups = ["default", "dev", "web"]
strategy = ["inherit_metadata"]
lock_version = "4.5.0"
[[package]]
name = "httpx"
version = "0.24.0"
groups = ["default"]
files = [{file = "httpx-0.24.0.tar.gz", hash = "sha256:0"}]
[[package]]
name = "httpx"
version = "0.24.0"
extras = ["http2"]
groups = ["default"]
[[package]]
name = "gunicorn"
version = "20.1.0"
groups = ["web"]
[[package]]
name = "lib"
version = "0.1.0"
path = "./lib"
[[package]]
name = "pytest"
version = "7.4.0"
groups = ["dev"]
"#,
            &["gunicorn 20.1.0", "httpx 0.24.0", "pytest 7.4.0 dev"],
        );
    }

    #[test]
    fn damage_is_an_error() {
        check("package = 1", &["! malformed-toml"]);
    }
}
