//! What Falco knows of every event, and the JSON behind it.

use bumpalo::Bump;
use farguard_rules::{Arg, Value};

use super::Trail;
use crate::time::{self, Style};

/// The time of the event in one of several styles.
pub(super) fn time<'e>(event: Trail<'e>, style: Style, arena: &'e Bump) -> Value<'e> {
    event.record.time_ns().and_then(|ns| time::show(ns, style, arena)).into()
}

/// Nanoseconds since 1970 as text.
pub(super) fn raw_time<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    event.record.time_ns().map(|ns| bumpalo::format!(in arena, "{}", ns).into_bump_str()).into()
}

/// What a JSON pointer leads to. `null` is a value with that text: rules compare with it.
pub(super) fn pointer<'e>(event: Trail<'e>, arg: &'e Arg, arena: &'e Bump) -> Value<'e> {
    let found = if arg.text.starts_with('/') {
        event.record.pointer(&arg.pointer)
    } else {
        // Falco's plugin does without the first slash.
        event.record.pointer(&Arg::new(&format!("/{}", arg.text)).pointer)
    };
    found.and_then(|json| json.text(arena)).into()
}

/// The whole record, with a line for each part.
pub(super) fn object<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    event.record.json().pretty(arena).into()
}
