//! The flags of `farguard investigate`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::detect::{AwsArgs, RuleArgs, SelectionArgs};

/// Flags of `farguard investigate`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct InvestigateArgs {
    /// Who: an ARN or name of a user, role or session, an access key, a task (ARN or id), an address
    #[arg(value_name = "ACTOR")]
    pub(crate) actor: String,

    /// CloudTrail to read: a file, a directory, `-` or s3://BUCKET/PREFIX; repeatable
    #[arg(long, value_name = "SOURCE", required = true)]
    pub(crate) trail: Vec<String>,

    /// Format of the timeline
    #[arg(long, short, value_enum, default_value_t = TimelineFormat::Text)]
    pub(crate) format: TimelineFormat,

    /// Write the timeline to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten, next_help_heading = "CloudTrail")]
    pub(crate) select: SelectionArgs,
    #[command(flatten, next_help_heading = "Rules")]
    pub(crate) rules: RuleArgs,
    #[command(flatten, next_help_heading = "AWS")]
    pub(crate) aws: AwsArgs,
}

const EXAMPLES: &str = "\
Examples:
  farguard investigate AKIAIOSFODNN7EXAMPLE --trail s3://my-logs --since 2d
  farguard investigate arn:aws:ecs:eu-west-1:111122223333:task/shop/0f9de17a6465404e8b1b2356dc13c2f8 --trail ./logs
  farguard investigate 203.0.113.7 --trail events.json.gz --format mermaid --output timeline.mmd

Exit codes: 0 no call of the actor gave an alert; 1 some did; 2 could not run, or part of the input
could not be read and there are no alerts.";

/// Formats of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimelineFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// A drawing, for Markdown pages and <https://mermaid.live>
    Mermaid,
}
