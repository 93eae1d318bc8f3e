//! What a target contains, as the process inside would see it: all layers merged.

mod merge;
mod take;

use farguard_model::{LayerInfo, Os, Package, Problem, TargetInfo};

pub use take::{Options, take};

/// The facts of one target. Matching turns them into findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// What was read.
    pub target: TargetInfo,
    /// The distribution inside, if there is one.
    pub os: Option<Os>,
    /// Layers, lowest first; empty for targets without layers.
    pub layers: Vec<LayerInfo>,
    /// Packages, sorted and without duplicates. A package that an OS package owns is not listed
    /// a second time.
    pub packages: Vec<Package>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}
