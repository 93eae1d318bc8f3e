//! Which analyzers want a file, decided by its path with a few hash look-ups.

use std::collections::HashMap;

use super::{ANALYZERS, Analyzer, Scope, Want};

type Analyzers = Vec<&'static dyn Analyzer>;

/// An index over the [`Want`]s of all analyzers of one [`Scope`].
///
/// An image has 100,000 files and more, and nearly all of them interest nobody: asking costs five
/// hash look-ups, whatever the number of analyzers.
#[derive(Default)]
pub struct Selector {
    paths: HashMap<&'static str, Analyzers>,
    directories: HashMap<&'static str, Analyzers>,
    names: HashMap<&'static str, Analyzers>,
    /// A handful, so comparing is cheaper than hashing.
    endings: Vec<(&'static str, &'static dyn Analyzer)>,
    names_in: HashMap<&'static str, Vec<(&'static str, &'static dyn Analyzer)>>,
    executables: Analyzers,
}

impl std::fmt::Debug for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Selector").finish_non_exhaustive()
    }
}

impl Selector {
    /// Indexes the analyzers of `scope`.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        let mut selector = Self::default();
        for &analyzer in ANALYZERS.iter().filter(|a| a.scope() == scope) {
            for &want in analyzer.wants() {
                selector.add(analyzer, want);
            }
        }
        selector
    }

    fn add(&mut self, analyzer: &'static dyn Analyzer, want: Want) {
        match want {
            Want::Path(path) => self.paths.entry(path).or_default().push(analyzer),
            Want::In(directory) => self.directories.entry(directory).or_default().push(analyzer),
            Want::Name(name) => self.names.entry(name).or_default().push(analyzer),
            Want::Ending(ending) => self.endings.push((ending, analyzer)),
            Want::NameIn { name, directory_ending } => {
                self.names_in.entry(name).or_default().push((directory_ending, analyzer));
            }
            Want::Executable => self.executables.push(analyzer),
        }
    }

    /// The analyzers that want the regular file at `path` with permission bits `mode`, each once.
    #[must_use]
    pub fn select(&self, path: &str, mode: u32) -> Vec<&'static dyn Analyzer> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut found: Analyzers = Vec::new();
        let tables = [self.paths.get(path), self.directories.get(directory), self.names.get(name)];
        for analyzer in tables.into_iter().flatten().flatten() {
            push_once(&mut found, *analyzer);
        }
        for (ending, analyzer) in self.names_in.get(name).into_iter().flatten() {
            if directory.ends_with(ending) {
                push_once(&mut found, *analyzer);
            }
        }
        for (ending, analyzer) in &self.endings {
            if ends_with_ignoring_case(name, ending) {
                push_once(&mut found, *analyzer);
            }
        }
        if found.is_empty() && mode & 0o111 != 0 {
            found.clone_from(&self.executables);
        }
        found
    }
}

fn ends_with_ignoring_case(name: &str, ending: &str) -> bool {
    let start = name.len().checked_sub(ending.len());
    let tail = start.and_then(|start| name.as_bytes().get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
}

fn push_once(found: &mut Analyzers, analyzer: &'static dyn Analyzer) {
    if !found.iter().any(|known| known.name() == analyzer.name()) {
        found.push(analyzer);
    }
}
