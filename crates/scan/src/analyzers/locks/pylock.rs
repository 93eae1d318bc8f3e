//! Python: `pylock.toml`, the lock file that all installers share.
//!
//! # Source
//! <https://packaging.python.org/en/latest/specifications/pylock-toml/>

use farguard_model::PackageType;
use serde::{Deserialize, de::IgnoredAny};

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason};

/// Reads `pylock.toml`.
#[derive(Debug)]
pub(in super::super) struct Pylock;

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    /// Absent where it would change with the source tree.
    version: Option<String>,
    directory: Option<IgnoredAny>,
}

impl Analyzer for Pylock {
    fn name(&self) -> &'static str {
        "pylock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Python packages of the standard lock file (`pylock.toml`, `pylock.*.toml`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("pylock.toml"), Want::Ending(".toml")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        if !is_pylock(file.path()) {
            return Ok(());
        }
        let mut locked = Locked::new(PackageType::Pypi, file.path());
        let lock: Lock = document::toml(file)?;
        for entry in lock.packages.iter().filter(|entry| entry.directory.is_none()) {
            match &entry.version {
                Some(version) => locked.add(&entry.name, version, false),
                None => locked.unassessed(Reason::NotFromRegistry, &entry.name),
            }
        }
        locked.finish(harvest);
        Ok(())
    }
}

/// `pylock.toml`, or `pylock.NAME.toml` with a name without dots.
fn is_pylock(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let rest = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix("toml"));
    rest.is_some_and(|rest| {
        rest.is_empty() || rest.strip_suffix('.').is_some_and(|n| !n.is_empty() && !n.contains('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::*;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&Pylock, "pylock.toml", content.as_bytes()), expect);
    }

    #[test]
    fn versions_directories_and_repositories() {
        check(
            r#"
lock-version = "1.0"
created-by = "uv"
[[packages]]
name = "anyio"
version = "4.16.0"
index = "https://pypi.org/simple"
sdist = { url = "https://x/anyio.tar.gz", upload-time = 2026-11-01T11:20:07Z, hashes = { sha256 = "0" } }
[[packages]]
name = "root-app"
directory = { path = ".", editable = true }
[[packages]]
name = "git-only"
vcs = { type = "git", url = "https://example.com/x.git", commit-id = "0" }
"#,
            &[
                "anyio 4.16.0",
                "! dependency-not-from-registry: 1 not assessed (from a directory, a repository \
                 or a url, version unknown): `git-only`",
            ],
        );
    }

    #[test]
    fn other_toml_files_are_left_alone() {
        assert!(is_pylock("a/pylock.toml") && is_pylock("pylock.web.toml"));
        assert!(!is_pylock("pyproject.toml") && !is_pylock("pylock.a.b.toml"));
        assert!(!is_pylock("pylock..toml") && !is_pylock("xpylock.toml"));
    }

    #[test]
    fn damage_is_an_error() {
        check("[[packages]]\nversion = \"1\"", &["! malformed-toml"]);
    }
}
