//! How a long job tells the person in front how far it is.

/// Receives the progress of a job; called from several threads.
///
/// The command line draws bars with it; libraries and tests use [`Silent`].
pub trait Progress: Sync {
    /// A unit of work (a layer, a download) has begun. `total_bytes` is 0 when unknown.
    fn start(&self, id: &str, label: &str, total_bytes: u64);
    /// So many more bytes of it are done.
    fn advance(&self, id: &str, bytes: u64);
    /// It is finished; `note` says how (`cached`, `412 packages`).
    fn finish(&self, id: &str, note: &str);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _id: &str, _label: &str, _total_bytes: u64) {}
    fn advance(&self, _id: &str, _bytes: u64) {}
    fn finish(&self, _id: &str, _note: &str) {}
}
