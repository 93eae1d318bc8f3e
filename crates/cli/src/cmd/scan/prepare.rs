//! What a scan needs before it opens a target: the database and the rules of the verdict.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use farguard_scan::{
    advisories::{
        contents::{Contents, DEFAULT_MAX_AGE},
        database::Database,
    },
    matcher::{MatchOptions, ignore::IgnoreRules, vex::VexDocument},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    args::scan::{AdvisoryArgs, VerdictArgs},
    clock, paths,
    terminal::Terminal,
};

/// The ignore file that is read when it is there and no other is named.
const IGNORE_FILE: &str = ".farguardignore";

/// Opens the database of advisories.
///
/// # Errors
/// When there is none, since no advisories would mean no findings, or when it is too old.
pub(crate) fn database(args: &AdvisoryArgs, terminal: &Terminal) -> Result<Database> {
    let path = paths::database(args.db.as_ref())?;
    if !path.exists() {
        bail!(
            "there is no advisory database at `{}`: fetch one with `farguard db update`, build one \
             from files with `farguard db build`, or list packages with `--packages-only`",
            path.display()
        );
    }
    let database = Database::open(&path)?;
    if let Some(warning) = check_age(database.contents(), args.db_max_age, clock::now())? {
        terminal.warn(&warning);
    }
    Ok(database)
}

/// Refuses a database that is older than `max_age_days`; without a limit, a stale one gives a warning.
fn check_age(
    contents: &Contents,
    max_age_days: Option<u32>,
    now: Timestamp,
) -> Result<Option<String>> {
    let limit = max_age_days.map_or(DEFAULT_MAX_AGE, days_of);
    if !contents.is_stale(now, limit) {
        return Ok(None);
    }
    let days = contents.age(now).as_hours() / 24;
    let advice = format!("the advisory database is {days} days old: run `farguard db update`");
    ensure!(max_age_days.is_none(), "{advice}, or raise `--db-max-age`");
    Ok(Some(advice))
}

/// Reads what decides which vulnerabilities count.
pub(crate) fn match_options(args: &VerdictArgs) -> Result<MatchOptions> {
    let mut options = MatchOptions::new(clock::now());
    options.ignore_unfixed = args.ignore_unfixed;
    options.include_dev = args.include_dev;
    for file in &args.vex {
        let bytes = fs::read(file)
            .with_context(|| format!("cannot read VEX document `{}`", file.display()))?;
        options.vex.push(VexDocument::parse(&file.display().to_string(), &bytes)?);
    }
    Ok(options)
}

/// Reads the ignore file that is named, or the default one if it is there.
pub(crate) fn ignore_rules(args: &VerdictArgs) -> Result<IgnoreRules> {
    let default = Path::new(IGNORE_FILE);
    let file = args.ignore_file.as_deref().or_else(|| default.exists().then_some(default));
    let Some(file) = file else { return Ok(IgnoreRules::default()) };
    let text = fs::read_to_string(file)
        .with_context(|| format!("cannot read ignore file `{}`", file.display()))?;
    Ok(IgnoreRules::parse(&file.display().to_string(), &text)?)
}

fn days_of(count: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(count))
}

#[cfg(test)]
mod tests {
    use farguard_scan::advisories::build::{BuildOptions, Input, build};
    use farguard_scan::progress::Silent;

    use super::*;

    const RECORD: &str = r#"{"id": "X-1", "modified": "2026-01-01T00:00:00Z", "affected": [{
        "package": {"ecosystem": "PyPI", "name": "x"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}"#;

    #[test]
    fn age_warns_or_refuses() {
        let directory = tempfile::TempDir::new().unwrap();
        let output = directory.path().join("advisories.db");
        let built: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let input = directory.path().join("osv.json");
        fs::write(&input, RECORD).unwrap();
        let options = BuildOptions { inputs: vec![Input::local(&input)], output, now: built };
        let contents = build(&options, &Silent).unwrap().contents;
        let check = |max_age_days, days: i64| {
            check_age(&contents, max_age_days, built + SignedDuration::from_hours(24 * days))
                .map(|warning| warning.is_some())
                .map_err(|error| error.to_string())
        };
        assert_eq!(check(None, 7), Ok(false));
        assert_eq!(check(None, 8), Ok(true));
        assert_eq!(check(Some(30), 30), Ok(false));
        assert!(check(Some(30), 31).unwrap_err().contains("31 days old"));
    }
}
