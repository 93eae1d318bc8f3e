//! The fields, sorted by name.

use farguard_rules::{ArgRule, Field, FieldDef, FieldType, Source as _, Value, source::Extract};

use super::{CloudTrail, below, general, identity, request, services, summary, top};
use crate::{
    record::Key,
    time::{SECOND, Style},
};

type Row = Field<CloudTrail>;

const fn row(name: &'static str, desc: &'static str, extract: Extract<CloudTrail>) -> Row {
    let def = FieldDef {
        name,
        kind: FieldType::Charbuf,
        is_list: false,
        arg: ArgRule::None,
        dotted: false,
        transforms: true,
        filled: true,
        desc,
    };
    Field { def, extract }
}

/// Another kind of value than text.
const fn of(kind: FieldType, row: Row) -> Row {
    Field { def: FieldDef { kind, transforms: false, ..row.def }, extract: row.extract }
}

/// Several values.
const fn list(row: Row) -> Row {
    Field { def: FieldDef { is_list: true, ..row.def }, extract: row.extract }
}

/// With a JSON pointer in brackets.
const fn pointed(row: Row) -> Row {
    Field { def: FieldDef { arg: ArgRule::RequiredKey, ..row.def }, extract: row.extract }
}

/// Known, so that rules load, and always null.
const fn unfilled(row: Row) -> Row {
    Field { def: FieldDef { filled: false, ..row.def }, extract: row.extract }
}

