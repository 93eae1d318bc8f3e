//! Python: `Pipfile.lock`.
//!
//! # Source
//! <https://pipenv.pypa.io/en/latest/pipfile.html>

use std::collections::BTreeMap;

use farguard_model::PackageType;
use serde::{Deserialize, de::IgnoredAny};

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason};

/// Reads `Pipfile.lock`.
#[derive(Debug)]
pub(in super::super) struct PipfileLock;

/// Categories of packages: `default`, `develop` and whatever else the Pipfile names.
#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "_meta")]
    _meta: IgnoredAny,
    #[serde(flatten)]
    categories: BTreeMap<String, BTreeMap<String, Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    /// `==2.2.0`; absent for repositories and directories.
    version: Option<String>,
    path: Option<String>,
}

impl Analyzer for PipfileLock {
    fn name(&self) -> &'static str {
        "pipfile-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Python packages locked by Pipenv (`Pipfile.lock`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("Pipfile.lock")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Pypi, file.path());
        let lock: Lock = document::json(file)?;
        for (category, entries) in &lock.categories {
            for (name, entry) in entries {
                add(&mut locked, name, entry, category == "develop");
            }
        }
        locked.finish(harvest);
        Ok(())
    }
}

fn add(locked: &mut Locked<'_>, name: &str, entry: &Entry, dev: bool) {
    let version = entry.version.as_deref().map(|version| version.trim_start_matches('='));
    match (version, &entry.path) {
        (Some("*"), None) => locked.unassessed(Reason::Unpinned, name),
        (Some(version), None) => locked.add(name, version, dev),
        (None, None) => locked.unassessed(Reason::NotFromRegistry, name),
        // Our own directory.
        (_, Some(_)) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::*;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&PipfileLock, "Pipfile.lock", content.as_bytes()), expect);
    }

    #[test]
    fn categories() {
        check(
            r#"{
              "_meta": {"hash": {"sha256": "0"}, "pipfile-spec": 6, "sources": []},
              "default": {
                "flask": {"hashes": ["sha256:0"], "index": "pypi", "version": "==2.2.0"},
                "click": {"markers": "python_version >= '3.10'", "version": "==8.5.1"},
                "git-only": {"git": "https://example.com/x.git", "ref": "0"},
                "app": {"editable": true, "path": "."}
              },
              "develop": {
                "click": {"version": "==8.5.1"},
                "pytest": {"version": "==7.4.0"}
              },
              "docs": {"sphinx": {"version": "==7.0.0"}}
            }"#,
            &[
                "click 8.5.1",
                "flask 2.2.0",
                "pytest 7.4.0 dev",
                "sphinx 7.0.0",
                "! dependency-not-from-registry: 1 not assessed (from a directory, a repository \
                 or a url, version unknown): `git-only`",
            ],
        );
    }

    #[test]
    fn damage_is_an_error() {
        check("{}", &["! malformed-json"]);
        check(r#"{"_meta": {}, "default": []}"#, &["! malformed-json"]);
    }
}
