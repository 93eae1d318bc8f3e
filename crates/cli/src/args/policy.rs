//! The flags of `farguard policy`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::ScanArgs;

/// Flags of `farguard policy`.
#[derive(Debug, ClapArgs)]
#[command(arg_required_else_help = true)]
pub(crate) struct PolicyCommandArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Find the mistakes in policies: exit code 1 when there are errors, 2 when a file cannot be
    /// read
    #[command(after_help = "Example:\n  farguard policy check policies/*.yaml")]
    Check(CheckArgs),
    /// Scan, and show for every finding which rule decides and which rules do not match
    ///
    /// Takes the flags of `farguard scan`. The exit code is that of the scan.
    #[command(
        after_help = "Example:\n  farguard policy explain shop:1.4 --policy my-policy.yaml",
        arg_required_else_help = true
    )]
    Explain(Box<ScanArgs>),
    /// List the policies that are built in
    List,
    /// Print a policy that is built in
    #[command(after_help = "Example:\n  farguard policy show standard > my-policy.yaml")]
    Show {
        /// Its name: permissive, standard, strict
        name: String,
    },
}

/// Flags of `farguard policy check`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// Files to check, or names of built-in policies
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Format of the answer
    #[arg(long, short, value_enum, default_value_t = CheckFormat::Text)]
    pub(crate) format: CheckFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people, with the lines in question
    Text,
    /// For programs
    Json,
}
