//! When it happened.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::RequiredIndex,
        FieldType::{Abstime, Charbuf, Reltime, Uint64},
    },
};

use super::{
    Row,
    text::{self, Text},
};
use crate::view::View;

pub(super) static FIELDS: &[Row] = &[
    Row::new("evt.time", Charbuf, time, "time of day, with nanoseconds, UTC"),
    Row::new("evt.time.s", Charbuf, time_s, "time of day, UTC"),
    Row::new(
        "evt.time.iso8601",
        Charbuf,
        time_iso8601,
        "date and time as ISO 8601 writes them, with nanoseconds, UTC",
    ),
    Row::new("evt.datetime", Charbuf, datetime, "date and time of day, with nanoseconds, UTC"),
    Row::new("evt.datetime.s", Charbuf, datetime_s, "date and time of day, UTC"),
    Row::new("evt.outputtime", Charbuf, time, "time as alerts print it: the same as `evt.time`"),
    Row::new("evt.rawtime", Abstime, rawtime, "nanoseconds since 1970"),
    Row::new("evt.rawtime.s", Abstime, rawtime_s, "seconds since 1970"),
    Row::new("evt.rawtime.ns", Abstime, rawtime_ns, "nanoseconds beyond the last full second"),
    Row::new("evt.reltime", Reltime, reltime, "nanoseconds since the first event"),
    Row::new("evt.reltime.s", Reltime, reltime_s, "seconds since the first event"),
    Row::new(
        "evt.reltime.ns",
        Reltime,
        reltime_ns,
        "nanoseconds since the first event, beyond the last full second",
    ),
    Row::new("evt.deltatime", Reltime, deltatime, "nanoseconds since the event before"),
    Row::new("evt.deltatime.s", Reltime, deltatime_s, "seconds since the event before"),
    Row::new(
        "evt.deltatime.ns",
        Reltime,
        deltatime_ns,
        "nanoseconds since the event before, beyond the last full second",
    ),
    Row::new("evt.latency", Reltime, zero, "always 0: events only tell of the end of a call"),
    Row::new("evt.latency.s", Reltime, zero, "always 0"),
    Row::new("evt.latency.ns", Reltime, zero, "always 0"),
    Row::new("evt.latency.quantized", Uint64, zero, "always 0"),
    Row::new("evt.latency.human", Charbuf, zero_text, "always `0ns`"),
    Row::new("evt.wait_latency", Reltime, zero, "always 0"),
    Row::known("evt.around", Uint64, "whether the event is within some milliseconds of a time")
        .arg(RequiredIndex)
        .opaque(),
];

const SECOND: u64 = 1_000_000_000;

/// A moment as people write it, UTC.
struct Moment {
    year: u64,
    month: u64,
    day: u64,
    seconds: u64,
    nanoseconds: u64,
}

impl Moment {
    /// # Source
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": `civil_from_days`.
    const fn of(time_ns: u64) -> Self {
        let seconds = time_ns / SECOND;
        // Counted from 1 March of the year 0, so that leap days are the last of their year.
        let days = seconds / 86_400 + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        Self {
            year: year_of_era + era * 400 + (month >= 10) as u64,
            month: if month < 10 { month + 3 } else { month - 9 },
            day: day_of_year - (153 * month + 2) / 5 + 1,
            seconds: seconds % 86_400,
            nanoseconds: time_ns % SECOND,
        }
    }

    const fn clock(&self) -> (u64, u64, u64) {
        (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)
    }
}

/// Writes a moment: with its date or not, with nanoseconds or not.
fn write(time_ns: u64, date: bool, nanoseconds: bool, out: &mut Text<'_>) {
    let moment = Moment::of(time_ns);
    let (hour, minute, second) = moment.clock();
    if date {
        let Moment { year, month, day, .. } = moment;
        out.print(format_args!("{year:04}-{month:02}-{day:02} "));
    }
    out.print(format_args!("{hour:02}:{minute:02}:{second:02}"));
    if nanoseconds {
        out.print(format_args!(".{:09}", moment.nanoseconds));
    }
}

/// Writes a moment with its date.
pub(super) fn write_datetime(time_ns: u64, out: &mut Text<'_>) {
    write(time_ns, true, true, out);
}

fn show<'e>(view: &View<'_>, bump: &'e Bump, date: bool, nanoseconds: bool) -> Value<'e> {
    let mut text = Text::new(bump);
    write(view.event.time_ns, date, nanoseconds, &mut text);
    text.value()
}

fn time<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    show(view, bump, false, true)
}

fn time_s<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    show(view, bump, false, false)
}

fn datetime<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    show(view, bump, true, true)
}

fn datetime_s<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    show(view, bump, true, false)
}

fn time_iso8601<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    iso8601(view.event.time_ns, bump)
}

/// Date and time with nanoseconds, as alerts print it.
fn iso8601(time_ns: u64, bump: &Bump) -> Value<'_> {
    let moment = Moment::of(time_ns);
    let (hour, minute, second) = moment.clock();
    let Moment { year, month, day, nanoseconds, .. } = moment;
    text::print(
        bump,
        format_args!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanoseconds:09}+0000"
        ),
    )
}

fn rawtime<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Uint(view.event.time_ns)
}

fn rawtime_s<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Uint(view.event.time_ns / SECOND)
}

fn rawtime_ns<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Uint(view.event.time_ns % SECOND)
}

/// Nanoseconds since the first event.
fn since_first(view: &View<'_>) -> Option<u64> {
    view.event.time_ns.checked_sub(view.state.times().first_ns?)
}

/// Nanoseconds since the event before; 0 for the first.
fn since_previous(view: &View<'_>) -> Option<u64> {
    let now = view.event.time_ns;
    now.checked_sub(view.state.times().previous_ns.unwrap_or(now))
}

fn reltime<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    since_first(view).into()
}

fn reltime_s<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    since_first(view).map(|passed| passed / SECOND).into()
}

fn reltime_ns<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    since_first(view).map(|passed| passed % SECOND).into()
}

fn deltatime<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    since_previous(view).into()
}

fn deltatime_s<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    since_previous(view).map(|passed| passed / SECOND).into()
}

fn deltatime_ns<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    since_previous(view).map(|passed| passed % SECOND).into()
}

fn zero<'e>(_: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    Value::Uint(0)
}

fn zero_text<'e>(_: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    "0ns".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_with_their_date() {
        let bump = Bump::new();
        for (time_ns, expect) in [
            (0, "1970-01-01T00:00:00.000000000+0000"),
            (951_827_696_000_000_001, "2000-02-29T12:34:56.000000001+0000"),
            (1_709_251_199_999_999_999, "2024-02-29T23:59:59.999999999+0000"),
            (1_709_251_200_000_000_000, "2024-03-01T00:00:00.000000000+0000"),
            (4_102_444_800_000_000_000, "2100-01-01T00:00:00.000000000+0000"),
            (u64::MAX, "2554-07-21T23:34:33.709551615+0000"),
        ] {
            assert_eq!(iso8601(time_ns, &bump), expect.into());
        }
    }
}
