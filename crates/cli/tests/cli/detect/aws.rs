//! What tests put into moto, and what they find there.

use std::collections::BTreeMap;

use serde_json::Value;

use super::world;
use crate::{
    registry::Moto,
    support::{Run, World},
};

/// A moto with a bucket and a queue, and a world.
pub(super) struct Aws {
    pub(super) world: World,
    pub(super) moto: Moto,
}

/// The environment of every job.
pub(super) const KEYS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "x"),
    ("AWS_REGION", "eu-west-1"),
];

/// By this moto tells services and owners apart; it checks no signatures.
fn authorization(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=x"
    )
}

impl Aws {
    /// `None` where there is no moto.
    pub(super) fn start() -> Option<Self> {
        let aws = Self { world: world(), moto: Moto::start()? };
        aws.bucket("logs");
        aws.sqs("CreateQueue", "&QueueName=trail");
        Some(aws)
    }

    pub(super) fn bucket(&self, name: &str) {
        let body = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                    </CreateBucketConfiguration>";
        let url = format!("{}/{name}", self.moto.endpoint);
        ureq::put(url).header("authorization", authorization("s3")).send(body).unwrap();
    }

    pub(super) fn put(&self, bucket: &str, key: &str, bytes: &[u8]) {
        self.put_signed(bucket, key, bytes, None);
    }

    /// With a signature in the metadata.
    pub(super) fn put_signed(
        &self,
        bucket: &str,
        key: &str,
        bytes: &[u8],
        signature: Option<&str>,
    ) {
        let key = key.replace('%', "%25").replace(' ', "%20").replace('+', "%2B");
        let mut request = ureq::put(format!("{}/{bucket}/{key}", self.moto.endpoint))
            .header("authorization", authorization("s3"));
        if let Some(signature) = signature {
            request = request.header("x-amz-meta-signature", signature);
        }
        request.send(bytes).unwrap();
    }

    pub(super) fn delete(&self, bucket: &str, key: &str) {
        let url = format!("{}/{bucket}/{key}", self.moto.endpoint);
        ureq::delete(url).header("authorization", authorization("s3")).call().unwrap();
    }

    /// Calls SQS in the query protocol.
    pub(super) fn sqs(&self, action: &str, form: &str) -> String {
        let url = format!("{}/123456789012/trail", self.moto.endpoint);
        let form = format!("Action={action}&Version=2012-11-05&QueueUrl={url}{form}");
        let mut answer = ureq::post(format!("{}/", self.moto.endpoint))
            .header("authorization", authorization("sqs"))
            .content_type("application/x-www-form-urlencoded")
            .send(form)
            .unwrap();
        answer.body_mut().read_to_string().unwrap()
    }

    pub(super) fn send(&self, body: &str) {
        let escape = |byte: u8| format!("%{byte:02X}");
        let body: String = body.bytes().map(escape).collect();
        self.sqs("SendMessage", &format!("&MessageBody={body}"));
    }

    /// Messages that can be received, and those that are hidden.
    pub(super) fn waiting(&self) -> (u32, u32) {
        let answer = self.sqs("GetQueueAttributes", "&AttributeName.1=All");
        let number = |name: &str| {
            let (_, rest) = answer.split_once(&format!("<Name>{name}</Name>")).unwrap();
            let (_, rest) = rest.split_once("<Value>").unwrap();
            rest.split_once('<').unwrap().0.parse().unwrap()
        };
        (number("ApproximateNumberOfMessages"), number("ApproximateNumberOfMessagesNotVisible"))
    }

    /// Runs a job with the credentials and the endpoint.
    pub(super) fn detect(&self, trail: &str, more: &[&str]) -> Run {
        self.world.farguard_with(&super::args(trail, more), &self.environment())
    }

    pub(super) fn environment(&self) -> Vec<(&str, &str)> {
        let endpoint = ("AWS_ENDPOINT_URL", self.moto.endpoint.as_str());
        KEYS.into_iter().chain([endpoint]).collect()
    }
}

/// A notification of S3 about objects, bucket and key as they stand in it.
pub(super) fn notification(objects: &[(&str, &str)]) -> String {
    let record = |(bucket, key): &(&str, &str)| {
        serde_json::json!({
            "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": bucket}, "object": {"key": key}},
        })
    };
    let records: Vec<Value> = objects.iter().map(record).collect();
    let message = BTreeMap::from([("Records", records)]);
    serde_json::to_string(&message).unwrap()
}
