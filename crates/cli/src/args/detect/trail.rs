//! What is read of CloudTrail, and how.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args as ClapArgs;
use farguard_trail::layout::Selection;
use jiff::Timestamp;

use crate::args::rescan::since;

/// Which records are wanted.
#[derive(Debug, ClapArgs)]
pub(crate) struct SelectionArgs {
    /// Events from this time on only: 2026-11-01, 2026-11-01T12:00:00Z, 7d, 12h
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(crate) since: Option<Timestamp>,

    /// Events before this time only
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(crate) until: Option<Timestamp>,

    /// Events of this account only; repeatable
    #[arg(long, value_name = "ID", value_parser = account)]
    pub(crate) account: Vec<String>,

    /// Events of this region only; repeatable
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Vec<String>,
}

/// Flags for CloudTrail.
#[derive(Debug, ClapArgs)]
pub(crate) struct TrailArgs {
    #[command(flatten)]
    pub(crate) select: SelectionArgs,

    /// How many files are read at once [default: the number of cores, at least 8 for AWS]
    #[arg(long, value_name = "N")]
    pub(crate) workers: Option<NonZeroUsize>,

    /// Remember in a file how far this job came, and go on from there
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,

    /// End when the queue is empty, instead of waiting for more
    #[arg(long, visible_alias = "drain")]
    pub(crate) once: bool,

    /// Write messages of the queue that cannot be processed to a directory, and delete them
    #[arg(long, value_name = "DIR")]
    pub(crate) poison: Option<PathBuf>,

    /// How often a message is tried before it is set aside
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_receives: u32,

    /// For how many seconds a message is hidden from other workers; extended while it is worked on
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(10..=43_200))]
    pub(crate) visibility: u32,

    /// Also verify that the files are all there and as CloudTrail delivered them
    #[arg(long)]
    pub(crate) verify_digests: bool,

    /// Verify files, and hold no rules against them
    #[arg(long)]
    pub(crate) verify_only: bool,

    /// The public keys of CloudTrail, as `aws cloudtrail list-public-keys` prints them [default: ask
    /// CloudTrail]
    #[arg(long, value_name = "FILE")]
    pub(crate) public_keys: Option<PathBuf>,
}

impl SelectionArgs {
    /// As files are selected.
    pub(crate) fn selection(&self) -> Selection {
        Selection {
            accounts: self.account.clone(),
            regions: self.region.clone(),
            since: self.since,
            until: self.until,
        }
    }
}

fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    is_account.then(|| text.to_owned()).ok_or_else(|| "write twelve digits".to_owned())
}
