//! `farguard policy`: checking, explaining and showing policies.

mod check;
mod explain;

use anyhow::{Result, bail};

use crate::{
    args::policy::{PolicyCommand, PolicyCommandArgs},
    exit::Exit,
    policies::{BUILT_IN, built_in, parse},
    terminal::{Terminal, print},
};

/// Runs the subcommand.
pub(crate) fn run(args: &PolicyCommandArgs, terminal: &Terminal) -> Result<Exit> {
    match &args.command {
        PolicyCommand::Check(check) => check::run(check, terminal),
        PolicyCommand::Explain(scan) => explain::run(scan, terminal),
        PolicyCommand::List => list(),
        PolicyCommand::Show { name } => show(name),
    }
}

fn list() -> Result<Exit> {
    let line = |name: &str| {
        let policy = built_in(name).and_then(|text| parse(name, text).policy);
        let about = policy.as_ref().map_or("", |policy| policy.description());
        format!("{name:<12}{about}\n")
    };
    print(&BUILT_IN.map(line).concat())?;
    Ok(Exit::Clean)
}

fn show(name: &str) -> Result<Exit> {
    let Some(text) = built_in(name) else {
        bail!("there is no built-in policy `{name}`: use one of {}", BUILT_IN.join(", "));
    };
    print(text)?;
    Ok(Exit::Clean)
}
