//! The flags that choose policies, and say what policies ask of a run.

use clap::{Args as ClapArgs, builder::PossibleValuesParser, builder::TypedValueParser};
use farguard_policy::Workflow;

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyArgs {
    /// Judge by a policy: a file, or one of permissive, standard, strict; repeatable, and the
    /// worst decision counts. Takes the place of --fail-on
    #[arg(
        long,
        value_name = "FILE|NAME",
        env = "FARGUARD_POLICY",
        hide_env_values = true,
        conflicts_with = "fail_on"
    )]
    pub(crate) policy: Vec<String>,

    /// At which point this runs, for rules that ask: build, registry, deploy, runtime
    #[arg(long, value_name = "POINT", default_value = "build", value_parser = workflow())]
    pub(crate) workflow: Workflow,

    /// The application that the targets belong to, for rules that ask
    #[arg(long, value_name = "NAME")]
    pub(crate) application: Option<String>,

    /// Images that fit are built in-house, beside those that a policy names; repeatable
    #[arg(long, value_name = "PATTERN")]
    pub(crate) in_house: Vec<String>,
}

fn workflow() -> impl TypedValueParser<Value = Workflow> {
    PossibleValuesParser::new(Workflow::ALL.map(Workflow::as_str)).map(|name| {
        let named = Workflow::ALL.into_iter().find(|one| one.as_str() == name);
        named.unwrap_or_default()
    })
}
