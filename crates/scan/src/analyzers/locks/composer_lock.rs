//! PHP: `composer.lock`.
//!
//! # Source
//! <https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control>

use farguard_model::PackageType;
use serde::Deserialize;
use serde_json::Value;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document};

/// Reads `composer.lock`.
#[derive(Debug)]
pub(in super::super) struct ComposerLock;

#[derive(Deserialize)]
struct Lock {
    packages: Vec<Entry>,
    #[serde(default, rename = "packages-dev")]
    packages_dev: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    license: Value,
    dist: Option<Dist>,
}

#[derive(Deserialize)]
struct Dist {
    r#type: Option<String>,
}

impl Analyzer for ComposerLock {
    fn name(&self) -> &'static str {
        "composer-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "PHP packages locked by Composer (`composer.lock`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("composer.lock")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Composer, file.path());
        let lock: Lock = document::json(file)?;
        let production = lock.packages.into_iter().map(|entry| (entry, false));
        let development = lock.packages_dev.into_iter().flatten().map(|entry| (entry, true));
        for (entry, dev) in production.chain(development) {
            // A package of type `path` is a directory beside this project.
            let local = entry.dist.and_then(|dist| dist.r#type).is_some_and(|kind| kind == "path");
            if !local {
                locked.add_licensed(
                    &entry.name,
                    &entry.version,
                    dev,
                    document::strings(&entry.license),
                );
            }
        }
        locked.finish(harvest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::ComposerLock;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&ComposerLock, "composer.lock", content.as_bytes()), expect);
    }

    #[test]
    fn production_and_development() {
        check(
            r#"{
              "content-hash": "0",
              "packages": [
                {"name": "symfony/http-kernel", "version": "v5.4.1", "license": ["MIT"],
                 "dist": {"type": "zip", "url": "https://api.github.com/x"}},
                {"name": "acme/lib", "version": "dev-main", "dist": {"type": "path", "url": "lib"}}
              ],
              "packages-dev": [
                {"name": "phpunit/phpunit", "version": "9.5.0", "license": ["BSD-3-Clause"]}
              ]
            }"#,
            &["phpunit/phpunit 9.5.0 dev BSD-3-Clause", "symfony/http-kernel v5.4.1 MIT"],
        );
    }

    #[test]
    fn damage_is_an_error() {
        check("{}", &["! malformed-json"]);
        check(r#"{"packages": [{"name": "a/b"}]}"#, &["! malformed-json"]);
    }
}