#[rustfmt::skip]
pub(super) static FIELDS: &[Row] = &[
    row("ct.addendum.originaleventid", "id of the first record", |event, _, arena| below(event, Key::Addendum, &["originalEventID"], arena)),
    row("ct.addendum.originalrequestid", "id of the request in the first record", |event, _, arena| below(event, Key::Addendum, &["originalRequestID"], arena)),
    row("ct.addendum.reason", "why a record was delivered late or again", |event, _, arena| below(event, Key::Addendum, &["reason"], arena)),
    row("ct.addendum.updatedfields", "keys that are new in a record delivered again", |event, _, arena| below(event, Key::Addendum, &["updatedFields"], arena)),
    row("ct.additionaleventdata", "everything that is neither in the request nor in the answer, as JSON", |event, _, arena| top(event, Key::AdditionalEventData, arena)),
    row("ct.apiversion", "version of the API that was called (`apiVersion`)", |event, _, arena| top(event, Key::ApiVersion, arena)),
    row("ct.edgedevicedetails", "edge devices that the request was for, as JSON", |event, _, arena| top(event, Key::EdgeDeviceDetails, arena)),
    row("ct.error", "error that the service answered with (`errorCode`); null when the call went well", |event, _, arena| top(event, Key::ErrorCode, arena)),
    row("ct.errormessage", "what the error was about (`errorMessage`); null when the call went well", |event, _, arena| top(event, Key::ErrorMessage, arena)),
    row("ct.eventcategory", "`Management`, `Data`, `NetworkActivity` or `Insight` (`eventCategory`)", |event, _, arena| top(event, Key::EventCategory, arena)),
    row("ct.eventtype", "how the event came about (`eventType`): `AwsApiCall`, `AwsConsoleSignIn` and others", |event, _, arena| top(event, Key::EventType, arena)),
    row("ct.id", "id of the record, unique in a region (`eventID`)", |event, _, arena| top(event, Key::EventId, arena)),
    row("ct.info", "who did what from where and to what, in one line; `!` marks an error, `→` a change", |event, _, arena| summary::info(event, arena)),
    row("ct.managementevent", "`true` for management events, `false` for data events and others", |event, _, arena| summary::management(event, arena)),
    row("ct.name", "call that was made (`eventName`), such as `RunTask`", |event, _, arena| top(event, Key::EventName, arena)),
    row("ct.originaluser", "name of the user who called; of a session, the name that the session was given", |event, _, arena| identity::original_user(event, arena)),
    row("ct.readonly", "`true` for calls that change nothing; if the record does not say, its name decides", |event, _, arena| summary::read_only(event, arena)),
    row("ct.recipientaccountid", "account that the record was written for (`recipientAccountId`)", |event, _, arena| top(event, Key::RecipientAccountId, arena)),
    row("ct.region", "region that was called (`awsRegion`)", |event, _, arena| top(event, Key::AwsRegion, arena)),
    row("ct.request", "everything in the request, as JSON (`requestParameters`)", |event, _, arena| top(event, Key::RequestParameters, arena)),
    row("ct.request.availabilityzone", "availability zone in the request", |event, _, arena| request(event, "availabilityZone", arena)),
    row("ct.request.cluster", "cluster in the request", |event, _, arena| request(event, "cluster", arena)),
    row("ct.request.documentname", "document of Systems Manager in the request", |event, _, arena| request(event, "documentName", arena)),
    row("ct.request.functionname", "lambda function in the request", |event, _, arena| request(event, "functionName", arena)),
    row("ct.request.groupname", "group in the request", |event, _, arena| request(event, "groupName", arena)),
    row("ct.request.host", "host that the request was sent to (`requestParameters.Host`)", |event, _, arena| services::host(event, arena)),
    row("ct.request.name", "name of what the request is about", |event, _, arena| request(event, "name", arena)),
    row("ct.request.policy", "policy in the request, as JSON: also `bucketPolicy`, `policyDocument` and `policyText`", |event, _, arena| services::policy(event, arena)),
    row("ct.request.reason", "reason that the request gives", |event, _, arena| request(event, "reason", arena)),
    row("ct.request.serialnumber", "serial number in the request, such as that of an MFA device", |event, _, arena| request(event, "serialNumber", arena)),
    row("ct.request.servicename", "service in the request", |event, _, arena| request(event, "serviceName", arena)),
    row("ct.request.subnetid", "subnets in the request, also those of interfaces, tasks and services, separated by commas", |event, _, arena| services::request_subnets(event, arena)),
    row("ct.request.target", "target of the request, such as the instance or task of a session", |event, _, arena| request(event, "target", arena)),
    row("ct.request.taskdefinition", "task definition in the request", |event, _, arena| request(event, "taskDefinition", arena)),
    row("ct.request.username", "user in the request", |event, _, arena| request(event, "userName", arena)),
    row("ct.requestid", "id that the service gave the request (`requestID`)", |event, _, arena| top(event, Key::RequestId, arena)),
    row("ct.resources", "resources that the event is about, as JSON objects separated by commas", |event, _, arena| services::resources(event, arena)),
    row("ct.response", "everything in the answer, as JSON (`responseElements`)", |event, _, arena| top(event, Key::ResponseElements, arena)),
    row("ct.response.reservationid", "reservation that instances were started in (`responseElements.reservationId`)", |event, _, arena| below(event, Key::ResponseElements, &["reservationId"], arena)),
    row("ct.response.subnetid", "subnets in the answer, also those of single instances, separated by commas", |event, _, arena| services::response_subnets(event, arena)),
    row("ct.serviceeventdetails", "what a service did by itself, as JSON (`serviceEventDetails`)", |event, _, arena| top(event, Key::ServiceEventDetails, arena)),
    row("ct.sessioncredentialfromconsole", "`true` if the call came from a session of the AWS console", |event, _, _| summary::yes_no(event, Key::SessionCredentialFromConsole)),
    row("ct.sharedeventid", "id that the records of one event in several accounts share (`sharedEventID`)", |event, _, arena| top(event, Key::SharedEventId, arena)),
    row("ct.shortsrc", "service that was called, without `.amazonaws.com`", |event, _, arena| summary::short_source(event, arena)),
    row("ct.src", "service that was called (`eventSource`), such as `ecs.amazonaws.com`", |event, _, arena| top(event, Key::EventSource, arena)),
    row("ct.srcip", "address that the call came from, or the name of the service that made it (`sourceIPAddress`)", |event, _, arena| top(event, Key::SourceIpAddress, arena)),
    row("ct.time", "when the call ended, as the record writes it (`eventTime`)", |event, _, arena| top(event, Key::EventTime, arena)),
    row("ct.tlsdetails.ciphersuite", "cipher suite of the connection", |event, _, arena| below(event, Key::TlsDetails, &["cipherSuite"], arena)),
    row("ct.tlsdetails.clientprovidedhostheader", "host name that the client asked for", |event, _, arena| below(event, Key::TlsDetails, &["clientProvidedHostHeader"], arena)),
    row("ct.tlsdetails.tlsversion", "version of TLS of the connection", |event, _, arena| below(event, Key::TlsDetails, &["tlsVersion"], arena)),
    row("ct.user", "name of the user who called; of a session, the name of its role; of a service, its host name", |event, _, arena| identity::user(event, arena)),
    row("ct.user.accountid", "account of the user; if the record does not say, the account that it was written for", |event, _, arena| identity::account(event, arena)),
    row("ct.user.arn", "ARN of the user or session (`userIdentity.arn`)", |event, _, arena| below(event, Key::UserIdentity, &["arn"], arena)),
    row("ct.user.identitytype", "kind of user (`userIdentity.type`): `Root`, `IAMUser`, `AssumedRole`, `AWSService` and others", |event, _, arena| below(event, Key::UserIdentity, &["type"], arena)),
    row("ct.user.principalid", "unique id of the user, of a session followed by its name (`userIdentity.principalId`)", |event, _, arena| below(event, Key::UserIdentity, &["principalId"], arena)),
    row("ct.useragent", "program that made the call (`userAgent`)", |event, _, arena| top(event, Key::UserAgent, arena)),
    row("ct.vpcendpointid", "VPC endpoint that the call went through (`vpcEndpointId`)", |event, _, arena| top(event, Key::VpcEndpointId, arena)),
    row("ec2.imageid", "image of the first instance that was started; `ec2.imageids` has all", |event, _, arena| services::image(event, arena)),
    list(row("ec2.imageids", "images of the instances that were started", |event, _, arena| services::images(event, arena))),
    row("ec2.name", "name that instances are given by the tag `Name`", |event, _, arena| services::instance_name(event, arena)),
    row("ecr.imagetag", "tags of images of ECR in the request, separated by commas", |event, _, arena| services::image_tag(event, arena)),
    row("ecr.repository", "repository of ECR in the request", |event, _, arena| request(event, "repositoryName", arena)),
    unfilled(row("evt.asynctype", "kind of an event that something else than the source added", |_, _, _| Value::Null)),
    row("evt.datetime", "date and time with nanoseconds, in UTC", |event, _, arena| general::time(event, Style::Date, arena)),
    row("evt.datetime.s", "date and time, in UTC", |event, _, arena| general::time(event, Style::DateSeconds, arena)),
    unfilled(row("evt.hostname", "host that the event was read on", |_, _, _| Value::Null)),
    of(FieldType::Bool, row("evt.is_async", "whether something else than the source added the event: never", |_, _, _| false.into())),
    of(FieldType::Uint64, row("evt.num", "number of the record in this run, from 1", |event, _, _| Value::Uint(event.number))),
    row("evt.plugininfo", "region, user, service and call, followed by `ct.info`", |event, _, arena| summary::plugin_info(event, arena)),
    row("evt.pluginname", "`cloudtrail`", |_, _, _| "cloudtrail".into()),
    of(FieldType::Abstime, row("evt.rawtime", "when it happened, in nanoseconds since 1970", |event, _, _| event.record.time_ns().into())),
    of(FieldType::Abstime, row("evt.rawtime.ns", "nanoseconds behind the last full second", |event, _, _| event.record.time_ns().map(|ns| ns % SECOND).into())),
    of(FieldType::Abstime, row("evt.rawtime.s", "when it happened, in seconds since 1970", |event, _, _| event.record.time_ns().map(|ns| ns / SECOND).into())),
    unfilled(of(FieldType::Reltime, row("evt.reltime", "nanoseconds since the first event", |_, _, _| Value::Null))),
    unfilled(of(FieldType::Reltime, row("evt.reltime.ns", "nanoseconds behind the last full second since the first event", |_, _, _| Value::Null))),
    unfilled(of(FieldType::Reltime, row("evt.reltime.s", "seconds since the first event", |_, _, _| Value::Null))),
    row("evt.source", "`aws_cloudtrail`", |_, _, _| CloudTrail::NAME.into()),
    row("evt.time", "time of day with nanoseconds, in UTC", |event, _, arena| general::time(event, Style::Time, arena)),
    row("evt.time.iso8601", "date and time with nanoseconds and offset, in UTC", |event, _, arena| general::time(event, Style::Iso8601, arena)),
    row("evt.time.s", "time of day, in UTC", |event, _, arena| general::time(event, Style::Seconds, arena)),
    row("evt.type", "`pluginevent`, whatever was called", |_, _, _| "pluginevent".into()),
    row("iam.policy", "policy in the request, by name or ARN", |event, _, arena| services::iam_policy(event, arena)),
    row("iam.role", "role in the request", |event, _, arena| request(event, "roleName", arena)),
    row("jevt.obj", "the whole record, with a line for each part", |event, _, arena| general::object(event, arena)),
    row("jevt.rawtime", "when it happened, in nanoseconds since 1970", |event, _, arena| general::raw_time(event, arena)),
    pointed(row("jevt.value", "what a JSON pointer leads to, as text: `jevt.value[/requestParameters/cluster]`", general::pointer)),
    row("json.obj", "the whole record, with a line for each part", |event, _, arena| general::object(event, arena)),
    row("json.rawtime", "when it happened, in nanoseconds since 1970", |event, _, arena| general::raw_time(event, arena)),
    pointed(row("json.value", "what a JSON pointer leads to, as text: `json.value[/requestParameters/cluster]`", general::pointer)),
    row("s3.bucket", "bucket in the request", |event, _, arena| request(event, "bucketName", arena)),
    of(FieldType::Uint64, row("s3.bytes", "bytes that were uploaded and downloaded", |event, _, _| services::s3_bytes(event, &["bytesTransferredIn", "bytesTransferredOut"]))),
    of(FieldType::Uint64, row("s3.bytes.in", "bytes that were uploaded", |event, _, _| services::s3_bytes(event, &["bytesTransferredIn"]))),
    of(FieldType::Uint64, row("s3.bytes.out", "bytes that were downloaded", |event, _, _| services::s3_bytes(event, &["bytesTransferredOut"]))),
    of(FieldType::Uint64, row("s3.cnt.get", "1 for `GetObject`, 0 otherwise", |event, _, _| services::count(event, "GetObject"))),
    of(FieldType::Uint64, row("s3.cnt.other", "0 for `GetObject` and `PutObject`, 1 otherwise", |event, _, _| services::count_other(event))),
    of(FieldType::Uint64, row("s3.cnt.put", "1 for `PutObject`, 0 otherwise", |event, _, _| services::count(event, "PutObject"))),
    row("s3.key", "key of the object in the request", |event, _, arena| request(event, "key", arena)),
    row("s3.uri", "object in the request: `s3://BUCKET/KEY`", |event, _, arena| services::s3_uri(event, arena)),
];
