//! Which accounts, regions and times are wanted.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::{FileName, Folder};

/// How long after an event its file may still be delivered: files are looked for so much longer
/// than events are wanted, and a resumed job looks back so far for files that came late.
///
/// # Source
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html>: within
/// about 5 minutes on average, which is not guaranteed.
pub const LATE: SignedDuration = SignedDuration::from_hours(2);

/// What to read; empty lists and absent times want everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Accounts, twelve digits each.
    pub accounts: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// The first moment.
    pub since: Option<Timestamp>,
    /// The first moment that is no longer wanted.
    pub until: Option<Timestamp>,
}

impl Selection {
    /// Whether something wanted may lie below a folder.
    #[must_use]
    pub fn wants_folder(&self, folder: &Folder<'_>) -> bool {
        let has = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_none_or(|value| list.iter().any(|it| it == value))
        };
        let in_time = folder.days.is_none_or(|(first, last)| {
            self.first_day().is_none_or(|day| last >= day)
                && self.last_day().is_none_or(|day| first <= day)
        });
        has(&self.accounts, folder.account) && has(&self.regions, folder.region) && in_time
    }

    /// Whether a file may hold something wanted.
    #[must_use]
    pub fn wants_file(&self, name: &FileName<'_>) -> bool {
        let has =
            |list: &[String], value: &str| list.is_empty() || list.iter().any(|it| it == value);
        has(&self.accounts, name.account) && has(&self.regions, name.region) && {
            // Names hold minutes only.
            let end = name.time.saturating_add(SignedDuration::from_mins(1));
            self.since.is_none_or(|since| end.is_ok_and(|end| end > since))
                && self.last_delivery().is_none_or(|last| name.time < last)
        }
    }

    /// Whether a moment is wanted.
    #[must_use]
    pub fn wants_time(&self, time: Timestamp) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }

    /// The first day whose folder may hold something wanted.
    #[must_use]
    pub fn first_day(&self) -> Option<Date> {
        self.since.map(day)
    }

    /// The last day whose folder may hold something wanted.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        self.last_delivery().map(day)
    }

    fn last_delivery(&self) -> Option<Timestamp> {
        self.until.map(|until| until.saturating_add(LATE).unwrap_or(Timestamp::MAX))
    }
}

fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files_are_selected() {
        let selection = Selection {
            accounts: vec!["123456789012".into()],
            regions: vec!["eu-west-1".into()],
            since: Some("2026-11-22T10:05:30Z".parse().unwrap()),
            until: Some("2026-11-22T23:00:00Z".parse().unwrap()),
        };
        let folder = |path: &str, expect: bool| {
            assert_eq!(selection.wants_folder(&Folder::parse(path)), expect, "{path}");
        };
        let series = "AWSLogs/123456789012/CloudTrail/eu-west-1";
        folder("x", true);
        folder("AWSLogs/", true);
        folder("AWSLogs/210987654321/", false);
        folder("AWSLogs/123456789012/CloudTrail/eu-west-2/", false);
        folder(&format!("{series}/2026/"), true);
        folder(&format!("{series}/2025/"), false);
        folder(&format!("{series}/2026/11/21/"), false);
        folder(&format!("{series}/2026/11/23/"), true);
        folder(&format!("{series}/2026/11/24/"), false);
        let file = |time: &str, expect: bool| {
            let name = format!("123456789012_CloudTrail_eu-west-1_{time}_x.json.gz");
            assert_eq!(selection.wants_file(&FileName::parse(&name).unwrap()), expect, "{time}");
        };
        file("20261122T1004Z", false);
        file("20261122T1005Z", true);
        file("20261123T0059Z", true);
        file("20261123T0100Z", false);
        assert!(Selection::default().wants_time(Timestamp::UNIX_EPOCH));
        assert!(!selection.wants_time("2026-11-22T23:00:00Z".parse().unwrap()));
    }
}
