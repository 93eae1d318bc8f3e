//! Installed Node packages: `package.json` below `node_modules`.
//!
//! # Source
//! <https://docs.npmjs.com/cli/v11/configuring-npm/package-json>,
//! <https://nodejs.org/api/modules.html#loading-from-node_modules-folders>

mod manifest;
mod place;

use farguard_model::{Package, PackageType};
use serde_json::Value;

use self::manifest::Manifest;
use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// Reads `package.json` where Node loads packages from.
#[derive(Debug)]
pub(crate) struct Node;

impl Analyzer for Node {
    fn name(&self) -> &'static str {
        "node"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "installed Node packages (`node_modules/*/package.json`; npm, yarn, pnpm)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("package.json")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        if let Some(directory) = place::installed_as(path) {
            harvest.packages.extend(parse(file.bytes()?, directory, path)?);
        }
        Ok(())
    }
}

/// Reads one `package.json`. `None` for one that describes no package: `{"type": "module"}` marks
/// a directory, and a private workspace needs no version.
fn parse(json: &[u8], directory: &str, path: &str) -> Result<Option<Package>, AnalyzeError> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let manifest: Manifest = serde_json::from_slice(json).map_err(|error| {
        AnalyzeError::new("corrupt-package-json", format!("cannot parse package.json: {error}"))
    })?;
    let name = text(&manifest.name);
    let Some(version) = text(&manifest.version) else {
        return match name {
            Some(name) if manifest.private != Value::Bool(true) => Err(AnalyzeError::new(
                "package-without-version",
                format!("package.json of `{name}` states no version"),
            )),
            _ => Ok(None),
        };
    };
    // npm accepts `v1.2.3` and `=1.2.3` and means `1.2.3`.
    let version = version.trim_start_matches(['=', 'v', ' ']);
    let mut package = Package::new(PackageType::Npm, name.unwrap_or(directory), version, path);
    package.licenses = licenses(&manifest.license);
    if package.licenses.is_empty() {
        package.licenses = licenses(&manifest.licenses);
    }
    Ok(Some(package))
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The licences of `"MIT"`, `{"type": "MIT"}`, or an array of these.
fn licenses(value: &Value) -> Vec<String> {
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    items
        .iter()
        .filter_map(|item| {
            text(item)
                .or_else(|| item.get("type").and_then(text))
                .or_else(|| item.get("name").and_then(text))
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::lines;

    fn check(json: &str, expect: &[&str]) {
        let found = lines(&Node, "app/node_modules/@scope/dir/package.json", json.as_bytes());
        assert_eq!(found, expect, "{json:?}");
    }

    #[test]
    fn reads_name_version_and_licence_in_all_its_shapes() {
        check(r#"{"name":"a","version":"1.0.0","license":"MIT"}"#, &["a 1.0.0 MIT"]);
        check("\u{feff}{\"name\":\"a\",\"version\":\" v1.0.0\"}", &["a 1.0.0"]);
        check(r#"{"name":"b","version":"1","name":"a","version":"2"}"#, &["a 2"]);
        check(r#"{"name":"a","version":"1","license":{"type":"ISC","url":"x"}}"#, &["a 1 ISC"]);
        check(
            r#"{"name":"a","version":"1","licenses":[{"type":"MIT"},"GPL-2.0",{"url":"x"},7]}"#,
            &["a 1 MIT|GPL-2.0"],
        );
    }

    #[test]
    fn a_package_is_named_by_its_directory_when_it_does_not_say() {
        check(r#"{"version":"2.0.0"}"#, &["@scope/dir 2.0.0"]);
    }

    #[test]
    fn what_is_no_package_is_passed_over_but_damage_is_not() {
        check(r#"{"type":"module"}"#, &[]);
        check(r#"{"name":"workspace","private":true}"#, &[]);
        check(r#"{"name":"lost"}"#, &["! package-without-version"]);
        check(r#"{"name":"lost","version":"#, &["! corrupt-package-json"]);
        check("[]", &["! corrupt-package-json"]);
        check(&"[".repeat(10_000), &["! corrupt-package-json"]);
    }

    #[test]
    fn files_outside_node_modules_are_not_even_read() {
        assert!(lines(&Node, "app/package.json", b"not json").is_empty());
    }
}
