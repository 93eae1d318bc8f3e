//! Python: `poetry.lock`, of Poetry 1 and 2.
//!
//! # Source
//! <https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock>

use farguard_model::PackageType;
use serde::Deserialize;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document};

/// Reads `poetry.lock`.
#[derive(Debug)]
pub(in super::super) struct PoetryLock;

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    /// Before Poetry 1.5: `main` or `dev`.
    category: Option<String>,
    /// Since Poetry 2.0: the dependency groups that need it.
    #[serde(default)]
    groups: Vec<String>,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    r#type: String,
}

impl Entry {
    /// Only the group `main` is for production; Poetry 1.5 to 1.8 does not say.
    fn is_dev(&self) -> bool {
        let other_group = !self.groups.is_empty() && !self.groups.iter().any(|g| g == "main");
        other_group || self.category.as_deref() == Some("dev")
    }

    fn is_directory(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.r#type == "directory")
    }
}

impl Analyzer for PoetryLock {
    fn name(&self) -> &'static str {
        "poetry-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Python packages locked by Poetry (`poetry.lock`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("poetry.lock")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Pypi, file.path());
        let lock: Lock = document::toml(file)?;
        for entry in lock.package.iter().filter(|entry| !entry.is_directory()) {
            locked.add(&entry.name, &entry.version, entry.is_dev());
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
        assert_eq!(locked_lines(&PoetryLock, "poetry.lock", content.as_bytes()), expect);
    }

    #[test]
    fn poetry_1_has_categories() {
        check(
            r#"
[[package]]
name = "flask"
version = "2.2.0"
category = "main"
optional = false
python-versions = ">=3.7"
[[package]]
name = "pytest"
version = "7.4.0"
category = "dev"
[metadata]
lock-version = "1.1"
[metadata.files]
flask = []
"#,
            &["flask 2.2.0", "pytest 7.4.0 dev"],
        );
    }

    #[test]
    fn poetry_2_has_groups() {
        check(
            r#"
[[package]]
name = "both"
version = "1.0"
groups = ["main", "dev"]
files = [{file = "both-1.0.tar.gz", hash = "sha256:0"}]
[[package]]
name = "lib"
version = "0.1.0"
groups = ["main"]
develop = true
[package.source]
type = "directory"
url = "lib"
[[package]]
name = "pytest"
version = "7.4.0"
groups = ["dev", "test"]
markers = {dev = "python_version > \"3\""}
[metadata]
lock-version = "2.1"
"#,
            &["both 1.0", "pytest 7.4.0 dev"],
        );
    }

    #[test]
    fn damage_is_an_error() {
        check("[[package]]\nname = \"a\"", &["! malformed-toml"]);
    }
}
