//! Reads the data of the table. A line that is not understood is left out; a test counts them.

use std::collections::HashMap;

use super::{Category, EventDef, EventFlags, Format, ParamDef, ParamType};
use crate::Kind;

type Values = &'static [(&'static str, u32)];

pub(super) fn events(text: &'static str) -> Vec<EventDef> {
    let mut sets = HashMap::new();
    let mut events = Vec::new();
    for line in text.lines() {
        if let Some(line) = line.strip_prefix('=') {
            sets.extend(set(line));
        } else if !line.starts_with('#') {
            events.extend(event(line, &sets));
        }
    }
    events
}

fn set(line: &'static str) -> Option<(&'static str, Values)> {
    let (name, values) = line.split_once(' ')?;
    let value = |pair: &'static str| -> Option<(&'static str, u32)> {
        let (name, value) = pair.split_once('=')?;
        Some((name, value.parse().ok()?))
    };
    let values: Vec<_> = values.split(' ').map(value).collect::<Option<_>>()?;
    Some((name, values.leak()))
}

fn event(line: &'static str, sets: &HashMap<&str, Values>) -> Option<EventDef> {
    let mut words = line.split(' ');
    Some(EventDef {
        kind: Kind(words.next()?.parse().ok()?),
        code: words.next()?,
        name: words.next()?,
        category: Category(words.next()?.parse().ok()?),
        flags: flags(words.next()?)?,
        params: words.map(|word| param(word, sets)).collect::<Option<_>>()?,
    })
}

fn flags(names: &str) -> Option<EventFlags> {
    if names == "-" {
        return Some(EventFlags(0));
    }
    names.split(',').try_fold(EventFlags(0), |bits, name| {
        let (_, bit) = EventFlags::NAMES.iter().find(|(known, _)| *known == name)?;
        Some(EventFlags(bits.0 | bit.0))
    })
}

fn param(word: &'static str, sets: &HashMap<&str, Values>) -> Option<ParamDef> {
    let mut parts = word.split(':');
    let mut param = ParamDef {
        name: parts.next()?,
        kind: ParamType::parse(parts.next()?)?,
        format: Format::parse(parts.next()?)?,
        values: &[],
        dirfd: None,
    };
    match parts.next() {
        None => {}
        Some(extra) => match (extra.strip_prefix('='), extra.strip_prefix('@')) {
            (Some(set), _) => param.values = sets.get(set)?,
            (_, Some(index)) => param.dirfd = Some(index.parse().ok()?),
            _ => return None,
        },
    }
    Some(param)
}
