//! Components of Bitnami images: the SPDX document beside each of them.
//!
//! # Source
//! <https://spdx.github.io/spdx-spec/v2.3/>, <https://github.com/bitnami/vulndb>

use farguard_model::{Package, PurlError};
use serde::Deserialize;

use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// Reads `opt/bitnami/NAME/.spdx-NAME.spdx`.
#[derive(Debug)]
pub(crate) struct Bitnami;

impl Analyzer for Bitnami {
    fn name(&self) -> &'static str {
        "bitnami"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "components of Bitnami images (`opt/bitnami/**/.spdx-*.spdx`)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Ending(".spdx")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        let name = path.rsplit('/').next().unwrap_or(path);
        if !path.starts_with("opt/bitnami/") || !name.starts_with(".spdx-") {
            return Ok(());
        }
        let document: Document = serde_json::from_slice(file.bytes()?)
            .map_err(|error| corrupt(format!("cannot parse SPDX document: {error}")))?;
        let mut broken = Vec::new();
        for component in &document.packages {
            // What has no purl (a base image, an operating system) is no package.
            let Some(purl) = component.purl() else { continue };
            match Package::from_purl(purl) {
                Ok(package) if !package.kind.is_os() => {
                    harvest.packages.push(component.complete(package, path));
                }
                // Operating system packages are in their own database; for other types (`github`,
                // `generic`) there are no advisories.
                Ok(_) | Err(PurlError::UnknownType(_)) => {}
                Err(error) => broken.push(error),
            }
        }
        match broken.first() {
            None => Ok(()),
            Some(first) => Err(corrupt(format!("{} bad package URLs: {first}", broken.len()))),
        }
    }
}

fn corrupt(message: String) -> AnalyzeError {
    AnalyzeError::new("corrupt-bitnami-spdx", message)
}

#[derive(Deserialize)]
struct Document {
    packages: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    #[serde(default)]
    version_info: String,
    #[serde(default)]
    license_concluded: String,
    #[serde(default)]
    license_declared: String,
    #[serde(default)]
    external_refs: Vec<ExternalRef>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExternalRef {
    #[serde(default)]
    reference_type: String,
    #[serde(default)]
    reference_locator: String,
}

impl Component {
    fn purl(&self) -> Option<&str> {
        let purl = self.external_refs.iter().find(|r| r.reference_type == "purl")?;
        Some(&purl.reference_locator)
    }

    fn complete(&self, mut package: Package, path: &str) -> Package {
        path.clone_into(&mut package.path);
        if package.version.is_empty() {
            package.version.clone_from(&self.version_info);
        }
        let stated = [&self.license_declared, &self.license_concluded].into_iter();
        let mut known = stated.filter(|text| !matches!(text.as_str(), "" | "NOASSERTION" | "NONE"));
        package.licenses = known.next().cloned().into_iter().collect();
        package
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::lines;

    fn check(json: &str, expect: &[&str]) {
        let path = "opt/bitnami/postgresql/.spdx-postgresql.spdx";
        assert_eq!(lines(&Bitnami, path, json.as_bytes()), expect, "{json:?}");
    }

    fn component(version: &str, license: &str, purl: &str) -> String {
        format!(
            r#"{{"SPDXID":"x","name":"X","versionInfo":"{version}","licenseDeclared":"{license}",
            "licenseConcluded":"MIT","externalRefs":[
            {{"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"c"}},
            {{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
              "referenceLocator":"{purl}"}}]}}"#
        )
    }

    #[test]
    fn reads_the_component_and_what_it_bundles() {
        let main =
            component("15.3.0-1", "PostgreSQL", "pkg:bitnami/postgresql@15.3.0-1?arch=amd64");
        let java = component("1.6.10", "NOASSERTION", "pkg:maven/org.postgresql/pljava@1.6.10");
        let other = component("1", "MIT", "pkg:generic/x@1");
        let late = component("3.8.3", "MIT", "pkg:bitnami/geos");
        check(
            &format!(r#"{{"packages":[{main},{java},{other},{late},{{"name":"os"}}]}}"#),
            &[
                "postgresql 15.3.0-1 PostgreSQL",
                "org.postgresql:pljava 1.6.10 MIT",
                "geos 3.8.3 MIT",
            ],
        );
    }

    #[test]
    fn damage_is_a_problem_and_the_rest_counts() {
        check("{}", &["! corrupt-bitnami-spdx"]);
        let (bad, good) = (component("1", "", "nonsense"), component("1", "", "pkg:npm/a@1"));
        let document = format!(r#"{{"packages":[{bad},{good}]}}"#);
        check(&document, &["a 1 MIT", "! corrupt-bitnami-spdx"]);
    }

    #[test]
    fn other_spdx_files_are_not_read() {
        assert!(lines(&Bitnami, "srv/app.spdx", b"x").is_empty());
    }
}
