//! `farguard rescan`: a store -> what became vulnerable since -> owners.

mod json;
mod table;

use std::{
    fs,
    io::{self, Write, stdout},
};

use anyhow::{Context, Result};
use farguard_aws::AwsOptions;
use farguard_model::DatabaseInfo;
use farguard_scan::store::{
    Store,
    rescan::{RescanOptions, Rescanned, rescan},
};
use jiff::Timestamp;

use super::scan::prepare;
use crate::{
    args::{
        RescanArgs,
        rescan::RescanFormat,
        scan::{FailOn, VerdictArgs},
    },
    exit::Exit,
    notify,
    terminal::Terminal,
};

/// Everything that an answer is made of.
struct Answer<'a> {
    created: Timestamp,
    store: String,
    database: &'a DatabaseInfo,
    rescanned: &'a Rescanned,
}

/// Matches what is stored, writes the answer, tells owners, and says how it went.
pub(crate) fn run(args: &RescanArgs, terminal: &Terminal) -> Result<Exit> {
    let store = Store::open(&args.store)?;
    let database = prepare::database(&args.advisories, terminal)?;
    let matching = prepare::match_options(&args.verdict)?;
    let ignore = prepare::ignore_rules(&args.verdict)?;
    let options = RescanOptions {
        matching: &matching,
        ignore: &ignore,
        since: args.since,
        dry_run: args.dry_run,
    };
    let rescanned = rescan(&store, &database, database.info(), &options)?;
    let store = args.store.display().to_string();
    let created = matching.now;
    write(
        args,
        &Answer { created, store, database: database.info(), rescanned: &rescanned },
        terminal,
    )?;

    let digests = notify::of_rescan(&rescanned, args.verdict.fail_on, created);
    let aws = AwsOptions {
        profile: args.profile.clone(),
        region: None,
        endpoint_url: args.endpoint_url.clone(),
    };
    let is_told = notify::send(&args.notify.destinations, &digests, &aws, terminal);
    let exit = exit(&rescanned, &args.verdict);
    Ok(if is_told { exit } else { Exit::CouldNotRun })
}

fn exit(rescanned: &Rescanned, args: &VerdictArgs) -> Exit {
    if !rescanned.problems.is_empty() {
        return Exit::CouldNotRun;
    }
    let is_worse = match args.fail_on {
        FailOn::Never => false,
        FailOn::AtLeast(threshold) => rescanned.worst().is_some_and(|worst| worst >= threshold),
    };
    let has_gaps = rescanned.images.iter().any(|image| !image.gaps.is_empty());
    match (is_worse, has_gaps) {
        (true, _) => Exit::Findings,
        (false, true) if !args.allow_gaps => Exit::CouldNotRun,
        (false, _) => Exit::Clean,
    }
}

fn write(args: &RescanArgs, answer: &Answer<'_>, terminal: &Terminal) -> Result<()> {
    let text = match args.format {
        RescanFormat::Json => json::document(answer)?,
        RescanFormat::Table => {
            let color = terminal.color && args.output.is_none();
            table::page(answer, &table::Look { color, all: args.all })
        }
    };
    match &args.output {
        Some(path) => {
            fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
        }
        None => match stdout().write_all(text.as_bytes()) {
            // The reader has seen enough (`| head`).
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.context("cannot write the answer"),
        },
    }
}
