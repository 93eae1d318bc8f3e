//! Takes the entries of one layer or directory and gathers what they say.

mod text;

use std::{
    collections::HashMap,
    sync::mpsc::{Receiver, Sender, channel},
};

use farguard_model::Problem;

use crate::{
    analyzers::{
        AnalyzeError, FileView, ForwardRead, MAX_WHOLE_FILE_BYTES, NEEDS_WHOLE_FILE, Selector,
        read_whole,
    },
    secrets::{Detector, Scanned, mask},
};

use super::{
    budget::Budget,
    facts::{Cover, FileFacts, LayerFacts, Marker},
    leaks::Leaks,
    notable::NotableFiles,
    pool::{Analyzers, Job, Pool, Reply, analyze_all, problem},
    tar::{Entry, EntryKind, normalize},
};

/// Files from this size on are analysed beside the walk.
const BESIDE_BYTES: u64 = 32 << 10;
/// The order of facts that no later entry can replace.
const ANY_ORDER: u64 = u64::MAX;
/// Problems of one layer that are listed one by one.
const MAX_PROBLEMS: usize = 10_000;
/// Packages of one layer; the largest images have a tenth of it.
const MAX_PACKAGES: usize = 200_000;
/// How far a chain of hard links is followed.
const MAX_LINKS: usize = 16;

/// What every walk of a scan shares.
#[derive(Clone)]
pub(crate) struct Workshop<'env> {
    pub(crate) selector: &'env Selector,
    pub(crate) budget: &'env Budget,
    pub(crate) pool: Pool<'env>,
    /// Whether lists of installed files are kept.
    pub(crate) with_files: bool,
    /// Looks for secrets, if they are wanted.
    pub(crate) secrets: Option<&'static Detector>,
}

/// Gathers what the entries of one layer say.
pub(crate) struct Collector<'a, 'env> {
    workshop: &'a Workshop<'env>,
    covers: Vec<u64>,
    notable: NotableFiles,
    problems: Vec<Problem>,
    outside: u64,
    /// What was analysed, by key of the path.
    analyzed: HashMap<u64, Analyzed>,
    /// Every hard link: keys of its path and its target.
    hard_links: HashMap<u64, u64>,
    wanted_links: Vec<WantedLink>,
    /// Visits of the second walk, by key of the path.
    revisits: HashMap<u64, Vec<Visit>>,
    reply: Sender<Reply>,
    replies: Receiver<Reply>,
    /// The replies that have been taken, and how many packages are in them.
    taken: Vec<Reply>,
    packages: usize,
    leaks: Leaks,
    /// Files that were not analysed any more, for [`MAX_PACKAGES`].
    left_out: usize,
}

/// A path that was analysed.
struct Analyzed {
    /// By whom.
    signature: u64,
    /// The number of the last entry of that path: only that one counts.
    order: u64,
}

struct WantedLink {
    path: String,
    target: u64,
    analyzers: Analyzers,
}

/// One file to analyse under `path` when the second walk comes to its content.
struct Visit {
    path: String,
    analyzers: Analyzers,
}

impl<'a, 'env> Collector<'a, 'env> {
    pub(crate) fn new(workshop: &'a Workshop<'env>) -> Self {
        let (reply, replies) = channel();
        Self {
            workshop,
            covers: Vec::new(),
            notable: NotableFiles::default(),
            problems: Vec::new(),
            outside: 0,
            analyzed: HashMap::new(),
            hard_links: HashMap::new(),
            wanted_links: Vec::new(),
            revisits: HashMap::new(),
            reply,
            replies,
            taken: Vec::new(),
            packages: 0,
            leaks: Leaks::default(),
            left_out: 0,
        }
    }

    /// Entries seen so far.
    pub(crate) fn len(&self) -> usize {
        self.covers.len()
    }

