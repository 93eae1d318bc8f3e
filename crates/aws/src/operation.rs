//! The table of services and operations: all that the client needs to know of an API.

use crate::client::AwsError;

/// A service of AWS.
#[derive(Debug)]
pub(crate) struct Service {
    /// As in `AWS_ENDPOINT_URL_<ID>` and in the `services` section of a profile.
    pub(crate) id: &'static str,
    /// The name that requests are signed for.
    pub(crate) signing_name: &'static str,
    /// First label of the host name.
    pub(crate) endpoint_prefix: &'static str,
    /// How requests and answers are written.
    pub(crate) protocol: Protocol,
}

/// How requests and answers are written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    /// JSON both ways.
    ///
    /// # Source
    /// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>
    Json {
        /// First part of `X-Amz-Target`.
        target_prefix: &'static str,
        /// `1.0` or `1.1`.
        version: &'static str,
    },
    /// A form, answered in XML.
    ///
    /// # Source
    /// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>
    Query {
        /// `Version` of the API.
        version: &'static str,
    },
    /// Methods and paths of HTTP, answered in XML: each operation writes its own.
    ///
    /// # Source
    /// <https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html>
    Rest,
}

/// One operation of a service.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: &'static Service,
    pub(crate) name: &'static str,
}

pub(crate) static ECR: Service = Service {
    id: "ECR",
    signing_name: "ecr",
    endpoint_prefix: "api.ecr",
    protocol: Protocol::Json {
        target_prefix: "AmazonEC2ContainerRegistry_V20150921",
        version: "1.1",
    },
};

pub(crate) static SNS: Service = Service {
    id: "SNS",
    signing_name: "sns",
    endpoint_prefix: "sns",
    protocol: Protocol::Query { version: "2010-03-31" },
};

pub(crate) static S3: Service =
    Service { id: "S3", signing_name: "s3", endpoint_prefix: "s3", protocol: Protocol::Rest };

pub(crate) static SQS: Service = Service {
    id: "SQS",
    signing_name: "sqs",
    endpoint_prefix: "sqs",
    protocol: Protocol::Json { target_prefix: "AmazonSQS", version: "1.0" },
};

pub(crate) static CLOUDTRAIL: Service = Service {
    id: "CloudTrail",
    signing_name: "cloudtrail",
    endpoint_prefix: "cloudtrail",
    protocol: Protocol::Json {
        target_prefix: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
        version: "1.1",
    },
};

pub(crate) static GET_AUTHORIZATION_TOKEN: Operation =
    Operation { service: &ECR, name: "GetAuthorizationToken" };

pub(crate) static PUBLISH: Operation = Operation { service: &SNS, name: "Publish" };

pub(crate) static LIST_OBJECTS: Operation = Operation { service: &S3, name: "ListObjectsV2" };
pub(crate) static GET_OBJECT: Operation = Operation { service: &S3, name: "GetObject" };

pub(crate) static GET_QUEUE_URL: Operation = Operation { service: &SQS, name: "GetQueueUrl" };
pub(crate) static RECEIVE_MESSAGE: Operation = Operation { service: &SQS, name: "ReceiveMessage" };
pub(crate) static DELETE_MESSAGES: Operation =
    Operation { service: &SQS, name: "DeleteMessageBatch" };
pub(crate) static CHANGE_VISIBILITY: Operation =
    Operation { service: &SQS, name: "ChangeMessageVisibility" };

pub(crate) static LIST_PUBLIC_KEYS: Operation =
    Operation { service: &CLOUDTRAIL, name: "ListPublicKeys" };

impl Operation {
    /// `ecr:GetAuthorizationToken`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}:{}", self.service.signing_name, self.name)
    }

    /// That it failed, and why.
    pub(crate) fn failed(&self, why: impl std::fmt::Display) -> AwsError {
        AwsError::Failed { operation: self.full_name(), why: why.to_string() }
    }
}

impl Service {
    /// The public endpoint in a region.
    pub(crate) fn endpoint(&self, region: &str) -> String {
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://{}.{region}.{suffix}", self.endpoint_prefix)
    }
}
