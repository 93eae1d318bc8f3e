//! What the user can type: one definition for help, man pages and completions.

use std::path::PathBuf;

use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use self::{
    capture::CaptureArgs, db::DbArgs, detect::DetectArgs, investigate::InvestigateArgs,
    policy::PolicyCommandArgs, rescan::RescanArgs, rules::RulesArgs, scan::ScanArgs,
};

pub(crate) mod capture;
pub(crate) mod db;
pub(crate) mod detect;
pub(crate) mod investigate;
pub(crate) mod policy;
pub(crate) mod rescan;
pub(crate) mod rules;
pub(crate) mod scan;

/// Secures containers on AWS Fargate, from the image to the account.
#[derive(Debug, Parser)]
#[command(name = "farguard", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  farguard db update                     fetch what is known to be vulnerable
  farguard scan nginx:1.27               scan an image in a registry
  farguard scan .                        scan the lock files of a source directory
  farguard scan app.tar --fail-on high   exit with 1 on anything high or critical

Exit codes: 0 nothing at or above the threshold, 1 findings, 2 could not run.";

/// Flags of every command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Global {
    /// Print the result only: no progress, no notes
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Say what is being done, a line for each piece of work
    #[arg(long, short, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,

    /// When to use colour; `auto` also obeys NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find the packages of an image and what is known to be wrong with them
    Scan(Box<ScanArgs>),

    /// Hold all images of a store against the advisories of today
    Rescan(Box<RescanArgs>),

    /// Hold rules of the Falco language against CloudTrail
    Detect(Box<DetectArgs>),

    /// Check, explain and show policies: what stops a target, and why
    Policy(PolicyCommandArgs),

    /// Tell what one actor did in CloudTrail: as whom, from where, what it touched, what failed
    Investigate(Box<InvestigateArgs>),

    /// Check, list, explain and test detection rules in the Falco language
    Rules(RulesArgs),

    /// List and cut captures of system calls
    Capture(CaptureArgs),

    /// Fetch, build and inspect the database of advisories
    Db(DbArgs),

    /// Print the completion script for a shell
    #[command(
        after_help = "Example:\n  farguard completions bash > ~/.local/share/bash-completion/completions/farguard"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },

    /// Write the man pages
    #[command(after_help = "Example:\n  farguard man ~/.local/share/man/man1 && man farguard-scan")]
    Man {
        /// Directory to write `farguard.1` and the pages of the subcommands to
        directory: PathBuf,
    },
}

#[cfg(test)]
mod tests;
