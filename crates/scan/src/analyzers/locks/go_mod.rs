//! Go: `go.mod`.
//!
//! Since Go 1.17 it lists every module of the build at the version that was selected, so that
//! `go.sum`, which keeps hashes of versions that were not, adds nothing.
//!
//! # Source
//! <https://go.dev/ref/mod#go-mod-file>, <https://go.dev/doc/toolchain>

mod directive;

use std::collections::{BTreeMap, BTreeSet};

use farguard_model::PackageType;

use self::directive::Directive;
use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason};

/// Reads `go.mod`.
#[derive(Debug)]
pub(in super::super) struct GoMod;

impl Analyzer for GoMod {
    fn name(&self) -> &'static str {
        "go-mod"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Go modules and the Go release that a build requires (`go.mod`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("go.mod")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Golang, file.path());
        let mut module = Module::default();
        for directive in directive::parse(document::text(file)?) {
            module.apply(directive, &mut locked);
        }
        module.add_to(&mut locked);
        locked.finish(harvest);
        Ok(())
    }
}

/// A module path and, unless all of them are meant or it is a directory, a version.
type Version<'t> = (&'t str, Option<&'t str>);

/// What a `go.mod` says, with the order of its lines forgotten: a `replace` may precede what it
/// replaces.
#[derive(Default)]
struct Module<'t> {
    required: BTreeSet<(&'t str, &'t str)>,
    replaced: BTreeMap<Version<'t>, Version<'t>>,
    go: Option<&'t str>,
    toolchain: Option<&'t str>,
}

impl<'t> Module<'t> {
    fn apply(&mut self, directive: Directive<'t>, locked: &mut Locked<'_>) {
        match directive {
            Directive::Go(version) => self.go = Some(version),
            Directive::Toolchain(name) => self.toolchain = name.strip_prefix("go"),
            Directive::Require { path, version } => {
                self.required.insert((path, version));
            }
            Directive::Replace { path, version, by, by_version } => {
                self.replaced.insert((path, version), (by, by_version));
            }
            Directive::Malformed(line) => locked.unassessed(Reason::Malformed, line),
        }
    }

    fn add_to(&self, locked: &mut Locked<'_>) {
        for &(path, version) in &self.required {
            let by = self.replaced.get(&(path, Some(version)));
            match by.or_else(|| self.replaced.get(&(path, None))) {
                Some((path, Some(version))) => locked.add(path, version, false),
                // By a directory: a copy whose version nobody states.
                Some((_, None)) => locked.unassessed(Reason::NotFromRegistry, path),
                None => locked.add(path, version, false),
            }
        }
        if let Some(release) = self.release() {
            locked.add("stdlib", &format!("v{release}"), false);
        }
        if !self.required.is_empty() && !self.lists_all() {
            locked.unassessed(Reason::Incomplete, "indirect modules (go before 1.17)");
        }
    }

    /// The Go release that builds it, at least: the toolchain if one is named, else the `go` line
    /// if that names a release. `go 1.20` is a version of the language, and says nothing of the
    /// compiler.
    fn release(&self) -> Option<&'t str> {
        let go = self.go.filter(|go| minor(go) >= Some(21));
        self.toolchain.or(go).filter(|release| {
            let parts: Vec<_> = release.split('.').collect();
            parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
        })
    }

    fn lists_all(&self) -> bool {
        self.go.and_then(minor) >= Some(17)
    }
}

/// The `21` of `1.21.3`; for Go 2, if it ever comes, a large number.
fn minor(version: &str) -> Option<u32> {
    let mut parts = version.split('.');
    match parts.next()? {
        "1" => parts
            .next()?
            .chars()
            .map_while(|c| c.to_digit(10))
            .try_fold(0_u32, |sum, digit| sum.checked_mul(10)?.checked_add(digit)),
        _ => Some(u32::MAX),
    }
}

#[cfg(test)]
mod tests;
