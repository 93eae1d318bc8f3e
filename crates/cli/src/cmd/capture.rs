//! `farguard capture`: looking at captures of system calls, and cutting them.

mod filter;
mod show;

use std::{
    fs::File,
    io::{Read, stdin},
    path::Path,
};

use anyhow::{Context, Result, anyhow};
use farguard_events::{
    Syscalls,
    capture::{Problems, Reader},
};
use farguard_rules::{Filter, check::Remark};

use crate::{
    args::capture::{CaptureArgs, CaptureCommand},
    exit::Exit,
    terminal::Terminal,
    text::plural,
};

/// Problems that are told one by one.
const TOLD: usize = 10;

/// Runs the subcommand.
pub(crate) fn run(args: &CaptureArgs, terminal: &Terminal) -> Result<Exit> {
    match &args.command {
        CaptureCommand::Show(show) => show::run(show, terminal),
        CaptureCommand::Filter(filter) => filter::run(filter, terminal),
    }
}

/// Opens a capture; `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<Reader<Box<dyn Read>>> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(stdin().lock())
    } else {
        Box::new(File::open(path).with_context(|| format!("cannot open `{}`", path.display()))?)
    };
    Reader::new(source).with_context(|| format!("cannot read `{}`", path.display()))
}

fn compile(condition: &str) -> Result<Filter<Syscalls>> {
    Filter::compile(condition).map_err(|remark| wrong(&remark, "condition", condition))
}

/// Says what is wrong with a text of the user.
fn wrong(remark: &Remark, what: &str, text: &str) -> anyhow::Error {
    let help = remark.help.as_ref().map_or(String::new(), |help| format!(": {help}"));
    anyhow!("{}{help}", remark.message).context(format!("cannot use the {what} `{text}`"))
}

/// Tells what could not be read.
pub(crate) fn tell(problems: &Problems, path: &Path, terminal: &Terminal) {
    for problem in problems.first().iter().take(TOLD) {
        terminal.warn(&format!("{}: {problem}", path.display()));
    }
    let count = usize::try_from(problems.count()).unwrap_or(usize::MAX);
    if count > TOLD {
        let further = plural(count - TOLD, "further problem");
        terminal.warn(&format!("{}: {further}", path.display()));
    }
}
