//! .NET packages of published applications and shared runtimes: `*.deps.json`.
//!
//! # Source
//! <https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md>

use std::collections::BTreeMap;

use farguard_model::{Package, PackageType};
use serde::Deserialize;
use serde_json::Value;

use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// Reads which packages the host of .NET loads for an application.
#[derive(Debug)]
pub(crate) struct Dotnet;

impl Analyzer for Dotnet {
    fn name(&self) -> &'static str {
        "dotnet"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "NuGet packages of .NET applications and runtimes (`*.deps.json`)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Ending(".deps.json")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        let json = file.bytes()?;
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let deps: Deps = serde_json::from_slice(json)
            .map_err(|error| corrupt(format!("cannot parse deps.json: {error}")))?;
        let target = deps.targets.get(deps.runtime_target.name());
        let mut broken = 0_usize;
        for (id, library) in &deps.libraries {
            let is_runtime = library.kind.eq_ignore_ascii_case("runtimepack");
            if !is_runtime && !library.kind.eq_ignore_ascii_case("package") {
                continue;
            }
            if target.is_some_and(|libraries| !loads_files(libraries.get(id))) {
                continue;
            }
            let Some((name, version)) =
                id.split_once('/').filter(|(n, v)| !n.is_empty() && !v.is_empty())
            else {
                broken += 1;
                continue;
            };
            // A self-contained application carries the runtime itself. NuGet knows it without
            // the prefix, and so do its advisories.
            let name = if is_runtime { name.trim_start_matches("runtimepack.") } else { name };
            harvest.packages.push(Package::new(PackageType::Nuget, name, version, path));
        }
        match broken {
            0 => Ok(()),
            n => Err(corrupt(format!("{n} libraries of deps.json have no name or version"))),
        }
    }
}

fn corrupt(message: String) -> AnalyzeError {
    AnalyzeError::new("corrupt-dotnet-deps", message)
}

/// Whether any file of the library is deployed. Packages that only bring others, or that are used
/// at build time, deploy none.
fn loads_files(library: Option<&Value>) -> bool {
    let has = |kind: &str| {
        let files = library.and_then(|library| library.get(kind)).and_then(Value::as_object);
        files.is_some_and(|files| !files.is_empty())
    };
    ["runtime", "runtimeTargets", "native", "resources"].into_iter().any(has)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Deps {
    #[serde(default)]
    runtime_target: RuntimeTarget,
    #[serde(default)]
    targets: BTreeMap<String, BTreeMap<String, Value>>,
    libraries: BTreeMap<String, Library>,
}

/// Old files name the target with a string, new ones with an object.
#[derive(Deserialize)]
#[serde(untagged)]
enum RuntimeTarget {
    Object { name: String },
    Name(String),
}

impl Default for RuntimeTarget {
    fn default() -> Self {
        Self::Name(String::new())
    }
}

impl RuntimeTarget {
    fn name(&self) -> &str {
        match self {
            Self::Object { name } | Self::Name(name) => name,
        }
    }
}

#[derive(Deserialize)]
struct Library {
    #[serde(default, rename = "type")]
    kind: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::lines;

    fn check(json: &str, expect: &[&str]) {
        assert_eq!(lines(&Dotnet, "app/App.deps.json", json.as_bytes()), expect, "{json:?}");
    }

    const LIBRARIES: &str = r#""libraries":{
        "App/1.0.0":{"type":"project","serviceable":false},
        "Meta/2.0.0":{"type":"package","serviceable":true},
        "Newtonsoft.Json/12.0.1":{"type":"package","serviceable":true,"sha512":"x"},
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.5":{"type":"runtimepack"}}"#;

    #[test]
    fn reads_the_packages_that_deploy_files() {
        let json = format!(
            r#"{{"runtimeTarget":{{"name":".NETCoreApp,Version=v6.0/linux-x64","signature":""}},
            "targets":{{".NETCoreApp,Version=v6.0":{{}},".NETCoreApp,Version=v6.0/linux-x64":{{
            "App/1.0.0":{{"runtime":{{"App.dll":{{}}}}}},
            "Meta/2.0.0":{{"dependencies":{{"Newtonsoft.Json":"12.0.1"}}}},
            "Newtonsoft.Json/12.0.1":{{"runtime":{{"lib/Newtonsoft.Json.dll":{{}}}}}},
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.5":{{"native":{{"x.so":{{}}}}}}
            }}}},{LIBRARIES}}}"#
        );
        check(&json, &["Newtonsoft.Json 12.0.1", "Microsoft.NETCore.App.Runtime.linux-x64 6.0.5"]);
    }

    #[test]
    fn without_its_target_every_package_counts() {
        check(
            &format!("\u{feff}{{\"runtimeTarget\":\"net\",\"targets\":{{}},{LIBRARIES}}}"),
            &[
                "Meta 2.0.0",
                "Newtonsoft.Json 12.0.1",
                "Microsoft.NETCore.App.Runtime.linux-x64 6.0.5",
            ],
        );
    }

    #[test]
    fn damage_is_a_problem_and_the_rest_counts() {
        check("{}", &["! corrupt-dotnet-deps"]);
        check("", &["! corrupt-dotnet-deps"]);
        let json = r#"{"libraries":{"A":{"type":"package"},"B/1":{"type":"package"}}}"#;
        check(json, &["B 1", "! corrupt-dotnet-deps"]);
    }
}
