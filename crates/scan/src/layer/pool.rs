//! Analysis of files that are in memory, beside the walks.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, SyncSender, sync_channel},
    },
    thread::Scope,
};

use farguard_model::Problem;

use crate::{
    analyzers::{AnalyzeError, Analyzer, FileView, Harvest},
    secrets::{Detector, Scanned},
};

use super::{budget::Permit, facts::FileFacts};

/// Files that wait; their content is bounded by the budget.
const QUEUE: usize = 64;

pub(super) type Analyzers = Vec<&'static dyn Analyzer>;

/// One file to analyse.
pub(crate) struct Job<'env> {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) analyzers: Analyzers,
    /// Looks for secrets in it, if they are wanted.
    pub(super) secrets: Option<&'static Detector>,
    /// The number of the entry in its layer.
    pub(super) order: u64,
    pub(super) reply: Sender<Reply>,
    /// Whether lists of installed files are kept.
    pub(super) with_files: bool,
    /// Held until the content is gone.
    pub(super) permit: Permit<'env>,
}

/// What a file says, with the number of its entry.
pub(super) struct Reply {
    pub(super) order: u64,
    pub(super) facts: FileFacts,
    pub(super) scanned: Scanned,
}

impl Reply {
    pub(super) fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.scanned == Scanned::default()
    }

    /// Forgets the lists of installed files, unless somebody asks for them.
    pub(super) fn keeping(mut self, with_files: bool) -> Self {
        if !with_files {
            self.facts = self.facts.without_file_lists();
        }
        self
    }
}

impl Job<'_> {
    fn run(self) {
        let mut body = self.bytes.as_slice();
        let view = FileView::held(&self.path, &self.bytes, &mut body);
        let facts = analyze_all(&self.analyzers, view);
        let scanned = self.secrets.map(|detector| detector.scan(&self.path, &self.bytes));
        drop(self.bytes);
        drop(self.permit);
        let reply = Reply { order: self.order, facts, scanned: scanned.unwrap_or_default() };
        if !reply.is_empty() {
            // Nobody listens any more only when the layer has failed.
            let _ = self.reply.send(reply.keeping(self.with_files));
        }
    }
}

/// Runs the analyzers of one file; their errors become problems of it.
pub(super) fn analyze_all(analyzers: &Analyzers, mut view: FileView<'_>) -> FileFacts {
    let mut facts = FileFacts { path: view.path().to_owned(), harvest: Harvest::default() };
    for analyzer in analyzers {
        if view.is_spent() {
            let text = format!("too large to be read a second time, for `{}`", analyzer.name());
            let error = AnalyzeError::new("oversized-file", text);
            facts.harvest.problems.push(problem(&error, &facts.path));
            continue;
        }
        if let Err(error) = analyze(*analyzer, &mut view, &mut facts.harvest) {
            facts.harvest.problems.push(problem(&error, &facts.path));
        }
    }
    facts
}

/// Runs one analyzer. A defect in it costs one file, not the scan.
fn analyze(
    analyzer: &dyn Analyzer,
    view: &mut FileView<'_>,
    harvest: &mut Harvest,
) -> Result<(), AnalyzeError> {
    let run = AssertUnwindSafe(|| analyzer.analyze(view, harvest));
    catch_unwind(run).unwrap_or_else(|_| {
        let message = format!("the analyzer `{}` failed on this file", analyzer.name());
        Err(AnalyzeError::new("analyzer-failure", message))
    })
}

pub(super) fn problem(error: &AnalyzeError, path: &str) -> Problem {
    Problem::new(error.code, &error.message).at(path)
}

/// Hands jobs to a few threads.
#[derive(Clone)]
pub(crate) struct Pool<'env> {
    jobs: SyncSender<Job<'env>>,
}

impl<'env> Pool<'env> {
    /// Starts `threads` threads, which end when the last copy of the pool is dropped.
    pub(crate) fn start<'scope>(scope: &'scope Scope<'scope, 'env>, threads: usize) -> Self
    where
        'env: 'scope,
    {
        let (jobs, receiver) = sync_channel(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads {
            let receiver = Arc::clone(&receiver);
            scope.spawn(move || {
                while let Some(job) = next(&receiver) {
                    job.run();
                }
            });
        }
        Self { jobs }
    }

    pub(super) fn submit(&self, job: Job<'env>) {
        // INVARIANT: the threads live as long as the pool; if they were gone, we do it ourselves.
        if let Err(rejected) = self.jobs.send(job) {
            rejected.0.run();
        }
    }
}

fn next<'env>(receiver: &Mutex<Receiver<Job<'env>>>) -> Option<Job<'env>> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}
