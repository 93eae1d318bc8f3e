//! Python: `uv.lock`.
//!
//! # Source
//! <https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>

use std::collections::{BTreeMap, HashSet};

use farguard_model::PackageType;
use serde::Deserialize;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason, reach::reachable};

/// Reads `uv.lock`.
#[derive(Debug)]
pub(in super::super) struct UvLock;

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    name: String,
    /// Absent for source trees that compute it.
    version: Option<String>,
    #[serde(default)]
    source: Source,
    #[serde(default)]
    dependencies: Vec<Dependency>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<Dependency>>,
}

/// Where a package comes from; what matters is whether it is one of ours.
#[derive(Default, Deserialize)]
struct Source {
    r#virtual: Option<String>,
    editable: Option<String>,
    directory: Option<String>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

impl Entry {
    /// The project, a member of its workspace, or a directory.
    fn is_local(&self) -> bool {
        let Source { r#virtual, editable, directory } = &self.source;
        r#virtual.is_some() || editable.is_some() || directory.is_some()
    }
}

impl Analyzer for UvLock {
    fn name(&self) -> &'static str {
        "uv-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Python packages locked by uv (`uv.lock`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("uv.lock")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Pypi, file.path());
        let lock: Lock = document::toml(file)?;
        let production = production(&lock);
        for entry in lock.package.iter().filter(|entry| !entry.is_local()) {
            match &entry.version {
                Some(version) => {
                    locked.add(&entry.name, version, !production.contains(entry.name.as_str()));
                }
                None => locked.unassessed(Reason::NotFromRegistry, &entry.name),
            }
        }
        locked.finish(harvest);
        Ok(())
    }
}

/// Names of the packages that the project or one of its extras needs; the rest is for development
/// groups. Versions of one name are not told apart.
fn production(lock: &Lock) -> HashSet<&str> {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in &lock.package {
        let optional = entry.optional_dependencies.values().flatten();
        let all = entry.dependencies.iter().chain(optional).map(|needed| needed.name.as_str());
        edges.entry(&entry.name).or_default().extend(all);
    }
    let roots = lock.package.iter().filter(|entry| entry.is_local()).map(|e| e.name.as_str());
    reachable(roots, |name| edges.get(name).cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::*;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&UvLock, "uv.lock", content.as_bytes()), expect);
    }

    #[test]
    fn development_groups_are_told_by_the_graph() {
        check(
            r#"
version = 1
requires-python = ">=3.11"
[[package]]
name = "flask"
version = "2.2.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "werkzeug", marker = "python_version > '3'" }]
sdist = { url = "https://x/flask.tar.gz", size = 1, upload-time = "2026-11-01T11:20:07Z" }
[[package]]
name = "gunicorn"
version = "20.1.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "iniconfig"
version = "2.0.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "pytest"
version = "7.4.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "iniconfig" }]
[[package]]
name = "root-app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "flask" }]
[package.optional-dependencies]
web = [{ name = "gunicorn" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
[[package]]
name = "werkzeug"
version = "2.2.0"
source = { git = "https://github.com/pallets/werkzeug#0" }
"#,
            &[
                "flask 2.2.0",
                "gunicorn 20.1.0",
                "iniconfig 2.0.0 dev",
                "pytest 7.4.0 dev",
                "werkzeug 2.2.0",
            ],
        );
    }

    #[test]
    fn a_package_without_version_is_a_problem() {
        check(
            "[[package]]\nname = \"a\"\nsource = { git = \"https://x\" }\n",
            &["! dependency-not-from-registry: 1 not assessed (from a directory, a repository \
                 or a url, version unknown): `a`"],
        );
    }

    #[test]
    fn damage_is_an_error() {
        check("[[package]]\nversion = \"1\"", &["! malformed-toml"]);
    }
}
