//! `farguard policy explain`: which rule decides, and which do not match.

use anyhow::{Result, ensure};

use crate::{args::ScanArgs, cmd::scan, exit::Exit, terminal::Terminal};

/// Scans, and explains the decisions in place of reporting the findings.
pub(super) fn run(args: &ScanArgs, terminal: &Terminal) -> Result<Exit> {
    ensure!(!args.policy.policy.is_empty(), "name what to explain with `--policy`");
    let scanned = scan::scan(args, terminal)?;
    Ok(scanned.exit(args, terminal))
}
