//! `farguard completions` and `farguard man`: what other programs need to know of our flags.

use std::{
    fs,
    io::{ErrorKind, Write, stdout},
    path::Path,
};

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use crate::{args::Args, exit::Exit};

/// Prints the completion script for a shell.
pub(crate) fn completions(shell: Shell) -> Result<Exit> {
    // Into memory first: the generator panics when the reader closes the pipe.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "farguard", &mut script);
    match stdout().write_all(&script) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write the completion script")
        }
        _ => Ok(Exit::Clean),
    }
}

/// Writes `farguard.1` and one page for each subcommand into a directory.
pub(crate) fn man_pages(directory: &Path) -> Result<Exit> {
    let wanted = || format!("cannot write man pages to `{}`", directory.display());
    fs::create_dir_all(directory).with_context(wanted)?;
    clap_mangen::generate_to(Args::command(), directory).with_context(wanted)?;
    Ok(Exit::Clean)
}
