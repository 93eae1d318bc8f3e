//! The table of services and operations: all that the client needs to know of an API.

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
    },
    /// A form, answered in XML.
    ///
    /// # Source
    /// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>
    Query {
        /// `Version` of the API.
        version: &'static str,
    },
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
    protocol: Protocol::Json { target_prefix: "AmazonEC2ContainerRegistry_V20150921" },
};

pub(crate) static SNS: Service = Service {
    id: "SNS",
    signing_name: "sns",
    endpoint_prefix: "sns",
    protocol: Protocol::Query { version: "2010-03-31" },
};

pub(crate) static GET_AUTHORIZATION_TOKEN: Operation =
    Operation { service: &ECR, name: "GetAuthorizationToken" };

pub(crate) static PUBLISH: Operation = Operation { service: &SNS, name: "Publish" };

impl Service {
    /// The public endpoint in a region.
    pub(crate) fn endpoint(&self, region: &str) -> String {
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://{}.{region}.{suffix}", self.endpoint_prefix)
    }
}
