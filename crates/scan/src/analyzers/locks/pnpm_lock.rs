//! pnpm: `pnpm-lock.yaml`, versions 5, 6 and 9.
//!
//! # Source
//! <https://github.com/pnpm/spec/tree/master/lockfile>

mod key;

use std::collections::{BTreeMap, HashSet};

use farguard_model::PackageType;
use serde::Deserialize;

use self::key::Key;
use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason, reach::reachable};

/// Reads `pnpm-lock.yaml`.
#[derive(Debug)]
pub(in super::super) struct PnpmLock;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: String,
    #[serde(default)]
    importers: BTreeMap<String, Importer>,
    #[serde(default)]
    packages: BTreeMap<String, Entry>,
    /// Since version 9 the graph is apart from the packages.
    #[serde(default)]
    snapshots: BTreeMap<String, Snapshot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Importer {
    #[serde(default)]
    dependencies: BTreeMap<String, Resolved>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Resolved>,
}

/// Before version 6 the version alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Resolved {
    Full { version: String },
    Short(String),
}

#[derive(Deserialize)]
struct Entry {
    /// For packages whose key does not say it.
    name: Option<String>,
    version: Option<String>,
    /// Before version 9.
    #[serde(default)]
    dev: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Snapshot {
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, String>,
}

impl Analyzer for PnpmLock {
    fn name(&self) -> &'static str {
        "pnpm-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Node packages locked by pnpm (`pnpm-lock.yaml`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("pnpm-lock.yaml")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Npm, file.path());
        for lock in document::yaml::<Lock>(file)? {
            read(&lock, &mut locked);
        }
        locked.finish(harvest);
        Ok(())
    }
}

fn read(lock: &Lock, locked: &mut Locked<'_>) {
    let production = (!lock.snapshots.is_empty()).then(|| production(lock));
    for (text, entry) in &lock.packages {
        // A `file:` without version is a directory of the workspace.
        if text.contains("file:") && entry.version.is_none() {
            continue;
        }
        let key = Key::parse(text, &lock.lockfile_version);
        let name = entry.name.as_deref().or(key.as_ref().map(|key| key.name));
        let version = entry.version.as_deref().or(key.as_ref().map(|key| key.version));
        let (Some(name), Some(version)) = (name, version) else {
            locked.unassessed(Reason::NotFromRegistry, text);
            continue;
        };
        if version.contains(':') || version.contains('/') {
            locked.unassessed(Reason::NotFromRegistry, text);
            continue;
        }
        let dev = match &production {
            Some(production) => !production.contains(text.as_str()),
            None => entry.dev,
        };
        locked.add(name, version, dev);
    }
}

/// Keys of `packages` that some importer needs in production (version 9).
fn production(lock: &Lock) -> HashSet<&str> {
    let find = |name: &str, version: &str| -> Option<&str> {
        let qualified = format!("{name}@{version}");
        // An alias resolves to the key itself; a link to a directory resolves to nothing.
        let found =
            lock.snapshots.get_key_value(&qualified).or(lock.snapshots.get_key_value(version));
        found.map(|(key, _)| key.as_str())
    };
    let roots = lock.importers.values().flat_map(|importer| {
        let all = importer.dependencies.iter().chain(&importer.optional_dependencies);
        all.filter_map(|(name, resolved)| match resolved {
            Resolved::Full { version } | Resolved::Short(version) => find(name, version),
        })
    });
    let next = |key: &str| -> Vec<&str> {
        let Some(snapshot) = lock.snapshots.get(key) else { return Vec::new() };
        let all = snapshot.dependencies.iter().chain(&snapshot.optional_dependencies);
        all.filter_map(|(name, version)| find(name, version)).collect()
    };
    // A snapshot is a package with its peers: `a@1.0.0(b@2.0.0)`.
    reachable(roots, next).into_iter().map(key::without_peers).collect()
}

#[cfg(test)]
mod tests;
