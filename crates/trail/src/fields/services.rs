//! What requests to single services are about, wherever their records keep it.

use bumpalo::{Bump, collections::Vec};
use farguard_rules::Value;

use super::{Trail, below, request, value};
use crate::{
    json::{Json, Kind},
    record::Key,
};

/// The first of several parameters that the request has.
fn first_request<'e>(event: Trail<'e>, names: &[&str], arena: &'e Bump) -> Value<'e> {
    let mut found = names.iter().map(|name| request(event, name, arena));
    found.find(|value| !value.is_null()).unwrap_or_default()
}

/// Several values as one text, each once, separated by commas.
fn joined<'e>(values: impl Iterator<Item = &'e [u8]>, arena: &'e Bump) -> Value<'e> {
    let mut seen: Vec<'_, &[u8]> = Vec::new_in(arena);
    // A request names a few; a hostile one pays for no more than that.
    for value in values.take(64).filter(|value| !value.is_empty()) {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    match seen.as_slice() {
        [] => Value::Null,
        [one] => Value::Text(one),
        many => Value::Text(arena.alloc_slice_copy(&many.join(&b","[..]))),
    }
}

/// The member of that name of every item of an array.
fn each<'e>(
    array: Option<Json<'e>>,
    name: &'static str,
    arena: &'e Bump,
) -> impl Iterator<Item = &'e [u8]> {
    let items = array.into_iter().flat_map(Json::items);
    items.filter_map(move |item| item.get(name)?.string(arena))
}

/// The policy that a request carries: each service calls the parameter as it likes.
pub(super) fn policy<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    first_request(event, &["policy", "bucketPolicy", "policyDocument", "policyText"], arena)
}

/// The host that an S3 request was sent to.
pub(super) fn host<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let host = event.record.path(Key::RequestParameters, &["Host"]);
    match host.and_then(Json::kind) {
        Some(Kind::Array) => {
            let items = host.into_iter().flat_map(Json::items);
            joined(items.filter_map(|item| item.string(arena)), arena)
        }
        _ => value(host, arena),
    }
}

/// The subnets that a request names: of instances, of their interfaces, of tasks and services.
pub(super) fn request_subnets<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let direct = request(event, "subnetId", arena);
    if !direct.is_null() {
        return direct;
    }
    let at = |path: &[&str]| event.record.path(Key::RequestParameters, path);
    let listed = [
        at(&["networkConfiguration", "awsvpcConfiguration", "subnets"]),
        at(&["subnetIds"]),
        at(&["subnets"]),
    ];
    let instances = each(at(&["instancesSet", "items"]), "subnetId", arena);
    let interfaces = each(at(&["networkInterfaceSet", "items"]), "subnetId", arena);
    let listed = listed.into_iter().flatten().flat_map(Json::items);
    let listed = listed.filter_map(|item| item.string(arena));
    joined(instances.chain(interfaces).chain(listed), arena)
}

/// The subnets that a response names.
pub(super) fn response_subnets<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let at = |path: &[&str]| event.record.path(Key::ResponseElements, path);
    let direct = [at(&["subnetId"]), at(&["subnet", "subnetId"])];
    let direct = direct.into_iter().flatten().filter_map(|value| value.string(arena));
    joined(direct.chain(each(at(&["instancesSet", "items"]), "subnetId", arena)), arena)
}

/// The images of the instances that were started.
pub(super) fn images<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let instances = event.record.path(Key::ResponseElements, &["instancesSet", "items"]);
    let mut images = Vec::new_in(arena);
    images.extend(each(instances, "imageId", arena).take(1024).map(Value::Text));
    if images.is_empty() { Value::Null } else { Value::List(images.into_bump_slice()) }
}

/// The image of the first instance that was started.
pub(super) fn image<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    match images(event, arena) {
        Value::List([first, ..]) => *first,
        _ => Value::Null,
    }
}

/// The name that instances are given by a tag.
pub(super) fn instance_name<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let sets = event.record.path(Key::RequestParameters, &["tagSpecificationSet", "items"]);
    let of_instance =
        |set: &Json<'_>| set.get("resourceType").is_some_and(|kind| kind.is_string("instance"));
    let tags = sets.into_iter().flat_map(Json::items).filter(of_instance);
    let tags = tags.filter_map(|set| set.get("tags")).flat_map(Json::items);
    let mut names = tags.filter(|tag| tag.get("key").is_some_and(|key| key.is_string("Name")));
    value(names.find_map(|tag| tag.get("value")), arena)
}

/// The tag of a container image.
pub(super) fn image_tag<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let direct = request(event, "imageTag", arena);
    if !direct.is_null() {
        return direct;
    }
    let ids = event.record.path(Key::RequestParameters, &["imageIds"]);
    joined(each(ids, "imageTag", arena), arena)
}

/// The policy that a request to IAM names, else its ARN.
pub(super) fn iam_policy<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    first_request(event, &["policyName", "policyArn"], arena)
}

/// Where an object is: `s3://BUCKET/KEY`.
pub(super) fn s3_uri<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let bucket = request(event, "bucketName", arena);
    let (Value::Text(bucket), Value::Text(key)) = (bucket, request(event, "key", arena)) else {
        return Value::Null;
    };
    let mut uri = Vec::with_capacity_in(bucket.len() + key.len() + 6, arena);
    for part in [b"s3://", bucket, b"/", key] {
        uri.extend_from_slice(part);
    }
    Value::Text(uri.into_bump_slice())
}

/// How many bytes were moved, in any of these directions.
pub(super) fn s3_bytes<'e>(event: Trail<'e>, names: &[&str]) -> Value<'e> {
    let data = |name: &&str| event.record.path(Key::AdditionalEventData, &[name])?.as_u64();
    names.iter().filter_map(data).reduce(u64::saturating_add).into()
}

/// 1 for events of that name, 0 for all others.
pub(super) fn count<'e>(event: Trail<'e>, name: &str) -> Value<'e> {
    u64::from(event.record.is(Key::EventName, name)).into()
}

/// 1 for events that are neither downloads nor uploads.
pub(super) fn count_other<'e>(event: Trail<'e>) -> Value<'e> {
    let moves = ["GetObject", "PutObject"].iter().any(|name| event.record.is(Key::EventName, name));
    u64::from(!moves).into()
}

/// The resources of an event, their objects separated by commas.
pub(super) fn resources<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let list = event.record.get(Key::Resources);
    if list.and_then(Json::kind) != Some(Kind::Array) {
        return value(list, arena);
    }
    match below(event, Key::Resources, &[], arena) {
        Value::Text([b'[', inner @ .., b']']) if !inner.is_empty() => Value::Text(inner),
        _ => Value::Null,
    }
}
