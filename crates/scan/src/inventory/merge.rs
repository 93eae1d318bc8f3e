//! Many layers in, one view out.

mod notable;

use std::collections::{HashMap, HashSet};

use farguard_model::{Os, Package, PackageType, Problem, TargetInfo};

use crate::{
    analyzers::{Account, path_hash},
    checks::NotableFile,
    layer::{Cover, FileFacts, LayerFacts, LayerLeak},
    secrets::{ImageMask, Leak},
    source::Image,
};

use super::Inventory;
use notable::NotableView;

/// The view of a target without layers.
pub(super) fn directory(target: TargetInfo, facts: LayerFacts) -> Inventory {
    let mut view = View::of(vec![Some(facts)]);
    view.packages.iter_mut().for_each(|package| package.layer = None);
    view.problems.iter_mut().for_each(|problem| problem.layer = None);
    view.leaks.iter_mut().for_each(|leak| (leak.layer, leak.removed_by_layer) = (None, None));
    view.notable_files.iter_mut().for_each(|file| file.layer = None);
    view.into_inventory(target)
}

/// The view that a container of the image has.
pub(super) fn image(image: &Image, facts: Vec<Option<LayerFacts>>) -> Inventory {
    let mut inventory = View::of(facts).into_inventory(image.target.clone());
    inventory.problems.extend(image.problems.iter().cloned());
    inventory.problems.sort();
    inventory.layers.clone_from(&image.layers);
    inventory.config = Some(image.config.clone());
    ImageMask::new(&image.config).apply(&mut inventory);
    inventory
}

struct View {
    os: Option<Os>,
    packages: Vec<Package>,
    problems: Vec<Problem>,
    notable_files: Vec<NotableFile>,
    leaks: Vec<Leak>,
    accounts: Vec<Account>,
}

/// A file that is there when all layers are mounted.
struct Visible {
    layer: usize,
    facts: FileFacts,
}

impl View {
    fn into_inventory(self, target: TargetInfo) -> Inventory {
        let Self { os, packages, problems, notable_files, leaks, accounts } = self;
        let empty = Inventory::new(target);
        Inventory { os, packages, problems, notable_files, leaks, accounts, ..empty }
    }

    fn of(layers: Vec<Option<LayerFacts>>) -> Self {
        let mut problems = layer_problems(&layers);
        let (mut visible, history, notable_files, leaks) = visible_files(layers);
        history.date_packages(&mut visible);
        problems.extend(visible.iter_mut().flat_map(|file| {
            let layer = u32::try_from(file.layer).ok();
            let problems = std::mem::take(&mut file.facts.harvest.problems).into_iter();
            problems.map(move |problem| Problem { layer, ..problem })
        }));
        problems.sort();
        problems.dedup();
        let mut accounts: Vec<Account> = visible
            .iter_mut()
            .flat_map(|f| std::mem::take(&mut f.facts.harvest.accounts))
            .collect();
        accounts.sort();
        let os = os(&visible);
        Self { os, packages: packages(visible), problems, notable_files, leaks, accounts }
    }
}

fn layer_problems(layers: &[Option<LayerFacts>]) -> Vec<Problem> {
    let numbered = layers.iter().enumerate();
    numbered
        .flat_map(|(index, facts)| {
            let problems = facts.iter().flat_map(|facts| &facts.problems);
            let layer = u32::try_from(index).ok();
            problems.map(move |problem| Problem { layer, ..problem.clone() })
        })
        .collect()
}

/// What the layers above have put over lower ones.
#[derive(Default)]
struct Covers {
    /// For each key the lowest of the layers that have it.
    layers: HashMap<u64, usize>,
}

impl Covers {
    /// Adds those of the next layer, from the top down.
    fn add(&mut self, layer: usize, covers: &[u64]) {
        self.layers.extend(covers.iter().map(|key| (*key, layer)));
    }

    fn hide(&self, path: &str) -> bool {
        self.hiding(path).next().is_some()
    }

    /// The lowest layer that hides the path.
    fn first_to_hide(&self, path: &str) -> Option<usize> {
        self.hiding(path).min()
    }

    fn hiding(&self, path: &str) -> impl Iterator<Item = usize> {
        let directories = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        let above = directories.flat_map(|above| [(Cover::Path, above), (Cover::Contents, above)]);
        let here = [(Cover::Path, path), (Cover::Directory, path), (Cover::Contents, "")];
        let keys = here.into_iter().chain(above).map(|(cover, path)| cover.key(path));
        keys.filter_map(|key| self.layers.get(&key).copied())
    }
}

/// Earlier states of package databases: which layers had which OS packages, by database.
#[derive(Default)]
struct History {
    /// For each path that holds OS packages and is visible: its states below, from the top down.
    states: HashMap<String, Vec<State>>,
}

struct State {
    layer: usize,
    packages: HashSet<(String, String, Option<String>)>,
}

fn identity(package: &Package) -> (String, String, Option<String>) {
    (package.name.clone(), package.version.clone(), package.arch.clone())
}

