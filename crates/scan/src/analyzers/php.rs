//! Installed PHP packages: `vendor/composer/installed.json`.
//!
//! # Source
//! <https://getcomposer.org/doc/04-schema.md>; version 1 of the file is an array of packages,
//! version 2 an object that also names the packages needed for development.

use farguard_model::{Package, PackageType};
use serde::Deserialize;
use serde_json::Value;

use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// Reads what Composer has installed.
#[derive(Debug)]
pub(crate) struct Php;

impl Analyzer for Php {
    fn name(&self) -> &'static str {
        "php"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "installed PHP packages (`vendor/composer/installed.json`)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::NameIn { name: "installed.json", directory_ending: "composer" }]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        let installed: Installed = serde_json::from_slice(file.bytes()?)
            .map_err(|error| corrupt(format!("cannot parse installed.json: {error}")))?;
        let (items, dev) = match installed {
            Installed::V1(items) => (items, Vec::new()),
            Installed::V2 { packages, dev } => (packages, dev),
        };
        let mut nameless = 0_usize;
        for item in items {
            let (Some(name), Some(version)) = (item.name.as_str(), item.version.as_str()) else {
                nameless += 1;
                continue;
            };
            let mut package = Package::new(PackageType::Composer, name, version, path);
            package.dev = dev.iter().any(|dev| dev == name);
            package.licenses = licenses(&item.license);
            harvest.packages.push(package);
        }
        match nameless {
            0 => Ok(()),
            n => Err(corrupt(format!("{n} entries of installed.json have no name or version"))),
        }
    }
}

fn corrupt(message: String) -> AnalyzeError {
    AnalyzeError::new("corrupt-composer-installed", message)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Installed {
    V2 {
        packages: Vec<Item>,
        #[serde(default, rename = "dev-package-names")]
        dev: Vec<String>,
    },
    V1(Vec<Item>),
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    name: Value,
    #[serde(default)]
    version: Value,
    #[serde(default)]
    license: Value,
}

fn licenses(value: &Value) -> Vec<String> {
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::{lines, run};

    fn check(json: &str, expect: &[&str]) {
        let found = lines(&Php, "app/vendor/composer/installed.json", json.as_bytes());
        assert_eq!(found, expect, "{json:?}");
    }

    #[test]
    fn reads_both_versions_of_the_file() {
        let log = r#"{"name":"psr/log","version":"1.1.4","license":["MIT"],"require":{"php":"8"}}"#;
        check(&format!("[{log}]"), &["psr/log 1.1.4 MIT"]);
        check(&format!(r#"{{"packages":[{log}],"dev":true}}"#), &["psr/log 1.1.4 MIT"]);
        check("[]", &[]);
    }

    #[test]
    fn packages_for_development_are_marked() {
        let json = r#"{"packages":[{"name":"a/a","version":"v1"},{"name":"b/b","version":"v2"}],
            "dev-package-names":["b/b"]}"#;
        let (harvest, _) = run(&Php, "vendor/composer/installed.json", json.as_bytes());
        let dev: Vec<bool> = harvest.packages.iter().map(|package| package.dev).collect();
        assert_eq!(dev, [false, true]);
    }

    #[test]
    fn damage_is_a_problem_and_the_rest_counts() {
        check("{", &["! corrupt-composer-installed"]);
        check(r#"{"a":1}"#, &["! corrupt-composer-installed"]);
        let json = r#"[{"name":"a/a"},{"name":"b/b","version":"2","license":"MIT"}]"#;
        check(json, &["b/b 2 MIT", "! corrupt-composer-installed"]);
    }
}
