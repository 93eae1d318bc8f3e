//! The only place that asks what time it is; engines take it as an argument.

use jiff::Timestamp;

/// Now, in whole seconds: fractions of a second in a report only make it differ.
#[allow(clippy::disallowed_methods, reason = "the edge of the program hands the time to the rest")]
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
