//! `farguard db`: the database of advisories.

mod status;
mod update;

use std::path::{Path, PathBuf};

use anyhow::Result;
use farguard_model::Problem;
use farguard_scan::advisories::{
    build::{BuildOptions, Input, build},
    contents::Contents,
};

use crate::{
    args::db::{DbArgs, DbCommand},
    clock,
    exit::Exit,
    paths,
    terminal::Terminal,
};

/// Runs the subcommand.
pub(crate) fn run(args: &DbArgs, terminal: &Terminal) -> Result<Exit> {
    let path = paths::database(args.db.as_ref())?;
    match &args.command {
        DbCommand::Update(update) => update::run(update, &path, terminal),
        DbCommand::Build { paths } => build_local(paths, &path, terminal),
        DbCommand::Status { format } => status::run(&path, *format),
    }
}

fn build_local(inputs: &[PathBuf], path: &Path, terminal: &Terminal) -> Result<Exit> {
    let options = BuildOptions {
        inputs: inputs.iter().map(|input| Input::local(input)).collect(),
        output: path.to_owned(),
        now: clock::now(),
    };
    let built = build(&options, terminal.progress())?;
    tell(path, &built.contents, &built.problems, terminal);
    Ok(Exit::Clean)
}

/// Says what was built, and everything that could not be read: a database with holes is not a
/// reason to fail, but never a secret.
fn tell(path: &Path, contents: &Contents, problems: &[Problem], terminal: &Terminal) {
    const SHOWN: usize = 20;
    for problem in problems.iter().take(SHOWN) {
        let place = problem.path.as_deref().unwrap_or("input");
        terminal.warn(&format!("{place}: {}", problem.message));
    }
    if problems.len() > SHOWN {
        terminal.warn(&format!("and {} more that could not be read", problems.len() - SHOWN));
    }
    terminal.note(&format!(
        "`{}` has {} advisories for {} packages{}",
        path.display(),
        contents.records,
        contents.packages,
        if contents.sample { "; it is a sample, not fit for decisions" } else { "" }
    ));
}
