//! The flags of `farguard capture`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

/// Flags of `farguard capture`.
#[derive(Debug, ClapArgs)]
#[command(arg_required_else_help = true)]
pub(crate) struct CaptureArgs {
    #[command(subcommand)]
    pub(crate) command: CaptureCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CaptureCommand {
    /// List the events of a capture
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowArgs),
    /// Cut a capture: keep the events that match, and what later ones need to be understood
    #[command(after_help = FILTER_EXAMPLES)]
    Filter(FilterArgs),
}

const SHOW_EXAMPLES: &str = "\
Examples:
  farguard capture show app.scap
  farguard capture show app.scap --filter 'evt.type = execve and container.id != host'
  farguard capture show app.scap --print '%evt.time %proc.cmdline %fd.name' -c 20";

const FILTER_EXAMPLES: &str = "\
Example:
  farguard capture filter app.scap 'proc.name = nginx and fd.type = ipv4' -w nginx.scap";

/// Flags of `farguard capture show`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ShowArgs {
    /// The capture; `-` is standard input
    pub(crate) file: PathBuf,

    /// Show only events that this condition of the Falco language matches
    #[arg(long, short = 'F', value_name = "CONDITION")]
    pub(crate) filter: Option<String>,

    /// Stop after so many events
    #[arg(long, short, value_name = "EVENTS")]
    pub(crate) count: Option<u64>,

    /// What to print of each event
    #[arg(long, short, value_name = "FORMAT", default_value = DEFAULT_PRINT)]
    pub(crate) print: String,

    /// Form of the list
    #[arg(long, short, value_enum, default_value_t = ShowFormat::Text)]
    pub(crate) format: ShowFormat,
}

/// What sysdig prints.
pub(crate) const DEFAULT_PRINT: &str =
    "%evt.num %evt.time %evt.cpu %proc.name (%thread.tid) %evt.dir %evt.type %evt.args";

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ShowFormat {
    /// A line for each event, as the format says
    Text,
    /// A JSON object for each event, with the fields of the format
    Json,
}

/// Flags of `farguard capture filter`.
#[derive(Debug, ClapArgs)]
pub(crate) struct FilterArgs {
    /// The capture; `-` is standard input
    pub(crate) file: PathBuf,

    /// Condition of the Falco language that events have to match
    pub(crate) condition: String,

    /// Where to write the capture, compressed if the name ends with `.gz`; `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) write: PathBuf,
}
