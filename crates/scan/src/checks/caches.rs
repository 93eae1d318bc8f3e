//! What package managers fetched and left behind.

use std::collections::BTreeMap;

use farguard_model::{Location, Severity};

use super::{
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
    /// Where the first of them is: directory and layer.
    place: Option<(&'a str, Option<u32>)>,
}

fn caches(examined: &Examined<'_>) -> Option<Hit> {
    let mut caches: BTreeMap<&'static str, Cache<'_>> = BTreeMap::new();
    for file in examined.files() {
        let Some((manager, directory)) = file.cache_of() else { continue };
        let cache = caches.entry(manager).or_default();
        cache.files += 1;
        cache.bytes = cache.bytes.saturating_add(file.size_bytes);
        cache.place.get_or_insert((directory, file.layer));
    }
    caches.retain(|_, cache| cache.bytes >= MIN_BYTES);
    let largest = caches.values().max_by_key(|cache| cache.bytes)?;
    let (path, layer) = largest.place?;
    let size = |bytes: u64| match bytes >> 20 {
        0 => format!("{} KiB", bytes >> 10),
        mib => format!("{mib} MiB"),
    };
    let told = caches.iter().map(|(manager, cache)| {
        let files = if cache.files == 1 { "file" } else { "files" };
        format!("{} in {} {files} of {manager}", size(cache.bytes), cache.files)
    });
    let told = told.collect::<Vec<_>>().join(", ");
    let mut hit = Hit::new(format!("left behind: {told}"));
    hit.location = Some(Location { path: path.to_owned(), layer, line: None, column: None });
    hit.identity = caches.keys().map(|&manager| manager.to_owned()).collect();
    Some(hit)
}
