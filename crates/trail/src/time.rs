//! Times of records: read, whatever wrote them, and shown.

use std::fmt::Write as _;

use bumpalo::{Bump, collections::String};

use crate::json::{Json, Kind};

pub(crate) const SECOND: u64 = 1_000_000_000;

/// The moment that a value names, in nanoseconds since 1970. As CloudTrail writes it
/// (`2024-07-30T21:31:21Z`), without `Z` (UTC is meant), with a fraction, an offset, a blank in the
/// middle, or as a number of seconds or milliseconds.
pub(crate) fn parse(value: Json<'_>) -> Option<u64> {
    match value.kind()? {
        Kind::Number => from_number(value.raw()?),
        Kind::String => from_text(value.raw()?.strip_prefix(b"\"")?.strip_suffix(b"\"")?),
        _ => None,
    }
}

fn from_number(raw: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(raw).ok()?;
    let whole: u64 = text.split('.').next()?.parse().ok()?;
    // Numbers of this size are milliseconds: as seconds they lie more than 3,000 years ahead.
    let unit = if whole > 100_000_000_000 { 1_000_000 } else { SECOND };
    whole.checked_mul(unit)
}

fn from_text(text: &[u8]) -> Option<u64> {
    plain(text).or_else(|| {
        let text = std::str::from_utf8(text).ok()?.trim();
        let nanoseconds = match text.parse::<jiff::Timestamp>() {
            Ok(moment) => moment.as_nanosecond(),
            Err(_) => {
                let local: jiff::civil::DateTime = text.parse().ok()?;
                local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_nanosecond()
            }
        };
        u64::try_from(nanoseconds).ok()
    })
}

/// Exactly `2024-07-30T21:31:21Z`, as nearly every record has it.
fn plain(text: &[u8]) -> Option<u64> {
    let text: &[u8; 20] = text.try_into().ok()?;
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        b'T',
        h0,
        h1,
        b':',
        n0,
        n1,
        b':',
        s0,
        s1,
        b'Z',
    ] = *text
    else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i64, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
        })
    };
    let (year, month, day) = (number(&[y0, y1, y2, y3])?, number(&[m0, m1])?, number(&[d0, d1])?);
    let (hour, minute, second) = (number(&[h0, h1])?, number(&[n0, n1])?, number(&[s0, s1])?);
    let fine = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fine || hour > 23 || minute > 59 || second > 59 || year < 1970 {
        return None;
    }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    u64::try_from(seconds).ok()?.checked_mul(SECOND)
}

/// Days since 1970 in the Gregorian calendar: years start in March, so that leap days end them.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year / 4 - year / 100 + year / 400;
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// How a moment is shown. All are UTC: an engine knows no time zone.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Style {
    /// `21:31:21.000000000`
    Time,
    /// `21:31:21`
    Seconds,
    /// `2024-07-30T21:31:21.000000000+0000`
    Iso8601,
    /// `2024-07-30 21:31:21.000000000`
    Date,
    /// `2024-07-30 21:31:21`
    DateSeconds,
}

/// A moment as text.
pub(crate) fn show(ns: u64, style: Style, arena: &Bump) -> Option<&[u8]> {
    let moment = jiff::Timestamp::from_nanosecond(i128::from(ns)).ok()?;
    let it = jiff::tz::Offset::UTC.to_datetime(moment);
    let (date, second) = (it.date(), it.second());
    let (hour, minute, fraction) = (it.hour(), it.minute(), it.subsec_nanosecond());
    let mut out = String::with_capacity_in(40, arena);
    let clock = format_args!("{hour:02}:{minute:02}:{second:02}");
    match style {
        Style::Time => write!(out, "{clock}.{fraction:09}"),
        Style::Seconds => write!(out, "{clock}"),
        Style::Iso8601 => write!(out, "{date}T{clock}.{fraction:09}+0000"),
        Style::Date => write!(out, "{date} {clock}.{fraction:09}"),
        Style::DateSeconds => write!(out, "{date} {clock}"),
    }
    .ok()?;
    Some(out.into_bump_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expect: Option<&str>) {
        let arena = Bump::new();
        let shown = parse(Json::new(json.as_bytes()))
            .and_then(|ns| show(ns, Style::Iso8601, &arena))
            .map(|text| str::from_utf8(text).unwrap());
        assert_eq!(shown, expect, "{json}");
    }

    #[test]
    fn times_are_read_as_they_come() {
        let moment = Some("2024-07-30T21:31:21.000000000+0000");
        check(r#""2024-07-30T21:31:21Z""#, moment);
        check(r#""2024-07-30T21:31:21""#, moment);
        check(r#""2024-07-30 21:31:21""#, moment);
        check(r#""2024-07-30T23:31:21+02:00""#, moment);
        check("1722375081", moment);
        check("1722375081.5", moment);
        check("1722375081000", moment);
        check(r#""2024-02-29T00:00:00Z""#, Some("2024-02-29T00:00:00.000000000+0000"));
        check(r#""2024-07-30T21:31:21.25Z""#, Some("2024-07-30T21:31:21.250000000+0000"));
        for bad in [r#""""#, r#""yesterday""#, r#""2024-13-30T21:31:21Z""#, "null", "-1", "{}"] {
            check(bad, None);
        }
    }

    #[test]
    fn the_short_way_agrees_with_the_calendar() {
        for day in 0..40_000_u64 {
            let ns = day * 86_400 * SECOND;
            let text = jiff::Timestamp::from_nanosecond(i128::from(ns)).unwrap().to_string();
            assert_eq!(plain(text.as_bytes()), Some(ns), "{text}");
        }
    }

    #[test]
    fn moments_are_shown_as_falco_shows_them() {
        let arena = Bump::new();
        let show = |style| str::from_utf8(show(1_722_375_081_000_000_007, style, &arena).unwrap());
        assert_eq!(show(Style::Time), Ok("21:31:21.000000007"));
        assert_eq!(show(Style::Seconds), Ok("21:31:21"));
        assert_eq!(show(Style::Date), Ok("2024-07-30 21:31:21.000000007"));
        assert_eq!(show(Style::DateSeconds), Ok("2024-07-30 21:31:21"));
    }
}
