//! The flags of `farguard rescan`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::scan::{AdvisoryArgs, NotifyArgs, VerdictArgs};
use crate::clock;

/// Flags of `farguard rescan`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct RescanArgs {
    /// Directory that `farguard scan --store` fills
    #[arg(value_name = "DIR")]
    pub(crate) store: PathBuf,

    /// Format of the answer
    #[arg(long, short, value_enum, default_value_t = RescanFormat::Table)]
    pub(crate) format: RescanFormat,

    /// Write to a file
    #[arg(long, short, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,

    /// Also show what earlier rescans have reported since then: 2026-11-01, 7d, 12h
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(crate) since: Option<Timestamp>,

    /// Show every image and finding in the table, not the most urgent only
    #[arg(long)]
    pub(crate) all: bool,

    /// Leave the stored verdicts as they are: the next rescan reports the same again
    #[arg(long)]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) verdict: VerdictArgs,
    #[command(flatten, next_help_heading = "Advisories")]
    pub(crate) advisories: AdvisoryArgs,
    #[command(flatten, next_help_heading = "Delivery")]
    pub(crate) notify: NotifyArgs,

    /// AWS profile for SNS topics
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Address of the AWS API, as AWS_ENDPOINT_URL
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  farguard scan shop:1.4 --store /var/lib/farguard
  farguard db update && farguard rescan /var/lib/farguard
  farguard rescan /var/lib/farguard --notify slack=https://hooks.slack.com/services/...
  farguard rescan /var/lib/farguard --since 7d --format json

Exit codes: 0 nothing new at or above --fail-on; 1 something new; 2 could not run, or an entry of
the store could not be read.";

/// How to write the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RescanFormat {
    /// For people
    Table,
    /// Everything, in a versioned shape
    Json,
}

/// A day, a time, or how long ago.
pub(super) fn since(text: &str) -> Result<Timestamp, String> {
    let ago = || {
        let (number, hours) = match text.strip_suffix('d') {
            Some(days) => (days, 24),
            None => (text.strip_suffix('h')?, 1),
        };
        let number: i64 = number.parse().ok().filter(|number| (0..=100_000).contains(number))?;
        clock::now().checked_sub(SignedDuration::from_hours(number * hours)).ok()
    };
    let day = || Some(text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    // A date is a time stamp to no parser of ours, and the other way round.
    ago()
        .or_else(|| text.parse().ok())
        .or_else(day)
        .ok_or_else(|| "write a day (2026-11-01), a time (2026-11-01T12:00:00Z) or 7d, 12h".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_days_times_or_spans() {
        let check = |text: &str, expect: &str| {
            assert_eq!(since(text).map(|time| time.to_string()), Ok(expect.to_owned()), "{text}");
        };
        check("2026-11-01", "2026-11-01T00:00:00Z");
        check("2026-11-01T12:00:00+02:00", "2026-11-01T10:00:00Z");
        assert!(since("7d").unwrap() < since("12h").unwrap());
        for text in ["", "d", "-1d", "yesterday", "99999999999999d"] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
