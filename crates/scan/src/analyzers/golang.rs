//! The build information that Go's linker puts into every binary.
//!
//! # Source
//! <https://pkg.go.dev/debug/buildinfo>, <https://pkg.go.dev/runtime/debug#BuildInfo>; the layout
//! is described in <https://go.dev/src/debug/buildinfo/buildinfo.go>.

mod located;
mod main_version;

use std::borrow::Cow;

use farguard_model::{Package, PackageType};

pub(super) use self::located::{Located, MAGIC};
use super::{AnalyzeError, Harvest};

/// What the linker wrote: two texts.
#[derive(Debug)]
pub(super) struct BuildInfo {
    /// `go1.22.1`, `go1.20.12 X:boringcrypto`, `devel go1.23-abcdef`.
    pub(super) go_version: String,
    /// Lines of tab-separated words; empty for programs built without modules.
    pub(super) modules: String,
}

/// What stands for the version of a module that was built from a directory.
const DEVEL: &str = "(devel)";

impl BuildInfo {
    /// Adds the standard library, the main module and its dependencies.
    ///
    /// # Errors
    /// When a line cannot be understood; the others count.
    pub(super) fn harvest(&self, path: &str, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        if let Some(version) = stdlib_version(&self.go_version) {
            harvest.packages.push(Package::new(PackageType::Golang, "stdlib", version, path));
        }
        let mut modules: Vec<Module<'_>> = Vec::new();
        let mut broken = 0_usize;
        for line in self.modules.lines() {
            let mut words = line.split('\t');
            let kind = words.next().unwrap_or_default();
            match (kind, words.next(), words.next()) {
                ("mod", Some(path), version) => {
                    let stated = version.filter(|version| *version != DEVEL).map(Cow::from);
                    let version = stated
                        .or_else(|| main_version::from_settings(&self.modules).map(Cow::from));
                    modules.push(Module { path, version });
                }
                ("dep", Some(path), version) => {
                    modules.push(Module { path, version: version.map(Cow::from) });
                }
                // Replaces the module of the line above, and is what was compiled.
                ("=>", Some(path), version) => match modules.last_mut() {
                    Some(module) => *module = Module { path, version: version.map(Cow::from) },
                    None => broken += 1,
                },
                ("mod" | "dep" | "=>", None, _) => broken += 1,
                // `path`, `build`, and what later versions may add.
                _ => {}
            }
        }
        harvest.packages.extend(modules.iter().filter_map(|module| module.package(path)));
        match broken {
            0 => Ok(()),
            n => Err(corrupt(format!("{n} lines of the Go build information are incomplete"))),
        }
    }
}

fn corrupt(message: impl Into<String>) -> AnalyzeError {
    AnalyzeError::new("corrupt-go-build-info", message)
}

struct Module<'a> {
    path: &'a str,
    version: Option<Cow<'a, str>>,
}

impl Module<'_> {
    /// `None` for code from a directory: nobody has published it under a version.
    fn package(&self, path: &str) -> Option<Package> {
        let version = self.version.as_deref().filter(|v| !v.is_empty() && *v != DEVEL)?;
        let is_local = self.path.is_empty() || self.path.starts_with(['.', '/']);
        (!is_local).then(|| Package::new(PackageType::Golang, self.path, version, path))
    }
}

/// `1.22.1` of `go1.22.1 X:boringcrypto`.
fn stdlib_version(go_version: &str) -> Option<&str> {
    go_version.split_whitespace().find_map(|word| {
        let version = word.strip_prefix("go")?;
        version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(go_version: &str, modules: &str, expect: &[&str]) {
        let info = BuildInfo { go_version: go_version.to_owned(), modules: modules.to_owned() };
        let mut harvest = Harvest::default();
        let result = info.harvest("bin/x", &mut harvest);
        let packages = harvest.packages.iter().map(|p| format!("{} {}", p.name, p.version));
        let errors = result.err().map(|error| format!("! {}", error.code));
        let found: Vec<String> = packages.chain(errors).collect();
        assert_eq!(found, expect, "{modules:?}");
    }

    #[test]
    fn modules_with_their_replacements() {
        check(
            "go1.21.6",
            "path\tgithub.com/a/b/cmd/b\nmod\tgithub.com/a/b\tv1.2.3\th1:x=\n\
             dep\tgolang.org/x/net\tv0.1.0\th1:y=\n\
             dep\tgithub.com/old/c\tv1.0.0\n=>\tgithub.com/new/c\tv1.0.1\th1:z=\n\
             dep\tk8s.io/api\tv0.0.0\n=>\t./staging/src/k8s.io/api\t(devel)\n\
             build\t-compiler=gc\n",
            &[
                "stdlib 1.21.6",
                "github.com/a/b v1.2.3",
                "golang.org/x/net v0.1.0",
                "github.com/new/c v1.0.1",
            ],
        );
    }

    #[test]
    fn versions_of_the_standard_library() {
        check("go1.20.12 X:boringcrypto", "", &["stdlib 1.20.12"]);
        check("go1.20.12 (Red Hat 1.20.12-8.el9_3)", "", &["stdlib 1.20.12"]);
        check("devel go1.23-abcdef Mon Jan 1", "", &["stdlib 1.23-abcdef"]);
        check("devel +abcdef", "", &[]);
    }

    #[test]
    fn a_main_module_without_version_is_named_by_its_linker_flags_only_if_they_agree() {
        let main = "mod\tgithub.com/a/b\t(devel)\t\n";
        check("", main, &[]);
        let flags = |text: &str| format!("{main}build\t-ldflags=\"{text}\"\n");
        check("", &flags("-s -w -X main.version=1.2.3"), &["github.com/a/b v1.2.3"]);
        check("", &flags("-X 'github.com/a/b/cmd.Version=v1.2.3'"), &["github.com/a/b v1.2.3"]);
        check("", &flags("-X main.version=1.2.3 -X x.Version=1.0.0"), &[]);
        check("", &flags("-X main.version=dev"), &[]);
    }

    #[test]
    fn incomplete_lines_are_a_problem_and_the_rest_counts() {
        check("", "=>\tgithub.com/a/b\tv1\n", &["! corrupt-go-build-info"]);
        check("", "dep\ndep\ta.b/c\tv1.0.0", &["a.b/c v1.0.0", "! corrupt-go-build-info"]);
    }
}
