//! What a target contains, as the process inside would see it: all layers merged.

mod merge;
mod take;

use farguard_model::{LayerInfo, Os, Package, Problem, Signature, TargetInfo};

use crate::{
    analyzers::Account, build_files::BuildFile, checks::NotableFile, secrets::Leak,
    source::config::RunConfig,
};

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
    /// How containers run and how the image was built; `None` for what is no image.
    pub config: Option<RunConfig>,
    /// Secrets in files of all layers, also in files that an upper layer deletes; sorted.
    pub leaks: Vec<Leak>,
    /// Files that checks of images ask for, as a container sees them; sorted.
    pub notable_files: Vec<NotableFile>,
    /// Dockerfiles and Containerfiles of source code, in the order of their paths.
    pub build_files: Vec<BuildFile>,
    /// Accounts of `etc/passwd` and `etc/shadow`, sorted.
    pub accounts: Vec<Account>,
    /// Signatures attached to the image; `None` when nobody looked.
    pub signatures: Option<Vec<Signature>>,
}

impl Inventory {
    /// The inventory of a target in which nothing was found.
    #[must_use]
    pub fn new(target: TargetInfo) -> Self {
        Self {
            target,
            os: None,
            layers: Vec::new(),
            packages: Vec::new(),
            problems: Vec::new(),
            config: None,
            leaks: Vec::new(),
            notable_files: Vec::new(),
            build_files: Vec::new(),
            accounts: Vec::new(),
            signatures: None,
        }
    }
}
