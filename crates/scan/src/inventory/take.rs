//! Reads the layers of a target, all cores at once, unless they are remembered.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    analyzers::{Scope, Selector, fingerprint},
    layer::{Budget, Cache, LayerFacts, Pool, Workshop, scan_layer},
    progress::Progress,
    secrets::Detector,
    source::{Image, ImageSource, Source, SourceError},
};

use super::{Inventory, merge};

/// File content in memory, over all layers. A larger file waits until it is alone.
const BUDGET_BYTES: u64 = 16 << 20;

/// Layers that are read at once unless somebody asks for more: each has up to three threads and
/// buffers between them, so that more of them cost memory and gain little.
const MAX_LAYERS_AT_ONCE: usize = 8;

/// How an inventory is taken.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where layers are remembered; `None` remembers nothing.
    pub cache: Option<PathBuf>,
    /// Whether packages list the files that they installed.
    pub with_files: bool,
    /// Whether secrets are looked for in files.
    pub secrets: bool,
    /// Layers that are read at once; 0 is one for each core, eight at most.
    pub parallel: usize,
}

/// Takes the inventory of an opened target.
///
/// # Errors
/// When bytes cannot be had or have another digest than they should. What is damaged inside of
/// them becomes a problem of the inventory instead.
pub fn take(
    source: Source,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Inventory, SourceError> {
    match source {
        Source::Inventory(inventory) => Ok(*inventory),
        Source::Directory(directory) => {
            let selector = Selector::new(directory.scope());
            let target = directory.target();
            progress.start(&target.name, &target.name, 0);
            let (facts, build_files) =
                with_workshop(&selector, options, |workshop| directory.scan(workshop));
            let inventory = Inventory { build_files, ..merge::directory(target, facts) };
            progress.finish(&inventory.target.name, &packages(inventory.packages.len()));
            Ok(inventory)
        }
        Source::Image(image) => {
            let facts = read_layers(image.as_ref(), options, progress)?;
            Ok(merge::image(image.image(), facts))
        }
    }
}

fn packages(count: usize) -> String {
    format!("{count} package{}", if count == 1 { "" } else { "s" })
}

fn threads(options: &Options) -> usize {
    match options.parallel {
        0 => thread::available_parallelism().map_or(1, usize::from).min(MAX_LAYERS_AT_ONCE),
        chosen => chosen,
    }
}

fn detector(options: &Options) -> Option<&'static Detector> {
    Detector::builtin().filter(|_| options.secrets)
}

