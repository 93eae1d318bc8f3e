//! What package managers fetched and left behind.

use std::collections::BTreeMap;

use farguard_model::{Location, Severity};

use super::{
    NotableFile,
    check::{Check, Hit, Part},
    examined::Examined,
};

pub(super) static PACKAGE_MANAGER_CACHE: Check = Check {
    id: "package-manager-cache",
    title: "caches of package managers are in the image",
    severity: Severity::Low,
    why: "They make every start of a task slower and serve nobody: a Fargate task pulls the whole \
          image each time.",
    remediation: "delete the cache in the step that fills it (`rm -rf /var/lib/apt/lists/*`, `apk add \
                  --no-cache`, `pip install --no-cache-dir`), or mount it with `RUN \
                  --mount=type=cache`",
    controls: &[],
    aliases: &["DKL-DI-0004", "DKL-DI-0005"],
    part: Part::Files,
    run: caches,
};

/// Below this it is not worth a word.
const MIN_BYTES: u64 = 64 << 10;

#[derive(Default)]
struct Cache<'a> {
    files: usize,
    bytes: u64,
    first: Option<&'a NotableFile>,
}

fn caches(examined: &Examined<'_>) -> Option<Hit> {
    let mut caches: BTreeMap<&'static str, Cache<'_>> = BTreeMap::new();
    for file in examined.files() {
        let Some(manager) = file.cache_of() else { continue };
        let cache = caches.entry(manager).or_default();
        cache.files += 1;
        cache.bytes = cache.bytes.saturating_add(file.size_bytes);
        cache.first.get_or_insert(file);
    }
    caches.retain(|_, cache| cache.bytes >= MIN_BYTES);
    let largest = caches.values().max_by_key(|cache| cache.bytes)?;
    let first = largest.first?;
    let size = |bytes: u64| match bytes >> 20 {
        0 => format!("{} KiB", bytes >> 10),
        mib => format!("{mib} MiB"),
    };
    let told: Vec<String> = caches
        .iter()
        .map(|(manager, cache)| {
            format!("{} in {} files of {manager}", size(cache.bytes), cache.files)
        })
        .collect();
    let mut hit = Hit::new(format!("left behind: {}", told.join(", ")));
    let directory = first.path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let (path, layer) = (directory.to_owned(), first.layer);
    hit.location = Some(Location { path, layer, line: None, column: None });
    hit.identity = caches.keys().map(|&manager| manager.to_owned()).collect();
    Some(hit)
}
