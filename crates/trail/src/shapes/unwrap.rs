//! From an object to the record that it is, or that it holds.

use bumpalo::Bump;

use super::split::Each;
use crate::{
    json::{Json, Kind},
    record::{Index, Key, MARKERS, Record, Scan, scan},
};

/// Wrappers inside each other that are opened.
const MAX_WRAPPERS: u32 = 4;

/// How CloudTrail starts a record: whatever starts so is one, and nothing has to be looked for.
const AS_WRITTEN: &[u8] = b"{\"eventVersion\":";

/// CloudWatch Logs tries a subscription with messages of its own.
const PROBE: &[u8] = b"CWL CONTROL MESSAGE";

/// Hands on the record that an object is or holds; says how many records that were, 0 or 1.
pub(super) fn object(bytes: &[u8], index: &Index, level: u32, each: &mut Each<'_>) -> u64 {
    if !bytes.starts_with(AS_WRITTEN) {
        let wrappers = Key::WRAPPERS.iter().filter_map(|&key| index.get(bytes, key));
        for value in wrappers.filter(|_| level < MAX_WRAPPERS) {
            let records = held(value, level + 1, each);
            if records > 0 {
                return records;
            }
        }
        if !index.has_any(bytes, MARKERS) {
            return 0;
        }
    }
    each(&Record::new(bytes, *index));
    1
}

/// The record that is the value of a wrapper's key.
fn held(value: Json<'_>, level: u32, each: &mut Each<'_>) -> u64 {
    let Some(raw) = value.raw() else { return 0 };
    match value.kind() {
        Some(Kind::Object) => whole(raw, level, each),
        Some(Kind::String) => {
            let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
            text(inner, level, each)
        }
        _ => 0,
    }
}

/// The record whose text, escaped once more, stands between quotes.
pub(super) fn text(inner: &[u8], level: u32, each: &mut Each<'_>) -> u64 {
    let arena = Bump::new();
    let decoded = crate::json::text::decode(inner, &arena);
    whole(decoded, level, each)
}

fn whole(bytes: &[u8], level: u32, each: &mut Each<'_>) -> u64 {
    let bytes = bytes.trim_ascii();
    if bytes.starts_with(PROBE) {
        return 0;
    }
    let mut index = Index::default();
    match bytes.first() {
        Some(b'{') if scan(bytes, &mut index) == Scan::Whole(bytes.len()) => {
            object(bytes, &index, level, each)
        }
        _ => 0,
    }
}

/// The record whose columns are the objects of an array: `[{"eventName":"..."},{"awsRegion":"..."}]`.
pub(super) fn row(array: &[u8], each: &mut Each<'_>) -> u64 {
    let arena = Bump::new();
    let mut record = bumpalo::collections::Vec::with_capacity_in(array.len() + 2, &arena);
    record.push(b'{');
    for (name, value) in Json::new(array).items().flat_map(Json::members) {
        let Some(value) = value.raw() else { continue };
        if record.len() > 1 {
            record.push(b',');
        }
        record.push(b'"');
        record.extend_from_slice(name.raw());
        record.extend_from_slice(b"\":");
        super::lake::column(value, &mut record, &arena);
    }
    record.push(b'}');
    whole(&record, 0, each)
}
