//! Names of files.

use jiff::{Timestamp, civil, tz::TimeZone};

/// What a file is about, as its name says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Records: of management and data events, Insights, network activity.
    Log,
    /// The hashes of an hour of log files.
    Digest,
}

/// The parts of a file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileName<'a> {
    /// Twelve digits.
    pub account: &'a str,
    /// Records or hashes.
    pub kind: Kind,
    /// `CloudTrail`, `CloudTrail-Insight`, `CloudTrail-Digest`.
    pub folder: &'a str,
    /// The region whose events these are.
    pub region: &'a str,
    /// When it was delivered; a digest is named after the end of its hour.
    pub time: Timestamp,
    /// What makes the name unique; of a digest, the trail and its home region.
    pub id: &'a str,
    /// Whether it is a digest that CloudTrail wrote later, for hours that it had missed.
    pub is_backfill: bool,
}

impl<'a> FileName<'a> {
    /// Takes a path or key apart; only what follows the last `/` counts. `None` when CloudTrail
    /// gives no such name.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>,
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>
    #[must_use]
    pub fn parse(path: &'a str) -> Option<Self> {
        let name = path.rsplit('/').next()?;
        let stem = name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".json")?;
        let (account, rest) = stem.split_once('_')?;
        let (folder, rest) = rest.split_once('_')?;
        let (region, rest) = rest.split_once('_')?;
        let kind = match folder.strip_prefix("CloudTrail")? {
            "-Digest" => Kind::Digest,
            other if other.is_empty() || other.starts_with('-') => Kind::Log,
            _ => return None,
        };
        let backfill = rest.strip_suffix("_backfill").filter(|_| kind == Kind::Digest);
        let (time, id) = match kind {
            Kind::Log => rest.split_once('_')?,
            Kind::Digest => {
                let (id, time) = backfill.unwrap_or(rest).rsplit_once('_')?;
                (time, id)
            }
        };
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        is_account.then_some(())?;
        let time = parse_time(time)?;
        Some(Self { account, kind, folder, region, time, id, is_backfill: backfill.is_some() })
    }
}

/// `20261122T1005Z`, and with seconds `20261122T100501Z`.
fn parse_time(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (year, month, day) = (part(date, 0, 4)?, part(date, 4, 6)?, part(date, 6, 8)?);
    let seconds = if time.len() == 6 { part(time, 4, 6)? } else { 0 };
    let is_whole = date.len() == 8 && matches!(time.len(), 4 | 6);
    is_whole.then_some(())?;
    let small = |number: i16| i8::try_from(number).ok();
    let (hour, minute) = (small(part(time, 0, 2)?)?, small(part(time, 2, 4)?)?);
    let at =
        civil::DateTime::new(year, small(month)?, small(day)?, hour, minute, small(seconds)?, 0);
    Some(at.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn part(text: &str, from: usize, to: usize) -> Option<i16> {
    let digits = text.get(from..to)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
    digits.parse().ok()
}

/// Whether a file may hold records, judged by the end of its name: JSON or JSON lines, compressed
/// or not.
#[must_use]
pub fn is_records_file(path: &str) -> bool {
    let name = path.strip_suffix(".gz").unwrap_or(path);
    [".json", ".jsonl", ".ndjson"].iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_account_region_and_time() {
        let check = |path: &str, expect: Option<(Kind, &str, &str, &str, bool)>| {
            let name = FileName::parse(path);
            let time = name.map(|name| name.time.to_string());
            let read = name
                .zip(time.as_deref())
                .map(|(name, time)| (name.kind, name.region, time, name.id, name.is_backfill));
            assert_eq!(read, expect, "{path}");
        };
        check(
            "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/22/\
             123456789012_CloudTrail_eu-west-1_20261122T1005Z_aB3dE.json.gz",
            Some((Kind::Log, "eu-west-1", "2026-11-22T10:05:00Z", "aB3dE", false)),
        );
        check(
            "123456789012_CloudTrail-Insight_us-east-1_20261122T1005Z_x_y.json",
            Some((Kind::Log, "us-east-1", "2026-11-22T10:05:00Z", "x_y", false)),
        );
        check(
            "123456789012_CloudTrail-Digest_us-east-2_my_trail_us-east-2_20150817T150131Z.json.gz",
            Some((Kind::Digest, "us-east-2", "2015-08-17T15:01:31Z", "my_trail_us-east-2", false)),
        );
        check(
            "123456789012_CloudTrail-Digest_us-east-2_t_us-east-2_20150817T150131Z_backfill.json.gz",
            Some((Kind::Digest, "us-east-2", "2015-08-17T15:01:31Z", "t_us-east-2", true)),
        );
        for wrong in [
            "123456789012_Config_us-east-1_ConfigHistory_20261122T1005Z_1.json.gz",
            "123456789012_CloudTrails_us-east-1_20261122T1005Z_1.json.gz",
            "12345678901_CloudTrail_us-east-1_20261122T1005Z_1.json.gz",
            "123456789012_CloudTrail_us-east-1_20261322T1005Z_1.json.gz",
            "123456789012_CloudTrail_us-east-1_+0261122T1005Z_1.json.gz",
            "123456789012_CloudTrail_us-east-1_20261122T1005Z_1.log.gz",
            "events.json",
            "",
        ] {
            check(wrong, None);
        }
        assert!(is_records_file("a/events.jsonl.gz") && is_records_file("x.json"));
        assert!(!is_records_file("x.log.gz") && !is_records_file("json"));
    }
}
