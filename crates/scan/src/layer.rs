//! From the stored bytes of a layer to what its files say.
//!
//! ```text
//! stored bytes -> read + digest -> inflate -> walk -> analyse       (each arrow a thread)
//! plain local range -----------------------> walk, seeking -> analyse
//! ```
//!
//! Nothing is unpacked to disk, and file content in memory stays within one budget.

mod budget;
mod cache;
mod collect;
mod decompress;
mod facts;
mod leaks;
mod notable;
mod pipe;
mod pool;
mod probe;
mod scan;
mod tar;
#[cfg(test)]
pub(crate) mod testing;
mod window;

pub(crate) use budget::{Budget, Permit};
pub(crate) use cache::Cache;
pub(crate) use collect::{Collector, Workshop};
pub(crate) use facts::{Cover, FileFacts, LayerFacts};
pub(crate) use leaks::LayerLeak;
pub(crate) use pool::Pool;
#[doc(hidden)]
pub use probe::count_entries;
pub(crate) use scan::{is_plain, scan_layer};
pub(crate) use tar::{EntryKind, Walker, normalize};
pub(crate) use window::RangeReader;
