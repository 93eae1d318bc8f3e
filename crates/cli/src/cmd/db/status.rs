//! `farguard db status`: what is inside, how old it is, where it is from.

use std::{
    fs,
    io::{Write, stdout},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use farguard_scan::advisories::{
    contents::{Contents, DEFAULT_MAX_AGE},
    database::Database,
};
use serde_json::json;

use crate::{args::db::StatusFormat, clock, exit::Exit};

/// Prints the status. A stale database is said to be so; it is no failure.
pub(crate) fn run(path: &Path, format: StatusFormat) -> Result<Exit> {
    ensure!(
        path.exists(),
        "there is no advisory database at `{}`: fetch one with `farguard db update`",
        path.display()
    );
    let database = Database::open(path)?;
    let size_bytes = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let text = match format {
        StatusFormat::Table => table(path, size_bytes, database.contents()),
        StatusFormat::Json => json(path, size_bytes, database.contents())?,
    };
    stdout().write_all(text.as_bytes()).context("cannot write the status")?;
    Ok(Exit::Clean)
}

fn json(path: &Path, size_bytes: u64, contents: &Contents) -> Result<String> {
    let now = clock::now();
    let mut text = serde_json::to_string_pretty(&json!({
        "schema_version": 1,
        "path": path,
        "size_bytes": size_bytes,
        "age_days": age_days(contents),
        "stale": contents.is_stale(now, DEFAULT_MAX_AGE),
        "contents": contents,
    }))?;
    text.push('\n');
    Ok(text)
}

fn age_days(contents: &Contents) -> i64 {
    contents.age(clock::now()).as_hours() / 24
}

#[allow(clippy::cast_precision_loss, reason = "a size for people")]
fn table(path: &Path, size_bytes: u64, contents: &Contents) -> String {
    let stale = contents.is_stale(clock::now(), DEFAULT_MAX_AGE);
    let mut lines = vec![
        format!("database   {} ({:.1} MB)", path.display(), size_bytes as f64 / 1e6),
        format!(
            "built      {} ({} days ago{})",
            contents.built,
            age_days(contents),
            if stale { ": stale, run `farguard db update`" } else { "" }
        ),
        format!("advisories {} for {} packages", contents.records, contents.packages),
        format!("exploited  {} in CISA's catalogue (KEV)", contents.kev),
        format!("predicted  {} with an EPSS score", contents.epss),
    ];
    if contents.sample {
        lines.push("sample     true: for trying Farguard out, not fit for decisions".to_owned());
    }
    lines.push(String::new());
    lines
        .push(format!("{:<36} {:>10} {:>10}  {}", "ecosystem", "advisories", "packages", "newest"));
    for ecosystem in &contents.ecosystems {
        let newest = ecosystem.newest.map(|time| time.strftime("%Y-%m-%d").to_string());
        lines.push(format!(
            "{:<36} {:>10} {:>10}  {}",
            ecosystem.name,
            ecosystem.records,
            ecosystem.packages,
            newest.unwrap_or_default()
        ));
    }
    lines.push(String::new());
    for source in &contents.sources {
        let fetched = source.fetched.map(|time| time.strftime("%Y-%m-%d %H:%M").to_string());
        lines.push(format!(
            "source     {} from {} ({})",
            source.name,
            source.location,
            fetched.unwrap_or_default()
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}
