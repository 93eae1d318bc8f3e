//! .NET: `packages.lock.json`, versions 1 and 2.
//!
//! # Source
//! <https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files#locking-dependencies>

use std::collections::BTreeMap;

use farguard_model::PackageType;
use serde::Deserialize;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document};

/// Reads `packages.lock.json`.
#[derive(Debug)]
pub(in super::super) struct NugetLock;

#[derive(Deserialize)]
struct Lock {
    /// By target framework (`net8.0`, `net8.0/linux-x64`), then by package.
    dependencies: BTreeMap<String, BTreeMap<String, Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    /// `Direct`, `Transitive`, `CentralTransitive`; `Project` for one of ours.
    r#type: String,
    resolved: Option<String>,
}

impl Analyzer for NugetLock {
    fn name(&self) -> &'static str {
        "nuget-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        ".NET packages locked by NuGet (`packages.lock.json`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("packages.lock.json")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Nuget, file.path());
        let lock: Lock = document::json(file)?;
        for (name, entry) in lock.dependencies.values().flatten() {
            if entry.r#type != "Project" {
                locked.add(name, entry.resolved.as_deref().unwrap_or_default(), false);
            }
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
        assert_eq!(locked_lines(&NugetLock, "packages.lock.json", content.as_bytes()), expect);
    }

    #[test]
    fn every_framework_and_no_projects() {
        check(
            r#"{
              "version": 1,
              "dependencies": {
                "net8.0": {
                  "Newtonsoft.Json": {"type": "Direct", "requested": "[12.0.1, )",
                    "resolved": "12.0.1", "contentHash": "0"},
                  "acme.core": {"type": "Project", "dependencies": {"Serilog": "[2.10.0, )"}}
                },
                "net8.0/linux-x64": {
                  "Newtonsoft.Json": {"type": "Direct", "resolved": "12.0.1"},
                  "Serilog": {"type": "Transitive", "resolved": "2.10.0"},
                  "Odd": {"type": "Transitive"}
                }
              }
            }"#,
            &[
                "Newtonsoft.Json 12.0.1",
                "Serilog 2.10.0",
                "! unpinned-dependency: 1 not assessed (without an exact version): `Odd`",
            ],
        );
    }

    #[test]
    fn damage_is_an_error() {
        check(r#"{"version": 1}"#, &["! malformed-json"]);
    }
}