fn with_workshop<T>(
    selector: &Selector,
    options: &Options,
    work: impl FnOnce(&Workshop<'_>) -> T,
) -> T {
    let budget = Budget::new(BUDGET_BYTES);
    thread::scope(|scope| {
        let pool = Pool::start(scope, threads(options));
        let with_files = options.with_files;
        let secrets = detector(options);
        work(&Workshop { selector, budget: &budget, pool, with_files, secrets })
    })
}

/// The facts of every layer, lowest first; `None` for a layer that is known not to be there.
fn read_layers(
    source: &dyn ImageSource,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Vec<Option<LayerFacts>>, SourceError> {
    let image = source.image();
    let cache = options.cache.as_deref();
    let secrets = detector(options).map(Detector::fingerprint);
    let cache = cache.map(|path| Cache::new(path, &fingerprint(), options.with_files, secrets));
    let mut results: Vec<Option<LayerFacts>> = Vec::new();
    let mut missing = Vec::new();
    let mut repeats = Repeats::default();
    for index in 0..image.layers.len() {
        let identity = source.layer_identity(index);
        let known = identity.as_ref().zip(cache.as_ref()).and_then(|(id, cache)| cache.load(id));
        match &known {
            Some(facts) => {
                let (id, label) = label(image, index);
                progress.start(&id, &label, 0);
                let found = facts.files.iter().map(|file| file.harvest.packages.len()).sum();
                progress.finish(&id, &format!("{}, cached", packages(found)));
            }
            None if is_absent(image, index) || repeats.has(index, identity.as_deref()) => {}
            None => missing.push((index, identity)),
        }
        results.push(known);
    }
    if missing.is_empty() {
        return Ok(results);
    }
    // The largest first, so that none of them is left to one core at the end.
    missing.sort_by_key(|(index, _)| {
        std::cmp::Reverse(image.layers.get(*index).map_or(0, |layer| layer.size_bytes))
    });
    let selector = Selector::new(Scope::Installed);
    let read = with_workshop(&selector, options, |workshop| {
        read_missing(source, &missing, workshop, options, progress)
    })?;
    for ((index, identity), facts) in missing.into_iter().zip(read) {
        // A cache that cannot be written costs time, nothing else.
        if let (Some(cache), Some(identity)) = (&cache, identity) {
            let _ = cache.store(&identity, &facts);
        }
        if let Some(result) = results.get_mut(index) {
            *result = Some(facts);
        }
    }
    repeats.fill(&mut results);
    if let Some(cache) = &cache {
        cache.prune();
    }
    Ok(results)
}

/// Layers that an image lists more than once, which are read once.
#[derive(Default)]
struct Repeats {
    /// The lowest layer of each identity that has to be read.
    first: HashMap<String, usize>,
    /// The others: which layer, and which one it repeats.
    others: Vec<(usize, usize)>,
}

impl Repeats {
    /// Whether a layer below has the same bytes.
    fn has(&mut self, index: usize, identity: Option<&str>) -> bool {
        let Some(identity) = identity else { return false };
        let first = *self.first.entry(identity.to_owned()).or_insert(index);
        if first != index {
            self.others.push((index, first));
        }
        first != index
    }

    fn fill(&self, results: &mut [Option<LayerFacts>]) {
        for (index, first) in &self.others {
            let facts = results.get(*first).cloned().flatten();
            if let Some(result) = results.get_mut(*index) {
                *result = facts;
            }
        }
    }
}

fn is_absent(image: &Image, index: usize) -> bool {
    let index = u32::try_from(index).ok();
    image.problems.iter().any(|problem| problem.layer.is_some() && problem.layer == index)
}

fn label(image: &Image, index: usize) -> (String, String) {
    let layer = image.layers.get(index);
    let id = layer.map_or("", |layer| layer.digest.as_deref().unwrap_or(&layer.diff_id));
    let hex = id.split_once(':').map_or(id, |(_, hex)| hex);
    (format!("{index} {id}"), format!("layer {}", hex.get(..12).unwrap_or(hex)))
}

type Missing = Vec<(usize, Option<String>)>;

fn read_missing(
    source: &dyn ImageSource,
    missing: &Missing,
    workshop: &Workshop<'_>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Vec<LayerFacts>, SourceError> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results = Mutex::new(Vec::new());
    let work = |workshop: Workshop<'_>| {
        while !failed.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((index, _)) = missing.get(at) else { break };
            let result = read_one(source, *index, &workshop, progress);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads(options).min(missing.len()) {
            let workshop = workshop.clone();
            scope.spawn(|| work(workshop));
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

fn read_one(
    source: &dyn ImageSource,
    index: usize,
    workshop: &Workshop<'_>,
    progress: &dyn Progress,
) -> Result<LayerFacts, SourceError> {
    let image = source.image();
    let (id, label) = label(image, index);
    let size = image.layers.get(index).map_or(0, |layer| layer.size_bytes);
    progress.start(&id, &label, size);
    let result = scan_layer(source, index, workshop, &|bytes| progress.advance(&id, bytes));
    let note = match &result {
        Ok(facts) => packages(facts.files.iter().map(|file| file.harvest.packages.len()).sum()),
        Err(_) => "failed".to_owned(),
    };
    progress.finish(&id, &note);
    result
}
