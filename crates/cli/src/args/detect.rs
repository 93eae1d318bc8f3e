//! The flags of `farguard detect`.

mod aws;
mod rules;
mod trail;

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

pub(crate) use self::{aws::AwsArgs, rules::RuleArgs, trail::SelectionArgs, trail::TrailArgs};

/// Flags of `farguard detect`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct DetectArgs {
    /// CloudTrail to read: a file, a directory, `-`, s3://BUCKET/PREFIX or sqs://QUEUE; repeatable
    #[arg(long, value_name = "SOURCE", required_unless_present = "capture")]
    pub(crate) trail: Vec<String>,

    /// A recording of system calls (.scap, also in gzip; `-` for standard input) to read instead
    #[arg(long, value_name = "FILE", conflicts_with = "trail")]
    pub(crate) capture: Option<PathBuf>,

    #[command(flatten, next_help_heading = "Rules")]
    pub(crate) rules: RuleArgs,
    #[command(flatten, next_help_heading = "Alerts")]
    pub(crate) alerts: AlertArgs,
    #[command(flatten, next_help_heading = "CloudTrail")]
    pub(crate) trail_args: TrailArgs,
    #[command(flatten, next_help_heading = "AWS")]
    pub(crate) aws: AwsArgs,
}

const EXAMPLES: &str = "\
Examples:
  farguard detect --trail events.json.gz
  farguard detect --trail s3://my-logs/AWSLogs/ --since 7d --region eu-west-1 --format json
  farguard detect --trail sqs://cloudtrail-files --checkpoint /var/lib/farguard/detect.json
  farguard detect --trail s3://my-logs --since 2026-11-01 --verify-only
  farguard detect --capture recording.scap -r falco_rules.yaml

Exit codes: 0 no alerts; 1 alerts; 2 could not run, or part of the input could not be read and
there are no alerts.";

/// How alerts are written.
#[derive(Debug, ClapArgs)]
pub(crate) struct AlertArgs {
    /// Format of alerts
    #[arg(long, short, value_enum, default_value_t = AlertFormat::Text)]
    pub(crate) format: AlertFormat,

    /// Append alerts to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Set an option by the name it has in falco.yaml, such as json_output=true; repeatable
    #[arg(short = 'o', long = "option", value_name = "KEY=VALUE")]
    pub(crate) options: Vec<String>,

    /// Print what was read, and how often each rule fired, to standard error
    #[arg(long)]
    pub(crate) stats: bool,
}

/// Formats of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AlertFormat {
    /// A line for people, as Falco prints it
    Text,
    /// A JSON object a line, with Falco's keys
    Json,
}
