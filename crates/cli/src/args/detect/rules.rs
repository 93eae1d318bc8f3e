//! Which rules run.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use farguard_rules::Priority;

/// Flags that choose rules. Those for names and tags mean what they mean to Falco.
#[derive(Debug, ClapArgs)]
pub(crate) struct RuleArgs {
    /// Rule files, or directories of them, in the order in which they are to be read; repeatable
    #[arg(long, short, value_name = "FILE|DIR")]
    pub(crate) rules: Vec<PathBuf>,

    /// Do not use the rules that are built in
    #[arg(long)]
    pub(crate) no_builtin_rules: bool,

    /// Turn off rules whose name contains this; repeatable
    #[arg(short = 'D', long = "disable", value_name = "NAME")]
    pub(crate) disable: Vec<String>,

    /// Turn off rules with this tag; repeatable
    #[arg(short = 'T', long = "disable-tag", value_name = "TAG")]
    pub(crate) disable_tag: Vec<String>,

    /// Run rules with this tag only; repeatable
    #[arg(short = 't', long = "tag", value_name = "TAG", conflicts_with_all = ["disable", "disable_tag"])]
    pub(crate) tag: Vec<String>,

    /// Run rules of this priority or more urgent ones only
    #[arg(long, value_name = "PRIORITY", value_parser = priority)]
    pub(crate) min_priority: Option<Priority>,

    /// Alert for every rule that matches an event, not for the first only
    #[arg(long)]
    pub(crate) all_matches: bool,
}

fn priority(text: &str) -> Result<Priority, String> {
    Priority::parse(text).ok_or_else(|| {
        let known = Priority::ALL.map(|priority| priority.as_str().to_lowercase()).join(", ");
        format!("write one of {known}")
    })
}
