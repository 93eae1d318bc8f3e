//! Moments as alerts print them, in UTC.

use super::TimeFormat;

const DAY: u64 = 86_400;

/// A moment, in nanoseconds since 1970.
pub(super) fn print(time_ns: u64, format: TimeFormat) -> String {
    let (seconds, nanos) = (time_ns / 1_000_000_000, time_ns % 1_000_000_000);
    let of_day = seconds % DAY;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let clock = format!("{hour:02}:{minute:02}:{second:02}.{nanos:09}");
    match format {
        TimeFormat::Clock => clock,
        TimeFormat::Iso8601 => format!("{}T{clock}+0000", date(seconds / DAY)),
        TimeFormat::Rfc3339 => format!("{}T{clock}Z", date(seconds / DAY)),
    }
}

/// A day, counted from 1970.
///
/// # Source
/// Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
fn date(days: u64) -> String {
    // Years begin in March, so that the leap day is the last; eras are 400 years.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leaps = day_of_era / 1460 + day_of_era / 146_096 - day_of_era / 36_524;
    let year_of_era = (day_of_era - leaps) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_printed_in_utc() {
        let check = |time_ns, format, expect: &str| assert_eq!(print(time_ns, format), expect);
        let moment = 1_470_327_477_881_785_348;
        check(moment, TimeFormat::Clock, "16:17:57.881785348");
        check(moment, TimeFormat::Rfc3339, "2016-08-04T16:17:57.881785348Z");
        check(moment, TimeFormat::Iso8601, "2016-08-04T16:17:57.881785348+0000");
        check(0, TimeFormat::Rfc3339, "1970-01-01T00:00:00.000000000Z");
        check(951_782_400_000_000_000, TimeFormat::Rfc3339, "2000-02-29T00:00:00.000000000Z");
        check(951_868_800_000_000_000, TimeFormat::Rfc3339, "2000-03-01T00:00:00.000000000Z");
        check(u64::MAX, TimeFormat::Rfc3339, "2554-07-21T23:34:33.709551615Z");
    }
}
