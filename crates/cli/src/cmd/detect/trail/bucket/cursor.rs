//! The list of one prefix, from the first wanted key to the last.

use std::{collections::VecDeque, sync::Arc};

use farguard_aws::{
    AwsError,
    s3::{Entry, Listing, S3},
};
use farguard_trail::layout::{FileName, Folder};
use jiff::{Timestamp, tz::TimeZone};

use super::Wanted;
use crate::cmd::detect::trail::{input::Input, local::wanted as is_wanted};

/// A list, a page at a time.
#[derive(Debug)]
pub(super) struct Cursor {
    wanted: Wanted,
    listing: Listing,
    page: VecDeque<Entry>,
    next: Option<String>,
    state: State,
    bucket: Arc<str>,
    failed: Option<AwsError>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    New,
    Begun,
    Ended,
}

impl Cursor {
    /// A list that is begun where the first wanted key can be.
    pub(super) fn new(wanted: &Wanted, prefix: &str, resume: Option<Timestamp>) -> Self {
        let from = wanted.selection.since.max(resume);
        let start_after = from.and_then(|from| first_key(prefix, from));
        let listing = Listing {
            bucket: wanted.bucket.to_string(),
            prefix: prefix.to_owned(),
            start_after,
            by_folder: false,
            page_size: 1_000,
        };
        Self {
            wanted: wanted.clone(),
            listing,
            page: VecDeque::new(),
            next: None,
            state: State::New,
            bucket: Arc::clone(&wanted.bucket),
            failed: None,
        }
    }

    /// Entries that are known already.
    pub(super) fn of_entries(wanted: &Wanted, entries: Vec<Entry>) -> Self {
        let mut cursor = Self::new(wanted, &wanted.prefix, None);
        cursor.page = entries.into();
        cursor.state = State::Ended;
        cursor
    }

    pub(super) fn set_page_size(&mut self, keys: u16) {
        self.listing.page_size = keys;
    }

    /// `s3://BUCKET/PREFIX`.
    pub(super) fn name(&self) -> String {
        format!("s3://{}/{}", self.listing.bucket, self.listing.prefix)
    }

    /// Fetches the first page; that it failed is told later.
    pub(super) fn begin(&mut self, s3: &S3) {
        if let Err(error) = self.fetch(s3) {
            self.failed = Some(error);
        }
    }

    /// The next object that is wanted, without taking it.
    pub(super) fn peek(&mut self, s3: &S3) -> Result<Option<Input>, AwsError> {
        if let Some(error) = self.failed.take() {
            self.state = State::Ended;
            return Err(error);
        }
        loop {
            while let Some(entry) = self.page.front() {
                if self.is_beyond(&entry.key) {
                    self.page.clear();
                    self.state = State::Ended;
                    break;
                }
                if is_wanted(&entry.key, self.wanted.kind, &self.wanted.selection) == Some(true) {
                    return Ok(Some(self.input(entry)));
                }
                self.page.pop_front();
            }
            if self.state == State::Ended {
                return Ok(None);
            }
            if let Err(error) = self.fetch(s3) {
                self.state = State::Ended;
                return Err(error);
            }
        }
    }

    /// Takes what was peeked at.
    pub(super) fn take(&mut self) -> Option<Input> {
        let entry = self.page.pop_front()?;
        Some(self.input(&entry))
    }

    fn input(&self, entry: &Entry) -> Input {
        Input::object(&self.bucket, entry.key.clone(), entry.size)
    }

    fn fetch(&mut self, s3: &S3) -> Result<(), AwsError> {
        if self.state == State::Ended || !self.page.is_empty() {
            return Ok(());
        }
        let page = s3.list(&self.listing, self.next.as_deref())?;
        self.page = page.entries.into();
        self.next = page.next;
        self.state = if self.next.is_some() { State::Begun } else { State::Ended };
        Ok(())
    }

    /// Whether this key and all after it come too late.
    fn is_beyond(&self, key: &str) -> bool {
        let days = Folder::parse(key).days;
        let last = self.wanted.selection.last_day();
        days.zip(last).is_some_and(|((first, _), last)| first > last)
    }
}

/// The key that a file delivered at that time would come after, if there is an account, a service
/// and a region in the prefix: keys are then sorted by time.
fn first_key(prefix: &str, time: Timestamp) -> Option<String> {
    let folder = Folder::parse(prefix);
    let series = folder.series.filter(|series| series.ends_with('/'))?;
    let (account, service, region) = (folder.account?, folder.service?, folder.region?);
    let day = time.to_zoned(TimeZone::UTC).strftime("%Y/%m/%d");
    // The trail stands before the time in names of digests: their day has to do.
    let stem = match service {
        "CloudTrail-Digest" => String::new(),
        _ => {
            let minute = time.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M");
            format!("{account}_{service}_{region}_{minute}")
        }
    };
    let key = format!("{series}{day}/{stem}");
    debug_assert!(stem.is_empty() || FileName::parse(&format!("{key}Z_x.json.gz")).is_some());
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_begin_at_the_first_wanted_minute() {
        let check = |prefix: &str, expect: Option<&str>| {
            let time = "2026-11-22T10:05:30Z".parse().unwrap();
            assert_eq!(first_key(prefix, time).as_deref(), expect, "{prefix}");
        };
        let series = "p/AWSLogs/123456789012/CloudTrail/eu-west-1/";
        let first = format!("{series}2026/11/22/123456789012_CloudTrail_eu-west-1_20261122T1005");
        check(series, Some(&first));
        check(&format!("{series}2026/"), Some(&first));
        check("AWSLogs/123456789012/CloudTrail/", None);
        check("exports/", None);
        let digests = "AWSLogs/o-x/123456789012/CloudTrail-Digest/eu-west-1/";
        check(digests, Some(&format!("{digests}2026/11/22/")));
    }
}
