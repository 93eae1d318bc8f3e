//! What an event says in one line, and what it is when it does not say itself.

use bumpalo::{Bump, collections::Vec};
use farguard_rules::Value;

use super::{Trail, below, identity, request, services, top};
use crate::{json::Json, record::Key};

/// Calls that change something start with one of these words.
const CHANGES: [&[u8]; 60] = [
    b"Accept",
    b"Activate",
    b"Add",
    b"Admin",
    b"Allocate",
    b"Apply",
    b"Assign",
    b"Associate",
    b"Attach",
    b"Authorize",
    b"Batch",
    b"Cancel",
    b"Change",
    b"Close",
    b"Copy",
    b"Create",
    b"Deactivate",
    b"Delete",
    b"Deregister",
    b"Destroy",
    b"Detach",
    b"Disable",
    b"Disassociate",
    b"Enable",
    b"Execute",
    b"Export",
    b"Import",
    b"Initialize",
    b"Initiate",
    b"Invite",
    b"Invoke",
    b"Leave",
    b"Modify",
    b"Move",
    b"Open",
    b"Publish",
    b"Purchase",
    b"Put",
    b"Reboot",
    b"Register",
    b"Release",
    b"Remove",
    b"Replace",
    b"Request",
    b"Reset",
    b"Restore",
    b"Revoke",
    b"Run",
    b"Schedule",
    b"Send",
    b"Set",
    b"Start",
    b"Stop",
    b"Suspend",
    b"Tag",
    b"Terminate",
    b"Un",
    b"Update",
    b"Upgrade",
    b"Wipe",
];

const TRUE: Value<'static> = Value::Text(b"true");
const FALSE: Value<'static> = Value::Text(b"false");

/// Yes or no as text.
fn flag(value: Option<bool>) -> Value<'static> {
    value.map_or(Value::Null, |yes| if yes { TRUE } else { FALSE })
}

/// Yes or no as the record says it.
pub(super) fn yes_no(event: Trail<'_>, key: Key) -> Value<'static> {
    flag(event.record.get(key).and_then(Json::as_bool))
}

/// Whether it only reads; where the record does not say, its name tells.
pub(super) fn read_only<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    if let Some(said) = event.record.get(Key::ReadOnly).and_then(Json::as_bool) {
        return flag(Some(said));
    }
    match top(event, Key::EventName, arena) {
        Value::Text(name) => flag(Some(!CHANGES.iter().any(|word| name.starts_with(word)))),
        _ => Value::Null,
    }
}

/// Whether it is a management event; where the record does not say, its category tells.
pub(super) fn management<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let said = event.record.get(Key::ManagementEvent).and_then(Json::as_bool);
    flag(said.or_else(|| match top(event, Key::EventCategory, arena) {
        Value::Text(category) => Some(category == b"Management"),
        _ => None,
    }))
}

/// The service without `.amazonaws.com`.
pub(super) fn short_source<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    match top(event, Key::EventSource, arena) {
        Value::Text(source) => {
            let short = source.strip_suffix(b".amazonaws.com").filter(|short| !short.is_empty());
            Value::Text(short.unwrap_or(source))
        }
        other => other,
    }
}

/// Who did what from where, whether it failed (`!`), read (`←`) or wrote (`→`), and to what.
pub(super) fn info<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let mut out = Vec::with_capacity_in(128, arena);
    write_info(event, &mut out, arena);
    Value::Text(out.into_bump_slice())
}

/// The region, the user and the service before that.
pub(super) fn plugin_info<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let mut out = Vec::with_capacity_in(160, arena);
    let name = top(event, Key::EventName, arena);
    let user = identity::user(event, arena);
    for value in [top(event, Key::AwsRegion, arena), user, short_source(event, arena), name] {
        if let Value::Text(text) = value {
            out.extend_from_slice(text);
            out.push(b' ');
        }
    }
    write_info(event, &mut out, arena);
    Value::Text(out.into_bump_slice())
}

fn write_info<'e>(event: Trail<'e>, out: &mut Vec<'e, u8>, arena: &'e Bump) {
    let user = text_or(identity::user(event, arena), b"<NA>");
    let from = text_or(top(event, Key::SourceIpAddress, arena), b"<NA>");
    out.extend_from_slice(user);
    if user != from {
        add(out, b" via ", from);
    }
    out.push(b' ');
    if !top(event, Key::ErrorCode, arena).is_null() {
        out.push(b'!');
    }
    let writes = matches!(read_only(event, arena), Value::Text(b"false"));
    out.extend_from_slice(if writes { "→ " } else { "← " }.as_bytes());
    let name = text_or(top(event, Key::EventName, arena), b"<NA>");
    out.extend_from_slice(name);
    if name == b"PutBucketPublicAccessBlock" {
        return write_access_block(event, out, arena);
    }
    if let Value::Uint(size) =
        services::s3_bytes(event, &["bytesTransferredIn", "bytesTransferredOut"])
    {
        add(out, b" Size=", bumpalo::format!(in arena, "{}", size).into_bump_str().as_bytes());
    }
    let about: [(&[u8], Value<'_>); 4] = [
        (b" URI=", services::s3_uri(event, arena)),
        (b" Bucket=", request(event, "bucketName", arena)),
        (b" Key=", request(event, "key", arena)),
        (b" Host=", services::host(event, arena)),
    ];
    if let Some((label, Value::Text(text))) = about.into_iter().find(|(_, value)| !value.is_null())
    {
        add(out, label, text);
    }
}

/// What a request wants of the four settings that keep a bucket private.
fn write_access_block<'e>(event: Trail<'e>, out: &mut Vec<'e, u8>, arena: &'e Bump) {
    let settings =
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    for name in settings {
        let path = ["PublicAccessBlockConfiguration", name];
        let value = below(event, Key::RequestParameters, &path, arena);
        if let Value::Text(text) = value {
            out.push(b' ');
            add(out, name.as_bytes(), b"=");
            out.extend_from_slice(text);
        }
    }
}

fn add(out: &mut Vec<'_, u8>, label: &[u8], text: &[u8]) {
    out.extend_from_slice(label);
    out.extend_from_slice(text);
}

fn text_or<'e>(value: Value<'e>, other: &'static [u8]) -> &'e [u8] {
    if let Value::Text(text) = value { text } else { other }
}
