//! Progress of a job: bars on a terminal, lines with `-v`.

use std::{
    collections::HashMap,
    io::{Write, stderr},
    sync::{Mutex, PoisonError},
    time::Instant,
};

use farguard_scan::progress::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// A bar for each piece of work that is under way; finished ones disappear.
#[derive(Default)]
pub(crate) struct Bars {
    all: MultiProgress,
    running: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    fn with<T>(&self, use_bars: impl FnOnce(&mut HashMap<String, ProgressBar>) -> T) -> T {
        use_bars(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Progress for Bars {
    fn start(&self, id: &str, label: &str, total_bytes: u64) {
        let (bar, template) = if total_bytes > 0 {
            let template = "  {msg:30!} {bar:28} {binary_bytes:>11} of {binary_total_bytes:>11}";
            (ProgressBar::new(total_bytes), template)
        } else {
            (ProgressBar::no_length(), "  {msg:30!} {spinner} {binary_bytes:>11}")
        };
        let bar = self.all.add(bar);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(label.to_owned());
        self.with(|bars| bars.insert(id.to_owned(), bar));
    }

    fn advance(&self, id: &str, bytes: u64) {
        self.with(|bars| bars.get(id).map(|bar| bar.inc(bytes)));
    }

    fn finish(&self, id: &str, _note: &str) {
        if let Some(bar) = self.with(|bars| bars.remove(id)) {
            bar.finish_and_clear();
        }
    }
}

/// One line for each piece of work, when it is finished.
#[derive(Default)]
pub(crate) struct Lines {
    running: Mutex<HashMap<String, (String, Instant)>>,
}

impl Progress for Lines {
    fn start(&self, id: &str, label: &str, _total_bytes: u64) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(id.to_owned(), (label.to_owned(), Instant::now()));
    }

    fn advance(&self, _id: &str, _bytes: u64) {}

    fn finish(&self, id: &str, note: &str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((label, started)) = running.remove(id) {
            let took = started.elapsed().as_millis();
            let _ = writeln!(stderr(), "farguard: {label}: {note} ({took} ms)");
        }
    }
}