    /// Takes one entry of an archive.
    pub(crate) fn entry<R: ForwardRead>(&mut self, mut entry: Entry<'_, R>) {
        let Some(path) = entry.path else {
            self.outside += 1;
            return;
        };
        if path.is_empty() {
            return;
        }
        if path.contains(".wh.") && self.marker(path) {
            return;
        }
        match entry.kind {
            EntryKind::Directory => self.directory(path, entry.mode),
            EntryKind::File => {
                self.file(path, entry.size, entry.mode, &mut entry.body);
                self.note(path, entry.mode, entry.size);
            }
            EntryKind::HardLink => self.hard_link(path, entry.link, entry.mode),
            EntryKind::Symlink | EntryKind::Other => {
                self.cover(path);
            }
        }
    }

    /// Notes that something other than a directory is at `path` now. Gives the key of the path.
    fn cover(&mut self, path: &str) -> u64 {
        let key = Cover::Path.key(path);
        self.covers.push(key);
        self.notable.forget(key);
        if let Some(before) = self.analyzed.get_mut(&key) {
            before.order = self.covers.len() as u64;
        }
        key
    }

    fn directory(&mut self, path: &str, mode: u32) {
        self.covers.push(Cover::Directory.key(path));
        self.note_directory(path, mode);
    }

    /// Notes a directory for the checks of images.
    pub(crate) fn note_directory(&mut self, path: &str, mode: u32) {
        let key = Cover::Path.key(path);
        self.notable.forget(key);
        self.notable.take(key, path, mode, None);
    }

    /// Notes a regular file for the checks of images; after [`file`](Self::file).
    pub(crate) fn note(&mut self, path: &str, mode: u32, size: u64) {
        self.notable.take(Cover::Path.key(path), path, mode, Some(size));
    }

    fn marker(&mut self, path: &str) -> bool {
        match Marker::of(path) {
            Some(Marker::Removes(path)) => self.covers.push(Cover::Path.key(&path)),
            Some(Marker::Opaque(path)) => self.covers.push(Cover::Contents.key(&path)),
            Some(Marker::Ignored) => {}
            None => return false,
        }
        true
    }

    fn hard_link(&mut self, path: &str, target: &str, mode: u32) {
        let mut normal = String::new();
        if !normalize(target.as_bytes(), &mut normal) {
            self.outside += 1;
            return;
        }
        let key = self.cover(path);
        let target = Cover::Path.key(&normal);
        self.hard_links.insert(key, target);
        self.notable.take_link(key, path, mode, target);
        let analyzers = self.workshop.selector.select(path, mode);
        if !analyzers.is_empty() {
            self.wanted_links.push(WantedLink { path: path.to_owned(), target, analyzers });
        }
    }

    /// Whether anybody wants the content of the file.
    pub(crate) fn wants(&self, path: &str, mode: u32) -> bool {
        self.workshop.secrets.is_some_and(|detector| detector.wants(path))
            || !self.workshop.selector.select(path, mode).is_empty()
    }

    /// Takes one regular file.
    pub(crate) fn file(&mut self, path: &str, size: u64, mode: u32, body: &mut dyn ForwardRead) {
        let key = self.cover(path);
        let mut analyzers = self.workshop.selector.select(path, mode);
        self.take_replies();
        if self.packages > MAX_PACKAGES && !analyzers.is_empty() {
            self.left_out += 1;
            analyzers.clear();
        }
        if !analyzers.is_empty() {
            let order = self.covers.len() as u64;
            self.analyzed.insert(key, Analyzed { signature: signature(&analyzers), order });
        }
        match self.workshop.secrets.filter(|detector| size > 0 && detector.wants(path)) {
            Some(detector) => self.look_into(detector, path, size, analyzers, body),
            None => self.analyze(path, size, analyzers, body),
        }
    }

    /// Has a file analysed, by nobody or more.
    fn analyze(&mut self, path: &str, size: u64, analyzers: Analyzers, body: &mut dyn ForwardRead) {
        if analyzers.is_empty() {
            return;
        }
        let only_looks = analyzers.iter().all(|analyzer| analyzer.skips());
        let must_hold = analyzers.len() > 1 || (size >= BESIDE_BYTES && !only_looks);
        if must_hold && size <= MAX_WHOLE_FILE_BYTES {
            self.hold(path, size, analyzers, None, body);
        } else {
            self.look(path, size, &analyzers, body);
        }
    }