/// The files that no upper layer hides, and what was below the package databases among them.
fn visible_files(
    layers: Vec<Option<LayerFacts>>,
) -> (Vec<Visible>, History, Vec<NotableFile>, Vec<Leak>) {
    let mut covers = Covers::default();
    let mut notable = NotableView::default();
    let mut history = History::default();
    let mut visible = Vec::new();
    let mut leaks = Vec::new();
    for (layer, facts) in layers.into_iter().enumerate().rev() {
        let Some(facts) = facts else { continue };
        notable.take(layer, facts.notable, &covers);
        leaks.extend(facts.leaks.into_iter().map(|leak| dated(leak, layer, &covers)));
        for file in facts.files {
            let has_os_packages = file.harvest.packages.iter().any(|p| p.kind.is_os());
            if !covers.hide(&file.path) {
                if has_os_packages {
                    history.states.insert(file.path.clone(), Vec::new());
                }
                visible.push(Visible { layer, facts: file });
            } else if let Some(states) = history.states.get_mut(&file.path) {
                let packages = file.harvest.packages.iter().map(identity).collect();
                states.push(State { layer, packages });
            }
        }
        // Nothing lies below the lowest layer.
        if layer > 0 {
            covers.add(layer, &facts.covers);
        }
    }
    leaks.sort();
    (visible, history, notable.finish(), leaks)
}

/// A secret with its layer and the one that deletes or replaces its file.
fn dated(LayerLeak { leak, is_replaced }: LayerLeak, layer: usize, covers: &Covers) -> Leak {
    let removed = if is_replaced { Some(layer) } else { covers.first_to_hide(&leak.path) };
    let number = |layer: usize| u32::try_from(layer).ok();
    Leak { layer: number(layer), removed_by_layer: removed.and_then(number), ..leak }
}

impl History {
    /// Gives every package its layer: that of its file, and for OS packages the lowest one from
    /// which on the database has listed it without interruption. Every change rewrites the whole
    /// database, so the layer of the file says nothing of when a package came.
    fn date_packages(&self, visible: &mut [Visible]) {
        for file in visible {
            let states = self.states.get(&file.facts.path);
            for package in &mut file.facts.harvest.packages {
                let mut layer = file.layer;
                if package.kind.is_os()
                    && let Some(states) = states.filter(|s| !s.is_empty())
                {
                    let key = identity(package);
                    let since = states.iter().take_while(|state| state.packages.contains(&key));
                    layer = since.last().map_or(layer, |state| state.layer);
                }
                package.layer = u32::try_from(layer).ok();
            }
        }
    }
}

fn os(visible: &[Visible]) -> Option<Os> {
    let rank = |path: &str| match path {
        "etc/os-release" => 0,
        "usr/lib/os-release" => 1,
        _ => 2,
    };
    let all = visible.iter().flat_map(|file| &file.facts.harvest.os);
    all.min_by_key(|(path, _)| rank(path)).map(|(_, os)| os.clone())
}

type Named<T> = HashMap<(PackageType, String), Vec<T>>;

/// The packages of the view: joined with what other files say of them, without what an OS package
/// owns, sorted, each once.
fn packages(visible: Vec<Visible>) -> Vec<Package> {
    let mut owned: HashSet<u64> = HashSet::new();
    let mut licenses: Named<String> = HashMap::new();
    let mut files: Named<String> = HashMap::new();
    let mut found: Vec<(u64, Vec<Package>)> = Vec::new();
    for Visible { facts, .. } in visible {
        let harvest = facts.harvest;
        owned.extend(harvest.owned);
        for (kind, name, texts) in harvest.licenses {
            licenses.entry((kind, name)).or_default().extend(texts);
        }
        for (kind, name, paths) in harvest.files {
            files.entry((kind, name)).or_default().extend(paths);
        }
        found.push((path_hash(&facts.path), harvest.packages));
    }
    let mut packages: Vec<Package> = Vec::new();
    for (path, group) in found {
        let is_owned = owned.contains(&path);
        packages.extend(group.into_iter().filter(|package| package.kind.is_os() || !is_owned));
    }
    for package in packages.iter_mut().filter(|package| package.kind.is_os()) {
        if package.licenses.is_empty() {
            package.licenses = named(&licenses, package);
        }
        if package.files.is_empty() {
            package.files = named(&files, package);
        }
    }
    packages.sort();
    packages.dedup_by(|a, b| {
        let same = |a: &Package, b: &Package| {
            a.kind == b.kind && a.version == b.version && a.arch == b.arch && a.path == b.path
        };
        a.name == b.name && same(a, b)
    });
    packages
}

/// What is said of a package by its name, or by `NAME:ARCHITECTURE`; sorted, each once.
fn named(said: &Named<String>, package: &Package) -> Vec<String> {
    if said.is_empty() {
        return Vec::new();
    }
    let mut key = (package.kind, package.name.clone());
    let mut all = said.get(&key).cloned().unwrap_or_default();
    if let Some(arch) = &package.arch {
        key.1 = format!("{}:{arch}", package.name);
        all.extend(said.get(&key).into_iter().flatten().cloned());
    }
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests;
