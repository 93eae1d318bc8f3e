//! Licences of Debian packages: `usr/share/doc/NAME/copyright`.
//!
//! Most files are machine-readable and name licences in short. In the others people wrote what
//! they liked, nearly always with the path of a text in `usr/share/common-licenses`.
//!
//! # Source
//! <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>

mod spdx;

use std::collections::BTreeSet;

use farguard_model::PackageType;

use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want, deb822::paragraphs};

/// Files with more are lists of everything a distribution ships.
const MAX_LICENSES: usize = 256;

/// Reads the licences that a package declares.
#[derive(Debug)]
pub(super) struct DpkgCopyright;

impl Analyzer for DpkgCopyright {
    fn name(&self) -> &'static str {
        "dpkg-copyright"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "licences of Debian packages, from `usr/share/doc/NAME/copyright`"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("copyright")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let Some(package) = package_of(file.path()) else { return Ok(()) };
        let package = package.to_owned();
        let text = String::from_utf8_lossy(file.bytes()?);
        let licenses = if is_machine_readable(&text) { declared(&text) } else { common(&text) };
        if !licenses.is_empty() {
            let licenses = licenses.into_iter().collect();
            harvest.licenses.push((PackageType::Deb, package, licenses));
        }
        Ok(())
    }
}

/// `NAME` of `usr/share/doc/NAME/copyright`.
fn package_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("usr/share/doc/")?.strip_suffix("/copyright")?;
    (!name.contains('/')).then_some(name)
}

/// Whether the first field is `Format:` (or `Format-Specification:`, from before version 1.0).
fn is_machine_readable(text: &str) -> bool {
    paragraphs(text)
        .find_map(|paragraph| paragraph.fields().find_map(Result::ok))
        .is_some_and(|field| field.is("Format") || field.is("Format-Specification"))
}

/// The short names in the `License` fields.
fn declared(text: &str) -> BTreeSet<String> {
    paragraphs(text)
        .flat_map(|paragraph| paragraph.fields().flatten())
        .filter(|field| field.is("License"))
        .filter_map(|field| spdx::expression(field.value.lines().next()?.trim()))
        .take(MAX_LICENSES)
        .collect()
}

/// The texts in `usr/share/common-licenses` that free text refers to.
fn common(text: &str) -> BTreeSet<String> {
    const DIRECTORY: &str = "/usr/share/common-licenses/";
    let or_later = says_any_later_version(text);
    text.match_indices(DIRECTORY)
        .filter_map(|(at, _)| text.get(at + DIRECTORY.len()..))
        .filter_map(|rest| {
            let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
            let end = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
            spdx::common_license(rest.get(..end)?.trim_end_matches(['.', '-']), or_later)
        })
        .map(str::to_owned)
        .collect()
}

/// Whether the permission goes on with "or (at your option) any later version", which is mostly
/// broken over lines.
fn says_any_later_version(text: &str) -> bool {
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if word == "later" && words.peek().is_some_and(|next| next.starts_with("version")) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::run;

    fn check(path: &str, text: &str, expect: Option<(&str, &[&str])>) {
        let (harvest, result) = run(&DpkgCopyright, path, text.as_bytes());
        result.unwrap();
        let expect: Vec<_> = expect
            .into_iter()
            .map(|(name, licenses)| {
                let licenses = licenses.iter().map(|&text| text.to_owned()).collect();
                (PackageType::Deb, name.to_owned(), licenses)
            })
            .collect();
        assert_eq!(harvest.licenses, expect);
    }

    const PATH: &str = "usr/share/doc/x/copyright";

    #[test]
    fn machine_readable_files_name_their_licences() {
        let text = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: x

Files: *
Copyright: 2020 A
License: GPL-2+ and Expat

Files: debian/*
Copyright: 2021 B
License: GPL-2+
 This program is free software.
 .
 License: not-a-field

License: House-rules
 Be kind.
";
        let expect = ["GPL-2.0-or-later", "GPL-2.0-or-later AND MIT", "House-rules"];
        check(PATH, text, Some(("x", &expect)));
    }

    #[test]
    fn free_text_refers_to_common_licences() {
        let later = "You may use version 2, or (at your option) any later\nversion. See\n\
                     `/usr/share/common-licenses/GPL-2'.\n";
        check(PATH, later, Some(("x", &["GPL-2.0-or-later"])));
        let only = "See /usr/share/common-licenses/GPL-2. And /usr/share/common-licenses/BSD";
        check(PATH, only, Some(("x", &["BSD-3-Clause", "GPL-2.0-only"])));
        check(PATH, "All yours. /usr/share/common-licenses/Unheard-of", None);
    }

    #[test]
    fn other_files_of_that_name_are_not_read() {
        check("usr/share/doc/x/y/copyright", "/usr/share/common-licenses/GPL-2", None);
        check("srv/copyright", "/usr/share/common-licenses/GPL-2", None);
    }
}