    fn take_replies(&mut self) {
        for reply in self.replies.try_iter() {
            self.packages = self.packages.saturating_add(reply.facts.harvest.packages.len());
            self.taken.push(reply);
        }
    }

    /// Reads a file into memory and has it analysed beside the walk.
    fn hold(
        &mut self,
        path: &str,
        size: u64,
        analyzers: Analyzers,
        secrets: Option<&'static Detector>,
        body: &mut dyn ForwardRead,
    ) {
        let permit = self.workshop.budget.acquire(size);
        match read_whole(body, size) {
            Ok(bytes) => self.workshop.pool.submit(Job {
                path: path.to_owned(),
                bytes,
                analyzers,
                secrets,
                order: self.covers.len() as u64,
                reply: self.reply.clone(),
                with_files: self.workshop.with_files,
                permit,
            }),
            Err(error) => self.problems.push(problem(&error.into(), path)),
        }
    }

    /// Analyses a file while it streams by.
    fn look(&mut self, path: &str, size: u64, analyzers: &Analyzers, body: &mut dyn ForwardRead) {
        let view = FileView::new(path, size, body).within(self.workshop.budget);
        let mut facts = analyze_all(analyzers, view);
        let asks = |problem: &Problem| problem.code == NEEDS_WHOLE_FILE;
        if facts.harvest.problems.iter().any(asks) {
            facts = FileFacts::default();
            let visit = Visit { path: path.to_owned(), analyzers: analyzers.clone() };
            self.revisits.entry(Cover::Path.key(path)).or_default().push(visit);
        }
        self.send_facts(self.covers.len() as u64, facts);
    }

    /// Whether a second walk is needed. Asked once, after the first one.
    pub(crate) fn needs_second_walk(&mut self) -> bool {
        for at in 0..self.wanted_links.len() {
            let Some(link) = self.wanted_links.get(at) else { break };
            let target = self.resolve(link.target);
            let wanted = signature(&link.analyzers);
            let known = self.analyzed.get(&target).is_some_and(|by| by.signature == wanted);
            let visit = Visit { path: link.path.clone(), analyzers: link.analyzers.clone() };
            if let Some(link) = self.wanted_links.get_mut(at) {
                link.target = target;
            }
            if !known {
                self.revisits.entry(target).or_default().push(visit);
            }
        }
        !self.revisits.is_empty()
    }

    fn resolve(&self, mut target: u64) -> u64 {
        for _ in 0..MAX_LINKS {
            // A name that is a file now is what the link means, whatever it was before.
            match self.hard_links.get(&target) {
                Some(next) if !self.analyzed.contains_key(&target) => target = *next,
                _ => break,
            }
        }
        target
    }

    /// Takes one entry of the second walk.
    pub(crate) fn entry_again<R: ForwardRead>(&mut self, mut entry: Entry<'_, R>) {
        if let Some(path) = entry.path.filter(|_| entry.kind == EntryKind::File) {
            self.file_again(path, entry.size, &mut entry.body);
        }
    }

    /// Whether a file that was just taken has to be read from its start again.
    pub(crate) fn wants_again(&self, path: &str) -> bool {
        self.revisits.contains_key(&Cover::Path.key(path))
    }

    /// Takes a file a second time.
    pub(crate) fn file_again(&mut self, path: &str, size: u64, body: &mut dyn ForwardRead) {
        let Some(visits) = self.revisits.remove(&Cover::Path.key(path)) else { return };
        if let Err(error) = self.revisit(&visits, size, body) {
            let problems = visits.iter().map(|visit| problem(&error, &visit.path));
            self.problems.extend(problems);
        }
    }

