//! Flags that tell what is new from what is known.

use std::path::PathBuf;

use clap::Args as ClapArgs;

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Verdict")]
pub(crate) struct BaselineArgs {
    /// Count only what is new since an earlier scan, whose JSON report this is
    #[arg(long, value_name = "OLD.json", conflicts_with = "packages_only")]
    pub(crate) baseline: Option<PathBuf>,
}
