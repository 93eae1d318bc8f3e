//! The source `aws_cloudtrail`: one row for each field that rules can ask for.
//!
//! Names and meanings are those that Falco's `cloudtrail` and `json` plugins document; where the
//! plugins do something else than they say, this follows what they say. All times are UTC.
//!
//! # Source
//! <https://github.com/falcosecurity/plugins/tree/main/plugins/cloudtrail>, AWS CloudTrail user
//! guide, "CloudTrail record contents" and "CloudTrail userIdentity element".

mod general;
mod identity;
mod services;
mod summary;
mod table;

use bumpalo::Bump;
use farguard_rules::{Field, Source, Value};

use crate::{
    json::Json,
    record::{Key, Record},
};

/// CloudTrail as a source of events.
#[derive(Debug, Clone, Copy)]
pub struct CloudTrail;

/// A record as rules see it.
#[derive(Debug, Clone, Copy)]
pub struct Trail<'e> {
    /// The record.
    pub record: &'e Record<'e>,
    /// Its number in this run, from 1.
    pub number: u64,
}

impl Source for CloudTrail {
    type Event<'e> = Trail<'e>;

    const NAME: &'static str = "aws_cloudtrail";

    fn fields() -> &'static [Field<Self>] {
        table::FIELDS
    }

    fn kind_field() -> Option<&'static str> {
        None
    }

    fn kinds() -> &'static [Option<&'static str>] {
        &[None]
    }

    fn kind(_: Self::Event<'_>) -> usize {
        0
    }

    fn time_ns(event: Self::Event<'_>) -> u64 {
        event.record.time_ns().unwrap_or_default()
    }
}

/// The value of a key at the top of the record; `null` is nothing.
fn top<'e>(event: Trail<'e>, key: Key, arena: &'e Bump) -> Value<'e> {
    value(event.record.get(key), arena)
}

/// The value of a key below one at the top.
fn below<'e>(event: Trail<'e>, key: Key, path: &[&str], arena: &'e Bump) -> Value<'e> {
    value(event.record.path(key, path), arena)
}

/// The value of a parameter of the request.
fn request<'e>(event: Trail<'e>, name: &str, arena: &'e Bump) -> Value<'e> {
    below(event, Key::RequestParameters, &[name], arena)
}

/// A value as text; `null` is nothing.
fn value<'e>(json: Option<Json<'e>>, arena: &'e Bump) -> Value<'e> {
    Value::from(json.filter(|json| json.is_something()).and_then(|json| json.text(arena)))
}

#[cfg(test)]
mod tests;