    fn revisit(
        &self,
        visits: &[Visit],
        size: u64,
        body: &mut dyn ForwardRead,
    ) -> Result<(), AnalyzeError> {
        if size > MAX_WHOLE_FILE_BYTES {
            let [visit] = visits else {
                let text = "too large to be analysed under each of its names";
                return Err(AnalyzeError::new("oversized-file", text));
            };
            let view = FileView::new(&visit.path, size, body).again();
            self.send_facts(ANY_ORDER, analyze_all(&visit.analyzers, view));
            return Ok(());
        }
        let _permit = self.workshop.budget.acquire(size);
        let bytes = read_whole(body, size)?;
        for visit in visits {
            let mut body = bytes.as_slice();
            let view = FileView::held(&visit.path, &bytes, &mut body).again();
            self.send_facts(ANY_ORDER, analyze_all(&visit.analyzers, view));
        }
        Ok(())
    }

    fn send_facts(&self, order: u64, facts: FileFacts) {
        self.send(Reply { order, facts, scanned: Scanned::default() });
    }

    fn send(&self, reply: Reply) {
        if !reply.is_empty() {
            // INVARIANT: the receiver is ours, so sending cannot fail.
            let _ = self.reply.send(reply.keeping(self.workshop.with_files));
        }
    }

    /// Notes what could not be read.
    pub(crate) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Waits for what is analysed beside the walk and gives everything, sorted.
    pub(crate) fn finish(mut self) -> LayerFacts {
        drop(self.reply);
        let mut files: HashMap<u64, FileFacts> = HashMap::new();
        let mut listed = self.problems.len();
        self.problems.truncate(MAX_PROBLEMS);
        for Reply { order, mut facts, scanned } in self.taken.into_iter().chain(self.replies) {
            self.leaks.take(order, scanned);
            if facts.is_empty() {
                continue;
            }
            let key = Cover::Path.key(&facts.path);
            let last = self.analyzed.get(&key).map_or(order, |analyzed| analyzed.order);
            if order != last && order != ANY_ORDER {
                continue;
            }
            listed = listed.saturating_add(facts.harvest.problems.len());
            if listed > MAX_PROBLEMS {
                facts.harvest.problems.clear();
            }
            for problem in &mut facts.harvest.problems {
                problem.path.get_or_insert_with(|| facts.path.clone());
            }
            files.insert(key, facts);
        }
        for link in &self.wanted_links {
            if let Some(facts) = files.get(&link.target) {
                let renamed = facts.renamed(&link.path);
                files.entry(Cover::Path.key(&link.path)).or_insert(renamed);
            }
        }
        for visit in std::mem::take(&mut self.revisits).into_values().flatten() {
            let text = "its content is not in this layer: a hard link that leads nowhere";
            self.problems.push(Problem::new("missing-link-target", text).at(visit.path));
        }
        if self.outside > 0 {
            let text = format!("{} paths lead out of the root and were left out", self.outside);
            self.problems.push(Problem::new("path-outside-root", text));
        }
        if self.left_out > 0 {
            let text = format!(
                "more than {MAX_PACKAGES} packages; {} files that may name more were not read",
                self.left_out
            );
            self.problems.push(Problem::new("too-many-packages", text));
        }
        if listed > MAX_PROBLEMS {
            let text = format!("{listed} problems, of which only {MAX_PROBLEMS} are listed");
            self.problems.push(Problem::new("too-many-problems", text));
        }
        let (leaks, left_out) = self.leaks.finish(&self.covers);
        self.problems.extend(left_out);
        let (notable, left_out) = self.notable.finish();
        self.problems.extend(left_out);
        let mut files: Vec<FileFacts> = files.into_values().collect();
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.covers.sort_unstable();
        self.covers.dedup();
        // Messages quote what they stumbled over.
        let said = files.iter_mut().flat_map(|file| &mut file.harvest.problems);
        for problem in said.chain(&mut self.problems) {
            problem.message = mask(&problem.message);
        }
        self.problems.sort();
        LayerFacts { files, covers: self.covers, notable, leaks, problems: self.problems }
    }
}

/// Tells sets of analyzers apart.
fn signature(analyzers: &Analyzers) -> u64 {
    let names: Vec<&str> = analyzers.iter().map(|analyzer| analyzer.name()).collect();
    Cover::Path.key(&names.join(","))
}
