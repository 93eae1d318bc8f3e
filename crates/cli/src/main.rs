//! The `farguard` command: what the user typed -> a job -> an exit code.

mod args;
mod clock;
mod cmd;
mod detection;
mod exit;
mod notify;
mod paths;
mod policies;
mod progress;
mod terminal;
mod text;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::{Args, Command},
    exit::Exit,
    terminal::Terminal,
};

fn main() -> ExitCode {
    let args = Args::parse();
    let terminal = Terminal::new(&args.global);
    let done = match args.command {
        Command::Scan(scan) => cmd::scan::run(&scan, &terminal),
        Command::Rescan(rescan) => cmd::rescan::run(&rescan, &terminal),
        Command::Detect(detect) => cmd::detect::run(&detect, &terminal),
        Command::Policy(policy) => cmd::policy::run(&policy, &terminal),
        Command::Capture(capture) => cmd::capture::run(&capture, &terminal),
        Command::Investigate(args) => cmd::investigate::run(&args, &terminal),
        Command::Rules(rules) => cmd::rules::run(&rules, &terminal),
        Command::Db(db) => cmd::db::run(&db, &terminal),
        Command::Completions { shell } => cmd::generate::completions(shell),
        Command::Man { directory } => cmd::generate::man_pages(&directory),
    };
    done.unwrap_or_else(|error| {
        terminal.error(&error);
        Exit::CouldNotRun
    })
    .into()
}
