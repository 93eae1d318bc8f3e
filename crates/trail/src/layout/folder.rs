//! Folders of the layout, from the top down to a day.

use jiff::civil::Date;

/// How deep a folder is in the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not in it: above `AWSLogs`, or somewhere else.
    Outside,
    /// `AWSLogs`, `AWSLogs/o-ORG`.
    Accounts,
    /// `.../ACCOUNT`: CloudTrail is one of several services in it.
    Account,
    /// `.../CloudTrail`, `.../CloudTrail-Insight`.
    Service,
    /// `.../REGION` and deeper: what is below is sorted by day.
    Series,
}

/// What the path of a folder says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folder<'a> {
    /// How deep it is.
    pub level: Level,
    /// Twelve digits.
    pub account: Option<&'a str>,
    /// `CloudTrail`, `CloudTrail-Digest`, `Config`.
    pub service: Option<&'a str>,
    /// `eu-west-1`.
    pub region: Option<&'a str>,
    /// Its first and last day, when it is a year, a month or a day.
    pub days: Option<(Date, Date)>,
    /// The path up to the region, with `/` at its end.
    pub series: Option<&'a str>,
}

impl<'a> Folder<'a> {
    /// Takes the path of a folder, or of a file in it, apart. Everything that does not fit is
    /// [`Level::Outside`].
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
    #[must_use]
    pub fn parse(path: &'a str) -> Self {
        let mut folder = Self {
            level: Level::Outside,
            account: None,
            service: None,
            region: None,
            days: None,
            series: None,
        };
        let mut parts = Parts { path, position: 0 };
        while folder.level == Level::Outside {
            match parts.next() {
                Some("AWSLogs") => folder.level = Level::Accounts,
                Some(_) => {}
                None => return folder,
            }
        }
        folder.account = parts.next_if(is_account).or_else(|| {
            parts.next_if(|part| part.starts_with("o-"))?;
            parts.next_if(is_account)
        });
        if folder.account.is_none() {
            return folder;
        }
        folder.level = Level::Account;
        folder.service = parts.next();
        if folder.service.is_none() {
            return folder;
        }
        folder.level = Level::Service;
        folder.region = parts.next_if(is_region);
        if folder.region.is_none() {
            return folder;
        }
        folder.level = Level::Series;
        folder.series = path.get(..parts.position);
        let year: Option<i16> = parts.next().and_then(digits);
        let month: Option<i8> = parts.next().and_then(digits);
        let day: Option<i8> = parts.next().and_then(digits);
        folder.days = year.and_then(|year| days(year, month, day));
        folder
    }

    /// Whether it holds records, as far as the service is known.
    #[must_use]
    pub fn is_log(&self) -> bool {
        self.service.is_none_or(|service| {
            service == "CloudTrail"
                || service.starts_with("CloudTrail-") && service != "CloudTrail-Digest"
        })
    }

    /// Whether it holds digests, as far as the service is known.
    #[must_use]
    pub fn is_digest(&self) -> bool {
        self.service.is_none_or(|service| service == "CloudTrail-Digest")
    }
}

/// The parts of a path between its slashes.
struct Parts<'a> {
    path: &'a str,
    position: usize,
}

impl<'a> Parts<'a> {
    fn peek(&self) -> Option<(&'a str, usize)> {
        let rest = self.path.get(self.position..)?;
        let part = rest.split('/').next().filter(|_| !rest.is_empty())?;
        let end = self.position + part.len();
        Some((part, if end < self.path.len() { end + 1 } else { end }))
    }

    fn next(&mut self) -> Option<&'a str> {
        self.next_if(|_| true)
    }

    fn next_if(&mut self, wanted: impl Fn(&str) -> bool) -> Option<&'a str> {
        let (part, end) = self.peek().filter(|(part, _)| wanted(part))?;
        self.position = end;
        Some(part)
    }
}

fn is_account(part: &str) -> bool {
    part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit())
}

fn is_region(part: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    part.contains('-') && part.bytes().all(is_letter)
}

fn digits<N: std::str::FromStr>(part: &str) -> Option<N> {
    part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
}

fn days(year: i16, month: Option<i8>, day: Option<i8>) -> Option<(Date, Date)> {
    let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    let last = match (month, day) {
        (None, _) => first.last_of_year(),
        (Some(_), None) => first.last_of_month(),
        (Some(_), Some(_)) => first,
    };
    Some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_at_every_depth() {
        let check = |path: &str, level: Level, region: Option<&str>, days: &str| {
            let folder = Folder::parse(path);
            let read = folder.days.map_or(String::new(), |(a, b)| format!("{a}..{b}"));
            assert_eq!(
                (folder.level, folder.region, read.as_str()),
                (level, region, days),
                "{path}"
            );
        };
        let region = Some("eu-west-1");
        check("", Level::Outside, None, "");
        check("logs/2026/", Level::Outside, None, "");
        check("p/AWSLogs/", Level::Accounts, None, "");
        check("AWSLogs/o-abc/", Level::Accounts, None, "");
        check("AWSLogs/o-abc/123456789012", Level::Account, None, "");
        check("AWSLogs/123456789012/CloudTrail/", Level::Service, None, "");
        check("AWSLogs/123456789012/CloudTrail/eu-west-1", Level::Series, region, "");
        let series = "x/AWSLogs/123456789012/CloudTrail/eu-west-1/";
        check(&format!("{series}2026"), Level::Series, region, "2026-01-01..2026-12-31");
        check(&format!("{series}2024/02/"), Level::Series, region, "2024-02-01..2024-02-29");
        check(
            &format!("{series}2026/11/22/x.json"),
            Level::Series,
            region,
            "2026-11-22..2026-11-22",
        );
        check(&format!("{series}2026/13/22/"), Level::Series, region, "");
        let folder = Folder::parse("x/AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11");
        assert_eq!(folder.series, Some(series));
        assert!(folder.is_log() && !folder.is_digest());
        assert!(!Folder::parse("AWSLogs/123456789012/Config/eu-west-1/").is_log());
    }
}
