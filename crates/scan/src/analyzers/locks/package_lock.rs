//! npm: `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.
//!
//! # Source
//! <https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json>

use std::collections::BTreeMap;

use farguard_model::PackageType;
use serde::Deserialize;
use serde_json::Value;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason};

/// Reads `package-lock.json`.
#[derive(Debug)]
pub(in super::super) struct PackageLock;

#[derive(Deserialize)]
struct Lock {
    /// Versions 2 and 3: keyed by the place in the tree.
    packages: Option<BTreeMap<String, Entry>>,
    /// Versions 1 and 2: a tree of names.
    #[serde(default)]
    dependencies: BTreeMap<String, OldEntry>,
}

#[derive(Deserialize)]
struct Entry {
    /// Where it differs from the directory: the target of an alias.
    name: Option<String>,
    version: Option<String>,
    resolved: Option<Value>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    license: Value,
}

#[derive(Deserialize)]
struct OldEntry {
    version: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    dependencies: BTreeMap<String, Self>,
}

impl Analyzer for PackageLock {
    fn name(&self) -> &'static str {
        "package-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Node packages locked by npm (`package-lock.json`, `npm-shrinkwrap.json`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("package-lock.json"), Want::Name("npm-shrinkwrap.json")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Npm, file.path());
        let lock: Lock = document::json(file)?;
        match &lock.packages {
            Some(packages) => packages.iter().for_each(|(at, entry)| add(&mut locked, at, entry)),
            None => add_tree(&mut locked, &lock.dependencies),
        }
        locked.finish(harvest);
        Ok(())
    }
}

/// `at` is empty for the project itself, a directory for a workspace, and otherwise ends in
/// `node_modules/NAME`.
fn add(locked: &mut Locked<'_>, at: &str, entry: &Entry) {
    let installed_as = match at.rsplit_once("node_modules/") {
        Some((_, name)) if !entry.link => name,
        _ => return,
    };
    let name = entry.name.as_deref().unwrap_or(installed_as);
    let licenses = document::strings(&entry.license);
    match (&entry.version, &entry.resolved) {
        (Some(version), _) => locked.add_licensed(name, version, entry.dev, licenses),
        // A bundled package that npm has not looked into yet has neither.
        (None, Some(_)) => locked.unassessed(Reason::NotFromRegistry, name),
        (None, None) => locked.unassessed(Reason::Unpinned, name),
    }
}

/// The nesting is bounded: the JSON parser gives up at 128 levels.
fn add_tree(locked: &mut Locked<'_>, entries: &BTreeMap<String, OldEntry>) {
    for (installed_as, entry) in entries {
        let version = entry.version.as_deref().unwrap_or_default();
        match version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
            Some((name, version)) => locked.add(name, version, entry.dev),
            // `file:`, `git+ssh://` and `https://` stand where the version should be.
            None if version.starts_with("file:") => {}
            None if version.contains(':') => {
                locked.unassessed(Reason::NotFromRegistry, installed_as);
            }
            None => locked.add(installed_as, version, entry.dev),
        }
        add_tree(locked, &entry.dependencies);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::PackageLock;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&PackageLock, "package-lock.json", content.as_bytes()), expect);
    }

    #[test]
    fn version_3_is_a_flat_map_of_places() {
        check(
            r#"{
              "name": "root-app", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
              "packages": {
                "": {"name": "root-app", "version": "1.0.0"},
                "packages/lib": {"name": "@acme/lib", "version": "1.0.0"},
                "node_modules/@acme/lib": {"resolved": "packages/lib", "link": true},
                "node_modules/@babel/core": {"version": "7.0.0", "dev": true, "license": "MIT"},
                "node_modules/a/node_modules/ms": {"version": "2.0.0", "license": {"type": "MIT"}},
                "node_modules/ms": {"version": "2.1.3", "dev": true, "license": "MIT"},
                "node_modules/b/node_modules/ms": {"version": "2.1.3", "license": "MIT"},
                "node_modules/lo": {"name": "lodash", "version": "4.17.20"},
                "node_modules/git": {"version": "1.2.3", "resolved": "git+ssh://git@x/git.git#0"},
                "node_modules/none": {"resolved": "https://example.com/none.tgz"}
              }
            }"#,
            &[
                "@babel/core 7.0.0 dev MIT",
                "git 1.2.3",
                "lodash 4.17.20",
                "ms 2.0.0",
                "ms 2.1.3 MIT",
                "! dependency-not-from-registry: 1 not assessed (from a directory, a repository \
                 or a url, version unknown): `none`",
            ],
        );
    }

    #[test]
    fn version_1_is_a_tree_of_names() {
        check(
            r#"{
              "name": "root-app", "version": "1.0.0", "lockfileVersion": 1,
              "dependencies": {
                "lo": {"version": "npm:lodash@4.17.20"},
                "scoped": {"version": "npm:@acme/real@1.0.0"},
                "local": {"version": "file:../local"},
                "git": {"version": "git+ssh://git@github.com/x/git.git#0"},
                "debug": {"version": "2.6.9", "dev": true,
                          "requires": {"ms": "2.0.0"},
                          "dependencies": {"ms": {"version": "2.0.0", "dev": true}}}
              }
            }"#,
            &[
                "@acme/real 1.0.0",
                "debug 2.6.9 dev",
                "lodash 4.17.20",
                "ms 2.0.0 dev",
                "! dependency-not-from-registry: 1 not assessed (from a directory, a repository \
                 or a url, version unknown): `git`",
            ],
        );
    }

    #[test]
    fn damage_is_an_error() {
        check(r#"{"packages": {"node_modules/a": {"version": 1}}}"#, &["! malformed-json"]);
        check(r#"{"packages": {"node_modules/a""#, &["! malformed-json"]);
        let bomb = r#"{"dependencies":{"a":"#.repeat(100_000);
        check(&bomb, &["! malformed-json"]);
    }
}
