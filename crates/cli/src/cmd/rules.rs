//! `farguard rules`: checking, listing, explaining and testing rules.

mod check;
mod explain;
mod fields;
mod list;
mod test;

use anyhow::Result;

use crate::{
    args::rules::{RulesArgs, RulesCommand},
    exit::Exit,
    terminal::Terminal,
};

/// Columns of a terminal that does not say how many it has.
const WIDTH: usize = 100;

/// Runs the subcommand.
pub(crate) fn run(args: &RulesArgs, terminal: &Terminal) -> Result<Exit> {
    match &args.command {
        RulesCommand::Check(check) => check::run(check, terminal),
        RulesCommand::List(list) => list::run(list, terminal),
        RulesCommand::Explain(explain) => explain::run(explain, terminal),
        RulesCommand::Fields(fields) => fields::run(fields, terminal),
        RulesCommand::Test(test) => test::run(test, terminal),
    }
}
