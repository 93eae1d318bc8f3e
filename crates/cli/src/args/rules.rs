//! The flags of `farguard rules`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

/// Flags of `farguard rules`.
#[derive(Debug, ClapArgs)]
#[command(arg_required_else_help = true)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Find the mistakes in rule files: exit code 1 when there are errors, 2 when a file cannot be
    /// read
    #[command(after_help = "\
Examples:
  farguard rules check falco_rules.yaml my_rules.yaml
  farguard rules check --format json my_rules.yaml      as `falco -V` prints it
  farguard rules check --condition 'evt.type = open and fd.name startswith /etc'")]
    Check(CheckArgs),
    /// List rules: those that are built in, or those of files
    #[command(after_help = "\
Examples:
  farguard rules list
  farguard rules list -r falco_rules.yaml --format markdown")]
    List(ListArgs),
    /// Show what a rule means: its condition with macros expanded, the fields and events that it
    /// asks for, and where each part was written
    #[command(
        after_help = "Example:\n  farguard rules explain 'Terminal shell in container' -r falco_rules.yaml"
    )]
    Explain(ExplainArgs),
    /// List the fields that conditions and outputs can ask for
    #[command(after_help = "\
Examples:
  farguard rules fields proc
  farguard rules fields --source aws_cloudtrail --format markdown")]
    Fields(FieldsArgs),
    /// Run tests: events in, rules that must fire and rules that must not
    #[command(after_help = "Example:\n  farguard rules test my_rules_test.yaml")]
    Test(TestArgs),
}

/// Flags of `farguard rules check`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// Rule files, in the order in which they are loaded
    #[arg(value_name = "FILE", required_unless_present = "condition")]
    pub(crate) files: Vec<PathBuf>,

    /// Check one condition instead
    #[arg(long, value_name = "TEXT", conflicts_with = "files")]
    pub(crate) condition: Option<String>,

    /// What the condition is about
    #[arg(long, value_name = "NAME", default_value = "syscall", requires = "condition")]
    pub(crate) source: String,

    /// Format of the answer
    #[arg(long, short, value_enum, default_value_t = CheckFormat::Text)]
    pub(crate) format: CheckFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people, with the lines in question
    Text,
    /// For programs: the keys that Falco's validation prints
    Json,
}

/// Rule files, or what is built in.
#[derive(Debug, ClapArgs)]
pub(crate) struct RuleFiles {
    /// Rule files or directories, in the order in which they are loaded [default: what is built in]
    #[arg(long = "rules", short = 'r', value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// Flags of `farguard rules list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) rules: RuleFiles,

    /// Only rules of this source: `syscall`, `aws_cloudtrail`
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,

    /// Format of the list
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people
    Text,
    /// A table for a page
    Markdown,
    /// For programs
    Json,
}

/// Flags of `farguard rules explain`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExplainArgs {
    /// Name of the rule, in upper or lower case
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    #[command(flatten)]
    pub(crate) rules: RuleFiles,
}

/// Flags of `farguard rules fields`.
#[derive(Debug, ClapArgs)]
pub(crate) struct FieldsArgs {
    /// Only fields with this text in their names
    #[arg(value_name = "TEXT")]
    pub(crate) pattern: Option<String>,

    /// Only fields of this source: `syscall`, `aws_cloudtrail`
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,

    /// Format of the list
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    pub(crate) format: ListFormat,
}

/// Flags of `farguard rules test`.
#[derive(Debug, ClapArgs)]
pub(crate) struct TestArgs {
    /// Test files; without any, the examples of the rules that are built in
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}
