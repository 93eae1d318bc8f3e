//! What messages of a queue say: which files were delivered.

#[cfg(test)]
mod tests;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// The most files that one message may name: SQS takes 1 MiB a message.
const MAX_OBJECTS: usize = 10_000;
/// How often a message may be wrapped: in SNS, in EventBridge.
const MAX_WRAPPINGS: usize = 4;

/// A file that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRef {
    /// The bucket.
    pub bucket: String,
    /// The key, decoded.
    pub key: String,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// Files were delivered, in this order.
    Objects(Vec<ObjectRef>),
    /// The message itself holds a record, as EventBridge sends them.
    Record(String),
    /// Nothing to do: a test of the configuration, a deletion.
    Nothing,
}

/// A message that says nothing that we understand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    Syntax(String),
    /// It is JSON of another kind.
    #[error("it is no notification of S3, SNS, EventBridge or CloudTrail")]
    Unknown,
    /// It is a notification without what it has to name.
    #[error("it names no {0}")]
    Incomplete(&'static str),
    /// It names more files than a message has room for.
    #[error("it names more than {MAX_OBJECTS} files")]
    TooMany,
}

impl Notification {
    /// Reads the body of a message: S3 event notifications, those of EventBridge, and CloudTrail's
    /// own, each also wrapped by SNS.
    ///
    /// # Errors
    /// [`NotificationError`], when it is something else. What it says of one file never hides what
    /// it says of others.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>,
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>,
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html>
    pub fn parse(body: &str) -> Result<Self, NotificationError> {
        let mut text = body.to_owned();
        for _ in 0..MAX_WRAPPINGS {
            // CloudTrail says so, in words, when a topic is set up.
            if text.trim_start().starts_with("CloudTrail validation message") {
                return Ok(Self::Nothing);
            }
            let value: Value = serde_json::from_str(&text)
                .map_err(|error| NotificationError::Syntax(error.to_string()))?;
            match wrapped(&value) {
                Some(inner) => text = inner.to_owned(),
                None => return read(&value, &text),
            }
        }
        Err(NotificationError::Unknown)
    }
}

/// The text that SNS carries.
fn wrapped(value: &Value) -> Option<&str> {
    let is_sns = value.get("Type").and_then(Value::as_str) == Some("Notification");
    value.get("Message")?.as_str().filter(|_| is_sns)
}

fn read(value: &Value, text: &str) -> Result<Notification, NotificationError> {
    if let Some(records) = value.get("Records").and_then(Value::as_array) {
        return s3_records(records);
    }
    if let Some(keys) = value.get("s3ObjectKey") {
        return cloudtrail(value, keys);
    }
    if value.get("Event").and_then(Value::as_str) == Some("s3:TestEvent") {
        return Ok(Notification::Nothing);
    }
    match value.get("detail") {
        Some(detail) => event_bridge(value, detail, text),
        None => Err(NotificationError::Unknown),
    }
}

/// `{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": ..., "object": ...}}]}`
fn s3_records(records: &[Value]) -> Result<Notification, NotificationError> {
    let mut objects = Vec::new();
    for record in records {
        let s3 = record.get("s3").ok_or(NotificationError::Unknown)?;
        let name = record.get("eventName").and_then(Value::as_str).unwrap_or_default();
        // `s3:` stands before it in tests and in other implementations of S3.
        if !name.trim_start_matches("s3:").starts_with("ObjectCreated:") {
            continue;
        }
        let (bucket, key) = bucket_and_key(s3)?;
        push(&mut objects, bucket, decoded(key))?;
    }
    Ok(of_objects(objects))
}

/// `{"s3Bucket": "logs", "s3ObjectKey": ["AWSLogs/..."]}`
fn cloudtrail(value: &Value, keys: &Value) -> Result<Notification, NotificationError> {
    let bucket = value.get("s3Bucket").and_then(Value::as_str);
    let bucket = bucket.ok_or(NotificationError::Incomplete("bucket"))?;
    let keys = keys.as_array().ok_or(NotificationError::Incomplete("key"))?;
    let mut objects = Vec::new();
    for key in keys {
        let key = key.as_str().ok_or(NotificationError::Incomplete("key"))?;
        push(&mut objects, bucket, key.to_owned())?;
    }
    Ok(of_objects(objects))
}

/// Object events are of S3 and name keys as they are; everything else is a record, if it is one.
fn event_bridge(
    value: &Value,
    detail: &Value,
    text: &str,
) -> Result<Notification, NotificationError> {
    let kind = value.get("detail-type").and_then(Value::as_str).unwrap_or_default();
    if value.get("source").and_then(Value::as_str) == Some("aws.s3")
        && detail.get("bucket").is_some()
    {
        if kind != "Object Created" {
            return Ok(Notification::Nothing);
        }
        let (bucket, key) = bucket_and_key(detail)?;
        let mut objects = Vec::new();
        push(&mut objects, bucket, key.to_owned())?;
        return Ok(of_objects(objects));
    }
    match detail.get("eventVersion").is_some() && detail.get("eventName").is_some() {
        true => Ok(Notification::Record(text.to_owned())),
        false => Err(NotificationError::Unknown),
    }
}

fn bucket_and_key(value: &Value) -> Result<(&str, &str), NotificationError> {
    let text = |outer: &str, inner: &str| value.get(outer)?.get(inner)?.as_str();
    let bucket = text("bucket", "name").ok_or(NotificationError::Incomplete("bucket"))?;
    let key = text("object", "key").ok_or(NotificationError::Incomplete("key"))?;
    Ok((bucket, key))
}

fn push(objects: &mut Vec<ObjectRef>, bucket: &str, key: String) -> Result<(), NotificationError> {
    if bucket.is_empty() || key.is_empty() {
        return Err(NotificationError::Incomplete("bucket or key"));
    }
    if objects.len() >= MAX_OBJECTS {
        return Err(NotificationError::TooMany);
    }
    objects.push(ObjectRef { bucket: bucket.to_owned(), key });
    Ok(())
}

fn of_objects(objects: Vec<ObjectRef>) -> Notification {
    match objects.is_empty() {
        true => Notification::Nothing,
        false => Notification::Objects(objects),
    }
}

/// Keys in S3 notifications are encoded as in forms: `+` is a space, `%2B` is a plus.
fn decoded(key: &str) -> String {
    percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
}
