//! `farguard db update`: from the publishers to a database.

use std::path::Path;

use anyhow::Result;
use farguard_scan::advisories::update::{UpdateOptions, update};

use crate::{
    args::db::{Extra, UpdateArgs},
    clock,
    exit::Exit,
    terminal::Terminal,
};

/// Fetches what has changed, builds, and replaces the database when all of it went well.
pub(crate) fn run(args: &UpdateArgs, path: &Path, terminal: &Terminal) -> Result<Exit> {
    let updated = update(&options(args, path), terminal.progress())?;
    match updated.changed.as_slice() {
        [] => terminal.note("nothing has changed at the sources"),
        changed => terminal.note(&format!("fetched {}", changed.join(", "))),
    }
    super::tell(path, &updated.built.contents, &updated.built.problems, terminal);
    Ok(Exit::Clean)
}

fn options(args: &UpdateArgs, path: &Path) -> UpdateOptions {
    let mut options = UpdateOptions::new(path, clock::now());
    let leaves_out = |extra| args.without.contains(&extra);
    options.ecosystems.clone_from(&args.ecosystem);
    if let Some(url) = &args.osv_url {
        options.osv_base.clone_from(url);
    }
    if !args.amazon_mirror_list.is_empty() {
        options.amazon_mirror_lists.clone_from(&args.amazon_mirror_list);
    }
    if leaves_out(Extra::Amazon) {
        options.amazon_mirror_lists.clear();
    }
    options.kev_url = args.kev_url.clone().or(options.kev_url);
    options.epss_url = args.epss_url.clone().or(options.epss_url);
    options.kev_url = options.kev_url.filter(|_| !leaves_out(Extra::Kev));
    options.epss_url = options.epss_url.filter(|_| !leaves_out(Extra::Epss));
    options
}
