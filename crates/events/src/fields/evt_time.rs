//! When it happened.

use farguard_rules::field::{
    ArgRule::RequiredIndex,
    FieldType::{Abstime, Charbuf, Reltime, Uint64},
};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("evt.time", Charbuf, "time of day, with nanoseconds, UTC"),
    Row::known("evt.time.s", Charbuf, "time of day, UTC"),
    Row::known(
        "evt.time.iso8601",
        Charbuf,
        "date and time as ISO 8601 writes them, with nanoseconds, UTC",
    ),
    Row::known("evt.datetime", Charbuf, "date and time of day, with nanoseconds, UTC"),
    Row::known("evt.datetime.s", Charbuf, "date and time of day, UTC"),
    Row::known("evt.outputtime", Charbuf, "time as alerts print it: the same as `evt.time`"),
    Row::known("evt.rawtime", Abstime, "nanoseconds since 1970"),
    Row::known("evt.rawtime.s", Abstime, "seconds since 1970"),
    Row::known("evt.rawtime.ns", Abstime, "nanoseconds beyond the last full second"),
    Row::known("evt.reltime", Reltime, "nanoseconds since the first event"),
    Row::known("evt.reltime.s", Reltime, "seconds since the first event"),
    Row::known(
        "evt.reltime.ns",
        Reltime,
        "nanoseconds since the first event, beyond the last full second",
    ),
    Row::known("evt.deltatime", Reltime, "nanoseconds since the event before"),
    Row::known("evt.deltatime.s", Reltime, "seconds since the event before"),
    Row::known(
        "evt.deltatime.ns",
        Reltime,
        "nanoseconds since the event before, beyond the last full second",
    ),
    Row::known("evt.latency", Reltime, "always 0: events only tell of the end of a call"),
    Row::known("evt.latency.s", Reltime, "always 0"),
    Row::known("evt.latency.ns", Reltime, "always 0"),
    Row::known("evt.latency.quantized", Uint64, "always 0"),
    Row::known("evt.latency.human", Charbuf, "always `0ns`"),
    Row::known("evt.wait_latency", Reltime, "always 0"),
    Row::known("evt.around", Uint64, "whether the event is within some milliseconds of a time")
        .arg(RequiredIndex)
        .opaque(),
];
