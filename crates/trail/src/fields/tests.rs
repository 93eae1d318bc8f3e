use bumpalo::Bump;
use farguard_rules::{Arg, FieldType, SourceDef, Value};

use super::*;

/// The value of a field, as outputs show it.
fn field(record: &str, name: &str) -> String {
    let (name, arg) = name.split_once('[').unwrap_or((name, ""));
    let arg = Arg::new(arg.trim_end_matches(']'));
    let at = table::FIELDS.binary_search_by(|field| field.def.name.cmp(name)).unwrap();
    let arena = Bump::new();
    let record = Record::parse(record.as_bytes()).unwrap();
    let event = Trail { record: &record, number: 7 };
    show(&(table::FIELDS[at].extract)(event, &arg, &arena))
}

fn show(value: &Value<'_>) -> String {
    match value {
        Value::Null => "<NA>".to_owned(),
        Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Value::Uint(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::List(values) => values.iter().map(show).collect::<Vec<_>>().join("+"),
        other => format!("{other:?}"),
    }
}

fn check(record: &str, expect: &[(&str, &str)]) {
    for (name, expect) in expect {
        assert_eq!(field(record, name), *expect, "{name} of {record}");
    }
}

#[test]
fn the_table_is_sorted_and_documented() {
    assert!(table::FIELDS.is_sorted_by(|a, b| a.def.name < b.def.name));
    for field in table::FIELDS {
        assert!(!field.def.desc.is_empty() && !field.def.desc.ends_with('.'), "{:?}", field.def);
        assert_eq!(field.def.transforms, field.def.kind == FieldType::Charbuf, "{:?}", field.def);
    }
    let count = |prefixes: &[&str]| {
        let named = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
        table::FIELDS.iter().filter(|field| named(field.def.name)).count()
    };
    assert_eq!(count(&["ct.", "s3.", "ec2.", "ecr.", "iam."]), 73);
    assert_eq!(SourceDef::of::<CloudTrail>().name, "aws_cloudtrail");
}

#[test]
fn what_happened_is_read_from_the_top() {
    let record = r#"{"eventVersion":"1.11","eventTime":"2024-07-30T21:31:21Z","eventSource":"ecs.amazonaws.com",
        "eventName":"RunTask","awsRegion":"eu-west-1","sourceIPAddress":"10.0.0.1","userAgent":"cli","eventID":"i",
        "requestID":"r","readOnly":false,"managementEvent":true,"eventType":"AwsApiCall","apiVersion":null,
        "errorCode":null,"recipientAccountId":"111122223333","eventCategory":"Management",
        "sessionCredentialFromConsole":"true","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"c","clientProvidedHostHeader":"h"},
        "resources":[{"ARN":"a","type": "t"},{"ARN":"b"}],"serviceEventDetails":{"a": 1},"addendum":{"updatedFields":["x"]},
        "userIdentity":{"type":"AssumedRole","principalId":"AROA:me","arn":"arn:aws:sts::1:assumed-role/admin/me","accountId":"1","sessionContext":{"sessionIssuer":{"userName":"admin"}}},
        "requestParameters":{"cluster":"c","taskDefinition":"td","networkConfiguration":{"awsvpcConfiguration":{"subnets":["s1","s2","s1"]}}},
        "responseElements":null}"#;
    check(
        record,
        &[
            ("ct.id", "i"),
            ("ct.error", "<NA>"),
            ("ct.time", "2024-07-30T21:31:21Z"),
            ("ct.src", "ecs.amazonaws.com"),
            ("ct.shortsrc", "ecs"),
            ("ct.name", "RunTask"),
            ("ct.user", "admin"),
            ("ct.originaluser", "me"),
            ("ct.user.accountid", "1"),
            ("ct.user.identitytype", "AssumedRole"),
            ("ct.user.principalid", "AROA:me"),
            ("ct.region", "eu-west-1"),
            ("ct.srcip", "10.0.0.1"),
            ("ct.readonly", "false"),
            ("ct.managementevent", "true"),
            ("ct.apiversion", "<NA>"),
            ("ct.response", "<NA>"),
            ("ct.request.cluster", "c"),
            ("ct.request.taskdefinition", "td"),
            ("ct.request.subnetid", "s1,s2"),
            ("ct.request.username", "<NA>"),
            ("ct.sessioncredentialfromconsole", "true"),
            ("ct.tlsdetails.ciphersuite", "c"),
            ("ct.resources", r#"{"ARN":"a","type":"t"},{"ARN":"b"}"#),
            ("ct.serviceeventdetails", r#"{"a":1}"#),
            ("ct.addendum.updatedfields", r#"["x"]"#),
            ("ct.info", "admin via 10.0.0.1 → RunTask"),
            ("evt.plugininfo", "eu-west-1 admin ecs RunTask admin via 10.0.0.1 → RunTask"),
            ("evt.num", "7"),
            ("evt.time", "21:31:21.000000000"),
            ("evt.time.iso8601", "2024-07-30T21:31:21.000000000+0000"),
            ("evt.rawtime", "1722375081000000000"),
            ("evt.rawtime.s", "1722375081"),
            ("json.rawtime", "1722375081000000000"),
            ("evt.source", "aws_cloudtrail"),
            ("evt.type", "pluginevent"),
            ("json.value[/readOnly]", "false"),
            ("json.value[readOnly]", "false"),
            (
                "jevt.value[/requestParameters/networkConfiguration/awsvpcConfiguration/subnets/1]",
                "s2",
            ),
            ("json.value[/responseElements]", "null"),
            ("json.value[/responseElements/x]", "<NA>"),
            ("s3.bytes", "<NA>"),
            ("s3.cnt.get", "0"),
            ("s3.cnt.other", "1"),
        ],
    );
}

#[test]
fn services_keep_things_in_their_own_places() {
    check(
        r#"{"eventName":"PutBucketPolicy","requestParameters":{"bucketPolicy":{"Version": "v"},"bucketName":"b","Host":["h"]}}"#,
        &[
            ("ct.request.policy", r#"{"Version":"v"}"#),
            ("s3.bucket", "b"),
            ("ct.request.host", "h"),
            ("s3.uri", "<NA>"),
        ],
    );
    check(
        r#"{"eventName":"RunInstances","requestParameters":{"tagSpecificationSet":{"items":[{"resourceType":"volume","tags":[{"key":"Name","value":"v"}]},{"resourceType":"instance","tags":[{"key":"a","value":"b"},{"key":"Name","value":"web"}]}]}},
        "responseElements":{"reservationId":"r","instancesSet":{"items":[{"imageId":"ami-1","subnetId":"s1"},{"imageId":"ami-2","subnetId":"s2"}]}}}"#,
        &[
            ("ec2.name", "web"),
            ("ec2.imageid", "ami-1"),
            ("ec2.imageids", "ami-1+ami-2"),
            ("ct.response.subnetid", "s1,s2"),
            ("ct.response.reservationid", "r"),
        ],
    );
    check(
        r#"{"eventName":"GetObject","requestParameters":{"bucketName":"b","key":"k \"1\""},"additionalEventData":{"bytesTransferredIn":1.0,"bytesTransferredOut":33}}"#,
        &[
            ("s3.uri", "s3://b/k \"1\""),
            ("s3.bytes", "34"),
            ("s3.bytes.in", "1"),
            ("s3.cnt.get", "1"),
            ("s3.cnt.other", "0"),
            ("ct.info", "<NA> ← GetObject Size=34 URI=s3://b/k \"1\""),
        ],
    );
    check(
        r#"{"eventName":"PutBucketPublicAccessBlock","errorCode":"AccessDenied","sourceIPAddress":"1.1.1.1","userIdentity":{"type":"IAMUser","userName":"eve"},"requestParameters":{"PublicAccessBlockConfiguration":{"BlockPublicAcls":false,"BlockPublicPolicy":true}}}"#,
        &[(
            "ct.info",
            "eve via 1.1.1.1 !→ PutBucketPublicAccessBlock BlockPublicAcls=false BlockPublicPolicy=true",
        )],
    );
    check(
        r#"{"requestParameters":{"documentName":"d","target":"t","reason":"r"}}"#,
        &[("ct.request.documentname", "d"), ("ct.request.target", "t"), ("ct.request.reason", "r")],
    );
    check(
        r#"{"requestParameters":{"imageIds":[{"imageTag":"a"},{"imageDigest":"x"},{"imageTag":"b"}],"policyArn":"p"}}"#,
        &[("ecr.imagetag", "a,b"), ("iam.policy", "p")],
    );
}

#[test]
fn users_have_names_by_their_kind() {
    let user = |identity: &str, user: &str, original: &str| {
        let record = format!(r#"{{"userIdentity":{identity},"recipientAccountId":"9"}}"#);
        check(&record, &[("ct.user", user), ("ct.originaluser", original)]);
    };
    user(r#"{"type":"Root"}"#, "<NA>", "<NA>");
    user(r#"{"type":"IAMUser","userName":"eve"}"#, "eve", "eve");
    user(r#"{"type":"AWSService","invokedBy":"ecs.amazonaws.com"}"#, "ecs.amazonaws.com", "<NA>");
    user(r#"{"type":"AssumedRole","principalId":"AROA:s"}"#, "AssumedRole", "s");
    user(r#"{"type":"AWSAccount"}"#, "AWSAccount", "<NA>");
    user(r#"{"type":"SAMLUser","userName":"u"}"#, "u", "u");
    user(r#"{"TYPE":"IAMUser","USERNAME":"eve"}"#, "eve", "eve");
    user("null", "<NA>", "<NA>");
    user(r#""odd""#, "<NA>", "<NA>");
    check(r#"{"recipientAccountId":"9"}"#, &[("ct.user.accountid", "9")]);
}

#[test]
fn what_is_not_said_is_derived() {
    let reads = |name: &str, expect: &str| {
        check(&format!(r#"{{"eventName":"{name}"}}"#), &[("ct.readonly", expect)]);
    };
    reads("DescribeTasks", "true");
    reads("DeleteCluster", "false");
    reads("ExecuteCommand", "false");
    check("{}", &[("ct.readonly", "<NA>"), ("ct.managementevent", "<NA>"), ("evt.time", "<NA>")]);
    check(r#"{"eventCategory":"Data"}"#, &[("ct.managementevent", "false")]);
    check(r#"{"readOnly":"true","eventName":"DeleteX"}"#, &[("ct.readonly", "true")]);
}
