//! Installed Python distributions: `*.dist-info`, `*.egg-info` and `.egg` directories.
//!
//! # Source
//! <https://packaging.python.org/en/latest/specifications/core-metadata/>

mod headers;

use farguard_model::{Package, PackageType};

use self::headers::Headers;
use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// The longest text that is taken for the name of a licence; longer ones are the licence itself.
const MAX_LICENSE_NAME_BYTES: usize = 120;

/// Reads the core metadata of installed distributions.
#[derive(Debug)]
pub(crate) struct Python;

impl Analyzer for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "installed Python packages (`*.dist-info/METADATA`, `*.egg-info`, `EGG-INFO/PKG-INFO`)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[
            Want::NameIn { name: "METADATA", directory_ending: ".dist-info" },
            Want::NameIn { name: "PKG-INFO", directory_ending: ".egg-info" },
            Want::NameIn { name: "PKG-INFO", directory_ending: "EGG-INFO" },
            Want::Ending(".egg-info"),
        ]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        harvest.packages.push(parse(file.bytes()?, path)?);
        Ok(())
    }
}

/// Reads the core metadata of one distribution.
///
/// # Errors
/// When there is no name or no version: such a distribution cannot be assessed.
pub fn parse(metadata: &[u8], path: &str) -> Result<Package, AnalyzeError> {
    let text = String::from_utf8_lossy(metadata);
    let headers = Headers::parse(&text);
    let (Some(name), Some(version)) = (headers.first("name"), headers.first("version")) else {
        let message = "the Python metadata has no `Name` and `Version`";
        return Err(AnalyzeError::new("corrupt-python-metadata", message));
    };
    let mut package = Package::new(PackageType::Pypi, name, version, path);
    package.licenses = licenses(&headers);
    Ok(package)
}

/// The licence as the newest metadata version present says it: an SPDX expression, else the free
/// text if it is a name, else the classifiers.
fn licenses(headers: &Headers<'_>) -> Vec<String> {
    if let Some(expression) = headers.first("license-expression") {
        return vec![expression];
    }
    let text = headers.first("license").filter(|text| !text.eq_ignore_ascii_case("unknown"));
    if let Some(name) = text.as_ref().filter(|t| t.len() <= MAX_LICENSE_NAME_BYTES) {
        return vec![name.clone()];
    }
    headers
        .all("classifier")
        .filter(|classifier| classifier.starts_with("License ::"))
        .filter_map(|classifier| classifier.rsplit(" :: ").next().map(str::to_owned))
        .filter(|name| name != "OSI Approved")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::lines;

    fn check(metadata: &str, expect: &[&str]) {
        let path = "usr/lib/python3/site-packages/x-1.dist-info/METADATA";
        assert_eq!(lines(&Python, path, metadata.as_bytes()), expect, "{metadata:?}");
    }

    #[test]
    fn reads_name_version_and_licence() {
        check(
            "Metadata-Version: 2.4\nName: Flask-Login\nVersion: 0.6.3\nLicense-Expression: MIT\n\
             License: see below\n\nName: not-me\nVersion: 9\n",
            &["Flask-Login 0.6.3 MIT"],
        );
        check("\u{feff}NAME : six\r\nversion:1.16.0\r\nLicense: MIT\r\n", &["six 1.16.0 MIT"]);
    }

    #[test]
    fn licences_fall_back_to_classifiers() {
        let classifiers = "Classifier: License :: OSI Approved\n\
             Classifier: License :: OSI Approved :: Apache Software License\n\
             Classifier: Topic :: Software\nClassifier: License :: Public Domain\n";
        check(
            &format!("Name: a\nVersion: 1\nLicense: UNKNOWN\n{classifiers}"),
            &["a 1 Apache Software License|Public Domain"],
        );
        let folded = format!("License: Permission{}\n", "\n        is granted".repeat(20));
        check(
            &format!("Name: a\nVersion: 1\n{folded}{classifiers}"),
            &["a 1 Apache Software License|Public Domain"],
        );
    }

    #[test]
    fn a_distribution_without_name_or_version_is_a_problem() {
        check("Name: editable\n", &["! corrupt-python-metadata"]);
        check("Name: editable\nVersion:\n", &["! corrupt-python-metadata"]);
        check("", &["! corrupt-python-metadata"]);
        check("\n\nName: a\nVersion: 1\n", &["! corrupt-python-metadata"]);
    }

    #[test]
    fn survives_text_that_is_not_utf8() {
        let metadata = b"Name: a\nAuthor: \xff\xfe\nVersion: 1\n";
        assert_eq!(lines(&Python, "a.egg-info", metadata), ["a 1"]);
    }
}
