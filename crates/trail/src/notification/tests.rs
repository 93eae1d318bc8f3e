use proptest::prelude::*;
use serde_json::json;

use super::*;

fn objects(pairs: &[(&str, &str)]) -> Notification {
    let object = |(bucket, key): &(&str, &str)| ObjectRef {
        bucket: (*bucket).to_owned(),
        key: (*key).to_owned(),
    };
    Notification::Objects(pairs.iter().map(object).collect())
}

/// Read as it is, and wrapped by SNS.
fn check(body: &str, expect: &Result<Notification, NotificationError>) {
    assert_eq!(&Notification::parse(body), expect, "{body}");
    let sns = json!({"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": body});
    assert_eq!(&Notification::parse(&sns.to_string()), expect, "SNS: {body}");
}

#[test]
fn every_kind_of_message_names_its_files() {
    let record = |event: &str, bucket: &str, key: &str| {
        json!({"eventSource": "aws:s3", "eventName": event,
               "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1}}})
    };
    check(
        &json!({"Records": [
            record("ObjectCreated:Put", "a", "x/a%2Bb+c%C3%BC.json.gz"),
            record("ObjectRemoved:Delete", "a", "gone"),
            record("s3:ObjectCreated:CompleteMultipartUpload", "b", "100%"),
        ]})
        .to_string(),
        &Ok(objects(&[("a", "x/a+b cü.json.gz"), ("b", "100%")])),
    );
    check(
        &json!({"s3Bucket": "logs", "s3ObjectKey": ["AWSLogs/1+1", "AWSLogs/2%20"]}).to_string(),
        &Ok(objects(&[("logs", "AWSLogs/1+1"), ("logs", "AWSLogs/2%20")])),
    );
    check(
        &json!({"source": "aws.s3", "detail-type": "Object Created",
                "detail": {"bucket": {"name": "b"}, "object": {"key": "a+b%20"}}})
        .to_string(),
        &Ok(objects(&[("b", "a+b%20")])),
    );
    let record = json!({"source": "aws.s3", "detail-type": "AWS API Call via CloudTrail",
                        "detail": {"eventVersion": "1.08", "eventName": "PutBucketPolicy"}});
    check(&record.to_string(), &Ok(Notification::Record(record.to_string())));
}

#[test]
fn messages_without_files_are_nothing_to_do() {
    let removed = json!({"Records": [{"eventName": "ObjectRemoved:Delete", "s3": {}}]});
    for body in [
        r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#,
        r#"{"source":"aws.s3","detail-type":"Object Deleted","detail":{"bucket":{"name":"b"}}}"#,
        r#"{"Records":[]}"#,
        "CloudTrail validation message.",
        &removed.to_string(),
    ] {
        check(body, &Ok(Notification::Nothing));
    }
}

#[test]
fn what_is_none_of_them_is_an_error() {
    check(r#"{"a":1}"#, &Err(NotificationError::Unknown));
    check("[]", &Err(NotificationError::Unknown));
    check(r#"{"Records":[{"eventName":"x"}]}"#, &Err(NotificationError::Unknown));
    check(r#"{"detail":{"x":1}}"#, &Err(NotificationError::Unknown));
    check(r#"{"s3ObjectKey":["x"]}"#, &Err(NotificationError::Incomplete("bucket")));
    check(
        r#"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"}}}]}"#,
        &Err(NotificationError::Incomplete("key")),
    );
    let many = json!({"s3Bucket": "b", "s3ObjectKey": vec!["k"; MAX_OBJECTS + 1]});
    check(&many.to_string(), &Err(NotificationError::TooMany));
    assert!(matches!(Notification::parse("{"), Err(NotificationError::Syntax(_))));
    let deep = "[".repeat(100_000);
    assert!(matches!(Notification::parse(&deep), Err(NotificationError::Syntax(_))));
    let mut wrapped = "{}".to_owned();
    for _ in 0..6 {
        wrapped = json!({"Type": "Notification", "Message": wrapped}).to_string();
    }
    assert_eq!(Notification::parse(&wrapped), Err(NotificationError::Unknown));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn keys_survive_encoding(key in "[a-zA-Z0-9 +%/_=äé-]{1,40}") {
        let encode = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            b'a'..=b'z' | b'/' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        let encoded: String = key.bytes().map(encode).collect();
        prop_assert_eq!(decoded(&encoded), key);
    }
}
